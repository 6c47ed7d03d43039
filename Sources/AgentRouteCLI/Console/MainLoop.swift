internal import AgentRouteCore
internal import Synchronization

/// The event loop of a command, run by the thread that called the command.
enum MainLoop {
    /// Runs `body` beside an event loop that the calling thread runs until `body` returns.
    ///
    /// `body` itself is on no particular thread. Returns what it returned, or a failure when the
    /// system gives no loop, told on `console`.
    static func run(
        on console: Console, _ body: @escaping @Sendable (EventLoop) async -> ExitCode
    ) -> ExitCode {
        let loop: EventLoop
        do {
            loop = try EventLoop()
        } catch {
            console.note("agentroute: \(error)")
            return .gateway
        }
        let end = End()
        Task {
            let code = await body(loop)
            end.code.withLock { $0 = code }
            loop.stop()
        }
        loop.run()
        return end.code.withLock { $0 }
    }

    private final class End: Sendable {
        let code = Mutex(ExitCode.gateway)
    }
}
