import Synchronization

/// A value that threads change and others wait on. Any thread.
package final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        let gate: Gate
        let condition: @Sendable (Value) -> Bool
    }

    private struct State {
        var value: Value
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>

    /// Starts with `value`.
    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The value now.
    package var value: Value { state.withLock { $0.value } }

    /// Changes the value, then wakes those whose condition has come true.
    package func update(_ change: (inout Value) -> Void) {
        state.withLock { state in
            change(&state.value)
            let value = state.value
            state.waiters.removeAll { waiter in
                guard waiter.condition(value) else { return false }
                waiter.gate.open()
                return true
            }
        }
    }

    /// Blocks until `condition` holds; false when `timeout` passed first. The condition runs under
    /// the lock and must not touch this object.
    @discardableResult
    package func wait(
        timeout: Duration = .seconds(10), until condition: @escaping @Sendable (Value) -> Bool
    ) -> Bool {
        let gate: Gate? = state.withLock { state in
            if condition(state.value) { return nil }
            let gate = Gate()
            state.waiters.append(Waiter(gate: gate, condition: condition))
            return gate
        }
        guard let gate else { return true }
        if gate.wait(timeout: timeout) { return true }
        state.withLock { state in state.waiters.removeAll { $0.gate === gate } }
        return gate.isOpen
    }
}
