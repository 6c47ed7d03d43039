internal import AgentRouteCore
internal import Glibc

extension Command {
    /// `agentroute down`.
    static let down = Command(
        name: "down", summary: "end the gateway and give the tools their settings back",
        mending: .itself
    ) { invocation, context in
        do throws(Failure) {
            let workspace = try Workspace(environment: context.environment)
            let before = GatewayPresence.find(workspace.directories)
            let mended = LinkRepair.run(workspace) { context.console.note("agentroute: \($0)") }
            if case .stale(let state) = before, state.isRevived { awaitRevival(workspace) }
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

    /// The gateway, once it is known whether one that is starting, or ending, runs.
    private static func settled(_ directories: Directories) -> GatewayPresence {
        for _ in 0..<300 {
            let presence = GatewayPresence.find(directories)
            guard case .between = presence else { return presence }
            usleep(10_000)
        }
        return .between
    }

    /// Waits for a gateway that its watcher may be about to start again, so that it is ended as well.
    private static func awaitRevival(_ workspace: Workspace) {
        for _ in 0..<150 {
            if GatewayPresence.find(workspace.directories).state?.isReady == true { return }
            usleep(10_000)
        }
    }

    /// Ends the gateway that runs and waits for its end; its process, or nil if none ran.
    private static func stop(_ workspace: Workspace) throws(Failure) -> pid_t? {
        let directories = workspace.directories
        guard let state = settled(directories).state else { return nil }
        guard kill(state.pid, SIGTERM) == 0 || errno == ESRCH else {
            throw Failure(
                .gateway, code: "not_stopped",
                "the gateway with pid \(state.pid) cannot be ended: \(String(cString: strerror(errno)))"
            )
        }
        // One that Ctrl-Z has stopped is to hear of it.
        kill(state.pid, SIGCONT)
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
