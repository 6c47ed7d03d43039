internal import AgentRouteCore

extension Command {
    /// `agentroute config show`.
    static let configShow = Command(
        name: "config show", summary: "show every setting and where it comes from",
        options: [
            configFile, Option("port", .port, "as for serve and up"),
            Option("profile", .word("NAME"), "as for up"),
            Option("log-level", .choice("LEVEL", LogLevel.all.map(\.name)), "as for serve"),
        ],
        job: ConfigReport.show)

    /// `agentroute config check`.
    static let configCheck = Command(
        name: "config check", summary: "look for faults in the configuration and the profiles",
        options: [configFile], job: ConfigReport.check)

    /// `agentroute config path`.
    static let configPath = Command(
        name: "config path", summary: "say where config.json is, or would be",
        job: ConfigReport.path)

    /// `agentroute config init`.
    static let configInit = Command(
        name: "config init", summary: "write a first config.json",
        options: [
            Option(
                "provider", .choices("PRESET", Preset.all.map(\.name)),
                "a provider to begin with; openrouter if none is given")
        ],
        job: ConfigStart.write)

    private static let configFile = Option(
        "config", .word("FILE"), "FILE, not config.json in the config folder")
}

/// The commands that tell about the configuration.
enum ConfigReport {
    /// Shows every setting.
    static func show(_ job: Job) async throws(Failure) -> ExitCode {
        let settings = try await SettingList(job).settings()
        job.output.say(
            .array(settings.map(\.json)), TextTable(settings.map(\.row)).lines())
        return .ok
    }

    /// Looks for faults: in `config.json`, in the profiles, in the choice of the active one, and in
    /// the token of the environment.
    static func check(_ job: Job) async throws(Failure) -> ExitCode {
        let workspace = job.workspace
        let configuration = try workspace.configuration()
        let snapshot = try workspace.profiles(configuration).snapshot()
        var faults = snapshot.entries.flatMap { entry in
            entry.faults.map { fault in
                let file = entry.file ?? workspace.directories.configurationFile
                return Failure.Fault(
                    place: fault.path.isEmpty ? file : "\(file): \(fault.path)",
                    message: fault.message)
            }
        }
        if let problem = snapshot.choiceProblem {
            faults.append(
                Failure.Fault(place: workspace.directories.activeProfileFile, message: problem))
        }
        do throws(InvalidValue) {
            _ = try SessionToken(environment: workspace.environment)
        } catch {
            faults.append(Failure.Fault(place: nil, message: error.reason))
        }
        guard faults.isEmpty else {
            throw Failure(.general, code: "configuration_invalid", faults: faults)
        }
        if let warning = workspace.exposure(of: configuration) { job.output.warn(warning) }
        let usual = workspace.directories.configurationFile
        job.output.say(
            ["ok": true, "file": workspace.file.map(JSONValue.string) ?? nil],
            [
                workspace.file.map { "\($0): no faults." }
                    ?? "There is no \(usual): every preset is a provider."
            ])
        return .ok
    }

    /// Says where `config.json` is.
    static func path(_ job: Job) async throws(Failure) -> ExitCode {
        let directories = job.workspace.directories
        job.output.say(
            [
                "path": .string(directories.configurationFile),
                "exists": .bool(job.workspace.file != nil),
                "state": .string(directories.state),
            ], [directories.configurationFile])
        return .ok
    }
}
