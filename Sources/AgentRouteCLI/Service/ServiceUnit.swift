internal import AgentRouteCore

/// The gateway as a service of its user, as the files that tell a service manager about it have it.
struct ServiceUnit: Sendable, Equatable {
    /// The path of this program.
    let program: String
    /// Where clients find the gateway.
    let listen: Listen
    /// The file that gets what the gateway writes.
    let logFile: String
    /// The variables that lead to the user's folders, where the usual ones are not meant.
    let environment: [String: String]

    /// The gateway of this user: the program that runs now, on the port that is configured.
    init(_ workspace: Workspace, program: String) throws(Failure) {
        self.init(
            program: program, listen: try workspace.configuration().listen,
            logFile: workspace.directories.logFile, environment: workspace.environment)
    }

    /// A gateway with these properties; of `environment` what leads to the folders is kept.
    init(program: String, listen: Listen, logFile: String, environment: [String: String]) {
        self.program = program
        self.listen = listen
        self.logFile = logFile
        self.environment = environment.filter { Self.folderVariables.contains($0.key) }
    }

    /// The words that start the gateway. Links are made once and stay: the service makes none.
    var command: [String] { [program, "up", "--no-link"] }

    /// Whether a service of this user is installed.
    static func isInstalled(_ environment: [String: String]) -> Bool {
        guard let manager = try? ServiceManager.ofThisSystem(environment) else { return false }
        return manager.isInstalled
    }

    private static let folderVariables = ["AGENTROUTE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"]
}

/// A file for a service manager.
struct ServiceFile: Sendable, Equatable {
    /// The name within the manager's folder.
    let name: String
    /// The content.
    let text: String
}
