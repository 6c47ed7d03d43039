package import AgentRouteIO

/// A signal watched on a loop. Watched until `cancel()`.
package final class SignalToken {
    private let watcher: SignalWatcher

    fileprivate init(_ watcher: SignalWatcher) {
        self.watcher = watcher
    }

    /// Watches no longer. Loop thread.
    package func cancel() {
        watcher.cancel()
    }
}

/// Calls `handler` on the loop's thread each time the process gets signal `number`. Call on the loop's
/// thread, or before it runs. Throws for a signal that cannot be watched.
package func onSignal(
    _ number: Int32, loop: EventLoop, _ handler: @escaping () -> Void
) throws(IOError) -> SignalToken {
    SignalToken(try SignalWatcher(loop: loop, number: number, handler))
}
