import CAgentRouteIO

/// Tells when something in a folder has changed. Loop thread only.
///
/// It runs until `cancel`, referenced or not. Changes are told after they have happened, several of
/// them perhaps as one (inotify(7)).
package final class FolderWatcher {
    /// Nil once cancelled, and with it whatever it holds.
    private var changed: (() -> Void)?
    private var handle: OpaquePointer?

    /// Watches `folder`, not what is in its own folders; nil if that cannot be done: it is not there,
    /// or the system has no more watches.
    package init?(loop: EventLoop, folder: String, _ changed: @escaping () -> Void) {
        loop.preconditionAccess()
        self.changed = changed
        // SAFETY: balanced in `on_closed`, or below when that never comes.
        let context = Unmanaged.passRetained(self)
        handle = ar_watch_start(
            loop.handle, folder,
            { context in recover(context, as: FolderWatcher.self)?.changed?() },
            { context in relinquish(context, as: FolderWatcher.self)?.closed() },
            context.toOpaque())
        guard handle != nil else {
            context.release()
            return nil
        }
    }

    /// Stops for good. Safe to call twice and from the watcher itself.
    package func cancel() {
        changed = nil
        guard let handle else { return }
        self.handle = nil
        ar_watch_close(handle)
    }

    private func closed() {
        changed = nil
        handle = nil
    }
}
