import CAgentRouteIO
import Glibc

/// Takes over a signal of the process for a loop. Loop thread only.
///
/// While it lives, the signal's default action does not happen. It watches until `cancel`, referenced
/// or not. Only a program's own code should watch signals: they belong to the process.
package final class SignalWatcher {
    /// Nil once cancelled, and with it whatever it holds.
    private var fire: (() -> Void)?
    private var handle: OpaquePointer?

    /// Watches signal `number` and calls `fire`, held until `cancel`, on the loop each time it comes;
    /// signals that come together may count as one.
    ///
    /// - Throws: `IOError` for a signal that cannot be watched, such as SIGKILL.
    package init(
        loop: EventLoop, number: Int32, _ fire: @escaping () -> Void
    ) throws(IOError) {
        loop.preconditionAccess()
        self.fire = fire
        // SAFETY: balanced in `on_closed`, or below when there is none to come.
        let context = Unmanaged.passRetained(self)
        handle = ar_signal_start(
            loop.handle, number,
            { context in recover(context, as: SignalWatcher.self)?.fire?() },
            { context in relinquish(context, as: SignalWatcher.self)?.closed() },
            context.toOpaque())
        guard handle != nil else {
            context.release()
            throw IOError(code: -EINVAL, operation: "watch signal \(number)")
        }
    }

    /// Gives the signal back. Safe to call twice and from the watcher itself.
    package func cancel() {
        fire = nil
        guard let handle else { return }
        self.handle = nil
        ar_signal_close(handle)
    }

    private func closed() {
        fire = nil
        handle = nil
    }
}
