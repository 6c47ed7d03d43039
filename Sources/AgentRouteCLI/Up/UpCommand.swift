internal import AgentRouteCore
internal import Glibc

extension Command {
    /// `agentroute up`.
    static let up = Command(
        name: "up", summary: "run the gateway and point the tools at it",
        options: [
            Option("profile", .word("NAME"), "use this profile for this run only"),
            Option("port", .port, "listen on port N; 0 lets the system choose"),
            Option("link", .words("TOOL"), "link TOOL, again for more; default: all found"),
            Option("no-link", .none, "link nothing"),
            Option("demo", .none, "use the built-in model: no key, no network"),
            Option("tune", .none, "write what foreign models need besides"),
            Option("revive", .none, "start again when killed, in place of unlinking"),
            Option(
                "engine", .choice("ENGINE", ["native", "litellm"]),
                "what translates: native, or litellm by a sidecar"),
            Option("detach", .none, "run in the background, without a terminal"),
            Option("while-used", .none, "end when the last `agentroute run` ends"),
            Option(
                "log-level", .choice("LEVEL", LogLevel.all.map(\.name)),
                "log from LEVEL on: " + LogLevel.all.map(\.name).joined(separator: ", ")),
            Option("config", .word("FILE"), "read FILE, not config.json in the config folder"),
        ]
    ) { invocation, context in
        let output = UpOutput(console: context.console, isJSON: invocation.isJSON)
        do throws(Failure) {
            let workspace = try Workspace(
                environment: context.environment, file: invocation.value("config"))
            if invocation.has("detach") {
                return try Detached.start(invocation, workspace, output)
            }
            let lock = try takeLock(workspace)
            return MainLoop.run(on: context.console) { loop in
                do throws(Failure) {
                    let plan = try await UpPlan(invocation, workspace, loop: loop)
                    let level = invocation.value("log-level").flatMap(LogLevel.named)
                    return await UpSession(
                        plan, lock: lock, output: output, logLevel: level, loop: loop
                    ).run()
                } catch {
                    lock.release()
                    return output.fail(error)
                }
            }
        } catch {
            return output.fail(error)
        }
    }

    /// The lock that one gateway of a user holds. A watcher may hold it for a moment.
    private static func takeLock(_ workspace: Workspace) throws(Failure) -> FileLock {
        let directories = workspace.directories
        for _ in 0..<200 {
            do throws(FileError) {
                if let lock = try FileLock(trying: directories.gatewayLockFile) { return lock }
            } catch {
                throw Failure(.gateway, code: "lock_failed", "\(error)")
            }
            if let state = GatewayPresence.find(directories).state {
                throw Failure(alreadyRunning: state)
            }
            usleep(10_000)
        }
        throw Failure(
            .gateway, code: "already_running", "another gateway is starting or ending; try again")
    }
}

extension Failure {
    /// A second gateway was asked for.
    init(alreadyRunning state: GatewayState) {
        self.init(
            .gateway, code: "already_running",
            faults: [
                Fault(
                    place: nil,
                    message:
                        "a gateway runs already: port \(state.port), profile \(state.profile), "
                        + "pid \(state.pid)")
            ],
            advice: ["End it with: agentroute down"])
    }
}

/// A gateway in the background.
enum Detached {
    /// Starts one with the words of `invocation` and waits until it runs.
    static func start(
        _ invocation: Invocation, _ workspace: Workspace, _ output: UpOutput
    ) throws(Failure) -> ExitCode {
        if let state = GatewayPresence.find(workspace.directories).state {
            throw Failure(alreadyRunning: state)
        }
        let (state, isOurs) = try start(words(invocation), workspace)
        guard isOurs else { throw Failure(alreadyRunning: state) }
        let toolbox = try Toolbox(workspace)
        output.announce(state, links: toolbox.recorded)
        return .ok
    }

    /// Starts `agentroute` with `words` and waits until it is ready, or has ended.
    ///
    /// - Returns: The gateway that runs, and whether it is the one started here: another command may
    ///   have been quicker.
    static func start(
        _ words: [String], _ workspace: Workspace
    ) throws(Failure) -> (state: GatewayState, isOurs: Bool) {
        let directories = workspace.directories
        try? AtomicFile.createFolder(directories.state)
        let size = logSize(directories)
        guard
            let pid = Background.start(
                words, environment: workspace.environment, log: directories.logFile)
        else {
            throw Failure(.gateway, code: "start_failed", "no process for the gateway")
        }
        var end: Int32?
        let state = GatewayPresence.awaitReady(directories) {
            end = end ?? Background.end(of: pid)
            return end != nil
        }
        guard let state else { throw failure(end, directories, from: size) }
        return (state, state.pid == pid)
    }

    /// The words that start the same in the foreground.
    private static func words(_ invocation: Invocation) -> [String] {
        var words = ["up"]
        for option in Command.up.options where invocation.has(option.name) {
            guard option.name != "detach", option.name != "json" else { continue }
            for value in invocation.values(option.name) {
                words +=
                    option.argument == .none
                    ? ["--\(option.name)"] : ["--\(option.name)", value]
            }
        }
        return words
    }

    private static func logSize(_ directories: Directories) -> Int {
        var status = stat()
        return stat(directories.logFile, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Why it did not start: how it ended, and what it wrote.
    private static func failure(
        _ end: Int32?, _ directories: Directories, from offset: Int
    ) -> Failure {
        let log = (try? AtomicFile.read(directories.logFile)) ?? []
        let lines = String(decoding: log.dropFirst(offset), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        let code = end.flatMap(ExitCode.init(rawValue:)) ?? .gateway
        let reason = lines.first.map { ": \($0)" } ?? ""
        return Failure(
            code == .ok ? .gateway : code, code: "start_failed",
            faults: [Failure.Fault(place: nil, message: "the gateway did not start\(reason)")],
            advice: lines.dropFirst().suffix(10))
    }
}
