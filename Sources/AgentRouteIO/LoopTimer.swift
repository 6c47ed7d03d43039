import CAgentRouteIO

/// A timer on a loop. Loop thread only. Times are milliseconds.
///
/// It runs until `cancel`, referenced or not; a timer that fires once also wants its `cancel`.
package final class LoopTimer {
    /// Nil once cancelled, and with it whatever it holds.
    private var fire: (() -> Void)?
    private var handle: OpaquePointer?

    /// Starts a timer.
    ///
    /// - Parameters:
    ///   - delay: From now to the first time `fire` is called.
    ///   - interval: From then on, between calls; 0 for no more than the one.
    ///   - fire: Held until `cancel`.
    package init(
        loop: EventLoop, after delay: UInt64, repeat interval: UInt64 = 0,
        _ fire: @escaping () -> Void
    ) {
        loop.preconditionAccess()
        self.fire = fire
        // SAFETY: balanced in `on_closed`.
        let context = Unmanaged.passRetained(self)
        handle = ar_timer_start(
            loop.handle, delay, interval,
            { context in recover(context, as: LoopTimer.self)?.fire?() },
            { context in relinquish(context, as: LoopTimer.self)?.closed() },
            context.toOpaque())
        // As Swift does when an object finds no memory: a deadline that never comes is worse.
        precondition(handle != nil, "no memory for a timer")
    }

    /// Counts anew from now, whether the timer has fired or not.
    package func restart(after delay: UInt64, repeat interval: UInt64 = 0) {
        guard let handle else { return }
        ar_timer_again(handle, delay, interval)
    }

    /// Stops for good. Safe to call twice and from the timer itself.
    package func cancel() {
        fire = nil
        guard let handle else { return }
        self.handle = nil
        ar_timer_close(handle)
    }

    private func closed() {
        fire = nil
        handle = nil
    }
}
