internal import AgentRouteCore
internal import Glibc

extension Command {
    /// `agentroute watch`: what `up` starts beside itself. It sleeps until the gateway's process is
    /// gone, however it went, and gives the tools their settings back if the gateway had not.
    static let watch = Command(
        name: "watch", summary: "mend links when the gateway is killed",
        options: [Option("revive", .words("WORD"), "start it again with these words")],
        isHidden: true, mending: .itself
    ) { invocation, context in
        // The state is there before a watcher is started, whether or not its gateway still lives.
        guard let workspace = try? Workspace(environment: context.environment),
            let before = try? GatewayState.read(from: workspace.directories.gatewayStateFile)
        else { return .general }
        StartupCode.drop()
        guard let lock = try? FileLock(sharing: workspace.directories.gatewayLockFile) else {
            return .general
        }
        // The lock can be had: the gateway is gone. Its state is still there only if it was killed.
        lock.release()
        guard case .stale(let state) = GatewayPresence.find(workspace.directories),
            state.pid == before.pid
        else { return .ok }
        let words = invocation.values("revive")
        guard words.isEmpty else { return revive(words, state, context.environment) }
        LinkRepair.run(workspace) { context.console.note("agentroute: \($0)") }
        return .ok
    }

    /// Starts the gateway again on its port and with its token, so that tools that are running go on.
    private static func revive(
        _ words: [String], _ state: GatewayState, _ environment: [String: String]
    ) -> ExitCode {
        var environment = environment
        environment[SessionToken.variable] = state.token.value
        let log = (try? Directories(environment: environment))?.logFile
        let arguments = words + ["--port", "\(state.port)"]
        return Background.start(arguments, environment: environment, log: log) == nil
            ? .gateway : .ok
    }
}
