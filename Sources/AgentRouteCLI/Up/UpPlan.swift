internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// What `up` was told, put together from the command line, the environment and the files.
struct UpPlan: ReloadablePlan {
    /// Which tools are pointed at the gateway.
    enum Linking: Sendable {
        /// None.
        case none
        /// Those named.
        case named([ManifestPlatform])
        /// Claude Code, and every other tool that is found here and has a settings file.
        case found
    }

    let workspace: Workspace
    /// What the gateway runs with.
    let configuration: Configuration
    /// A socket that a service manager has handed over to listen on.
    let listeningSocket: Int32?
    let token: SessionToken
    let toolbox: Toolbox
    let linking: Linking
    /// Write what foreign models need besides.
    let isTuned: Bool
    /// When the gateway is killed, start it again with these words; empty for unlinking.
    let revival: [String]
    /// How LiteLLM is started; nil for the gateway's own translation.
    let sidecar: SidecarLaunch?
    /// The gateway ends when nobody uses it any more (`run`).
    let endsUnused: Bool
    private let source: Source
    private let lists: ModelCatalogue

    /// Reads what is to be read.
    init(_ invocation: Invocation, _ workspace: Workspace, loop: EventLoop) async throws(Failure) {
        self.workspace = workspace
        source = try Source(invocation)
        lists = ModelCatalogue(directories: workspace.directories, loop: loop)
        listeningSocket = SocketActivation.socket(environment: workspace.environment)
        toolbox = try Toolbox(workspace)
        token = try Self.token(workspace)
        linking = try Self.linking(invocation, toolbox)
        isTuned = invocation.has("tune")
        revival = invocation.has("revive") ? Self.words(invocation) : []
        endsUnused = invocation.has("while-used")
        configuration = try await source.configuration(workspace, loop)
        try Self.check(configuration)
        sidecar =
            invocation.value("engine") == "litellm"
            ? try await SidecarSetup(workspace, loop: loop).launch() : nil
    }

    /// The configuration as it stands now, with what this run alone was told.
    func currentConfiguration(_ loop: EventLoop) async throws(Failure) -> Configuration {
        try await source.configuration(workspace, loop)
    }

    /// The context windows of the models behind the aliases, as far as they are known. Blocks on files.
    func contextWindows() -> [Role: Int] { lists.contextWindows(in: configuration) }

    /// The token: the environment's, that of tools linked before, or a new one.
    private static func token(_ workspace: Workspace) throws(Failure) -> SessionToken {
        if workspace.environment[SessionToken.variable] == nil,
            let token = StableToken.kept(workspace.directories)
        {
            return token
        }
        do throws(InvalidValue) {
            return try SessionToken(environment: workspace.environment)
        } catch {
            throw Failure(.general, code: "environment_invalid", error.reason)
        }
    }

    private static func linking(
        _ invocation: Invocation, _ toolbox: Toolbox
    ) throws(Failure) -> Linking {
        let named = invocation.values("link")
        if invocation.has("no-link") {
            guard named.isEmpty else {
                throw Failure(.usage, code: "usage", "--link and --no-link exclude each other")
            }
            return .none
        }
        if named.isEmpty { return .found }
        var platforms: [ManifestPlatform] = []
        for id in named.flatMap({ $0.split(separator: ",").map(String.init) }) {
            platforms.append(try toolbox.platform(id))
        }
        return .named(platforms)
    }

    /// The words that start a gateway like this one, but for the port and the token.
    private static func words(_ invocation: Invocation) -> [String] {
        var words = ["up", "--revive"]
        for name in ["profile", "engine", "log-level", "config"] {
            if let value = invocation.value(name) { words += ["--\(name)", value] }
        }
        for tool in invocation.values("link") { words += ["--link", tool] }
        for name in ["no-link", "tune", "demo"] where invocation.has(name) {
            words.append("--\(name)")
        }
        return words
    }

    /// A gateway whose every request would fail is not started.
    private static func check(_ configuration: Configuration) throws(Failure) {
        guard let profile = configuration.active, !profile.models.isEmpty else {
            throw Failure(
                .general, code: "no_profile",
                faults: [Failure.Fault(place: nil, message: "there is no profile")],
                advice: [
                    "Make one, for example:",
                    "  agentroute profiles create work --heavy openrouter/anthropic/claude-opus-4.5",
                    "or see it work without a key: agentroute up --demo",
                ])
        }
        let used = Set(profile.models.values.map(\.provider))
        for provider in configuration.providers where used.contains(provider.id) {
            guard case .missing(let reason) = provider.key else { continue }
            throw Failure(
                .key, code: "provider_key_missing",
                faults: [
                    Failure.Fault(
                        place: nil, message: "provider \(provider.id) has no API key: \(reason)")
                ],
                advice: ["Store one: agentroute key set --stdin --provider \(provider.id)"])
        }
    }
}

/// Where the configuration of a run comes from.
private struct Source: Sendable {
    /// The profile of this run alone; nil for the one the user has activated, which may change.
    let profile: String?
    /// The port of this run alone.
    let port: UInt16?
    /// The built-in model alone, whatever the files say of providers and profiles.
    let isDemo: Bool

    init(_ invocation: Invocation) throws(Failure) {
        profile = invocation.value("profile")
        port = invocation.value("port").flatMap { UInt16($0) }
        isDemo = invocation.has("demo")
        if isDemo, profile != nil {
            throw Failure(.usage, code: "usage", "--demo and --profile exclude each other")
        }
    }

    /// Reads the files.
    func configuration(
        _ workspace: Workspace, _ loop: EventLoop
    ) async throws(Failure) -> Configuration {
        var configuration =
            isDemo
            ? try workspace.configuration().demonstrating()
            : try await workspace.resolved(loop, profile: profile)
        if let port { configuration = configuration.listening(onPort: port) }
        return configuration
    }
}

extension Configuration {
    /// The built-in model behind every alias, listening and logging as here.
    fileprivate func demonstrating() -> Configuration {
        var options = Options()
        options.listen = listen
        options.limits = limits
        options.log = log
        let demo = Configuration.demo
        let result = try? Configuration(
            providers: demo.providers, profiles: demo.profiles, activeProfile: demo.activeProfile,
            options: options)
        return result ?? demo
    }
}
