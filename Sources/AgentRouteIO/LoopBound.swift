/// Carries a value of a loop's thread through other threads: they may hold and pass on the box, only
/// the loop reaches what is in it.
///
/// The last copy of the box should go on the loop too when the value's `deinit` touches the loop.
///
/// SAFETY: `value` is read on the loop's thread only; `withValue` and `init` see to it.
package struct LoopBound<Value>: @unchecked Sendable {
    private let value: Value
    private let loop: EventLoop

    /// Boxes `value`. On the loop's thread, or while the loop does not run.
    package init(_ value: Value, loop: EventLoop) {
        loop.preconditionAccess()
        self.value = value
        self.loop = loop
    }

    /// Gives `body` the value. On the loop's thread, or while the loop does not run; anywhere else it
    /// traps, since what follows would be a data race.
    package func withValue<R, Failure: Error>(
        _ body: (Value) throws(Failure) -> R
    ) throws(Failure) -> R {
        loop.preconditionAccess()
        return try body(value)
    }
}
