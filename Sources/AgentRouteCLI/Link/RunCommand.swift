internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

extension Command {
    /// `agentroute run`.
    static let run = Command(
        name: "run", summary: "run a tool on the gateway, with none of its files touched",
        operands: [Operand("TOOL", "the tool, as `agentroute platforms` lists it")],
        rest: Operand("ARGUMENT", "words for the tool", .any),
        options: [Option("profile", .word("NAME"), "the profile, where a gateway is started")]
    ) { invocation, context in
        do throws(Failure) {
            let workspace = try Workspace(environment: context.environment)
            let platform = try Toolbox(workspace).platform(invocation.operand ?? "")
            guard let program = program(platform, workspace.environment) else {
                throw Failure(
                    .general, code: "tool_not_found",
                    "\(platform.displayName) is not installed: "
                        + "\(platform.manifest.detection.binary) is not on PATH")
            }
            // Held until the tool has ended: the gateway started for it goes with the last of these.
            let use = try takeUse(workspace)
            let state = try gateway(invocation, workspace)
            let launch = platform.launch(LinkRequest(state))
            let code = try start(program, launch, invocation.rest, workspace.environment)
            use.release()
            exit(code)  // the tool's own, which need not be one of ours
        } catch {
            return error.report(on: context.console, isJSON: invocation.isJSON)
        }
    }

    private static func takeUse(_ workspace: Workspace) throws(Failure) -> FileLock {
        let path = workspace.directories.usersLockFile
        for _ in 0..<1500 {
            do throws(FileError) {
                if let lock = try FileLock(trying: path, shared: true) { return lock }
            } catch {
                throw Failure(.gateway, code: "lock_failed", "\(error)")
            }
            // A gateway without users is going, which takes its streams 10 s at most
            usleep(10_000)
        }
        throw Failure(.gateway, code: "lock_failed", "\(path) is locked by another program")
    }

    /// The gateway that runs, or one started for this tool.
    private static func gateway(
        _ invocation: Invocation, _ workspace: Workspace
    ) throws(Failure) -> GatewayState {
        if let state = GatewayPresence.find(workspace.directories).state { return state }
        var words = ["up", "--no-link", "--while-used"]
        if let profile = invocation.value("profile") { words += ["--profile", profile] }
        return try Detached.start(words, workspace).state
    }

    /// The tool's program: the manifest's command, else what its detection found.
    private static func program(
        _ platform: ManifestPlatform, _ environment: [String: String]
    ) -> String? {
        platform.detect().binary
    }

    private static func start(
        _ program: String, _ launch: Launch, _ rest: [String], _ caller: [String: String]
    ) throws(Failure) -> Int32 {
        var environment = caller
        for name in launch.unset { environment[name] = nil }
        for variable in launch.environment { environment[variable.name] = variable.value }
        let words = [program] + launch.command.dropFirst() + rest
        // Ctrl-C is for the tool; this process waits for its end.
        signal(SIGINT, SIG_IGN)
        signal(SIGQUIT, SIG_IGN)
        guard let pid = Background.startHere(program, words, environment: environment) else {
            throw Failure(.general, code: "tool_failed", "\(program) could not be started")
        }
        return Background.wait(for: pid)
    }
}
