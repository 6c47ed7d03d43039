internal import AgentRouteCore
internal import Glibc

extension Command {
    /// `agentroute down`.
    static let down = Command(
        name: "down", summary: "end the gateway and give the tools their settings back"
    ) { invocation, context in
        do throws(Failure) {
            let workspace = try Workspace(environment: context.environment)
            let mended = LinkRepair.run(workspace) { context.console.note("agentroute: \($0)") }
            let stopped = try stop(workspace)
            let links = try Toolbox(workspace).unlinkAll()
            for failure in links.failures {
                _ = failure.report(on: context.console, isJSON: invocation.isJSON)
            }
            if invocation.isJSON {
                context.console.say([
                    "stopped": .bool(stopped != nil), "unlinked": .bool(links.failures.isEmpty),
                    "pid": stopped.map { .number(.init($0)) } ?? nil,
                ])
            } else if let stopped {
                context.console.say("The gateway (pid \(stopped)) has ended.")
            } else if mended.isEmpty, links.done.isEmpty {
                context.console.say("No gateway runs.")
            }
            return links.failures.isEmpty ? .ok : .link
        } catch {
            return error.report(on: context.console, isJSON: invocation.isJSON)
        }
    }

    /// Ends the gateway that runs and waits for its end; its process, or nil if none ran.
    private static func stop(_ workspace: Workspace) throws(Failure) -> pid_t? {
        let directories = workspace.directories
        guard let state = GatewayPresence.find(directories).state else { return nil }
        guard kill(state.pid, SIGTERM) == 0 || errno == ESRCH else {
            throw Failure(
                .gateway, code: "not_stopped",
                "the gateway with pid \(state.pid) cannot be ended: \(String(cString: strerror(errno)))"
            )
        }
        // Streams may take their 10 seconds; then it is asked to hurry, and then not asked.
        for step in 0..<1500 {
            guard case .running(let now) = GatewayPresence.find(directories), now.pid == state.pid
            else { return state.pid }
            if step == 1200 { kill(state.pid, SIGTERM) }
            usleep(10_000)
        }
        kill(state.pid, SIGKILL)
        LinkRepair.run(workspace) { _ in }
        return state.pid
    }
}
