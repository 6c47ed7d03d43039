import AgentRouteCore
import AgentRouteTesting

/// A loop with a thread that runs it for as long as this object lives.
final class LoopThread: Sendable {
    let loop: EventLoop
    private let thread: WorkerThread

    init() throws {
        let loop = try EventLoop()
        self.loop = loop
        thread = WorkerThread { loop.run() }
    }

    deinit {
        loop.stop()
        thread.join()
    }
}
