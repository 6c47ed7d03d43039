/// Where AgentRoute keeps its files.
///
/// With `AGENTROUTE_HOME` set both folders are that one. Otherwise they follow the XDG Base Directory
/// Specification 0.8: `$XDG_CONFIG_HOME/agentroute` (`~/.config/agentroute`) and
/// `$XDG_STATE_HOME/agentroute` (`~/.local/state/agentroute`).
public struct Directories: Sendable, Equatable {
    /// The folder of `config.json` and the profiles.
    public let configuration: String
    /// The folder of `gateway.json`, links and logs.
    public let state: String

    /// These folders.
    public init(configuration: String, state: String) {
        self.configuration = configuration
        self.state = state
    }

    /// The folders `environment` asks for. Throws when `AGENTROUTE_HOME` is not absolute, or when
    /// `HOME` is needed and is not.
    public init(environment: [String: String]) throws(InvalidValue) {
        if let home = environment["AGENTROUTE_HOME"], !home.isEmpty {
            guard home.hasPrefix("/") else {
                throw InvalidValue("AGENTROUTE_HOME must be an absolute path")
            }
            self.init(configuration: home, state: home)
            return
        }
        self.init(
            configuration: try Self.folder("XDG_CONFIG_HOME", or: ".config", in: environment),
            state: try Self.folder("XDG_STATE_HOME", or: ".local/state", in: environment))
    }

    /// The path of `config.json`.
    public var configurationFile: String { "\(configuration)/config.json" }

    /// The folder of the profiles, one file each.
    public var profilesFolder: String { "\(configuration)/profiles" }

    /// The path of `active-profile.json`, which names the active profile.
    public var activeProfileFile: String { "\(configuration)/active-profile.json" }

    /// The folder of the keys kept in files, one for each provider. It is with the state because
    /// configuration folders are what people publish.
    public var keysFolder: String { "\(state)/keys" }

    /// The folder of the model lists fetched from providers, one file each.
    public var catalogueFolder: String { "\(state)/catalogue" }

    /// The file that a running gateway keeps locked for as long as it lives.
    public var gatewayLockFile: String { "\(state)/gateway.lock" }

    /// The file that those who use a gateway started for them keep locked together.
    public var usersLockFile: String { "\(state)/users.lock" }

    /// The folder of the records of links.
    public var linksFolder: String { "\(state)/links" }

    /// The token of a gateway that tools were linked to before it ran.
    public var tokenFile: String { "\(state)/token" }

    /// The log of a gateway without a terminal.
    public var logFile: String { "\(state)/gateway.log" }

    /// The folder of the user's manifests.
    public var manifestsFolder: String { "\(configuration)/manifests" }

    /// The path of `gateway.json`.
    public var gatewayStateFile: String { "\(state)/gateway.json" }

    private static func folder(
        _ variable: String, or fallback: String, in environment: [String: String]
    ) throws(InvalidValue) -> String {
        // The specification has relative paths ignored.
        if let base = environment[variable], base.hasPrefix("/") { return "\(base)/agentroute" }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw InvalidValue("HOME is not set to an absolute path; set it, or AGENTROUTE_HOME")
        }
        return "\(home)/\(fallback)/agentroute"
    }
}
