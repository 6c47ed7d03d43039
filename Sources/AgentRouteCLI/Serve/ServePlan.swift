internal import AgentRouteCore
internal import AgentRoutePlatforms

/// What `serve` was told, put together from the command line, the environment and the files, in this
/// order of precedence.
struct ServePlan: ReloadablePlan {
    /// What the gateway runs with.
    let configuration: Configuration
    /// The user's files.
    let workspace: Workspace
    /// The session token.
    let token: SessionToken
    /// The least severe level that is logged; nil for what the configuration says.
    let logLevel: LogLevel?
    /// The tools that can be pointed at the gateway.
    let manifests: [Manifest]
    /// What the user should know, one line each.
    let warnings: [String]

    private let invocation: Invocation

    /// Reads what is to be read, the keys with the help of `loop`. Throws every fault of the
    /// configuration.
    init(
        _ invocation: Invocation, environment: [String: String], loop: EventLoop
    ) async throws(Failure) {
        self.invocation = invocation
        workspace = try Workspace(environment: environment, file: invocation.value("config"))
        do throws(InvalidValue) {
            token = try SessionToken(environment: environment)
        } catch {
            throw Failure(.general, code: "environment_invalid", error.reason)
        }
        do throws(ManifestError) {
            manifests = try Manifest.builtIn()
        } catch {
            throw Failure(.general, code: "manifest_invalid", error.description)
        }
        configuration = try await Self.configuration(invocation, workspace, loop)
        warnings = [workspace.exposure(of: configuration)].compactMap { $0 }
        logLevel = invocation.value("log-level").flatMap(LogLevel.named)
    }

    /// What the gateway would run with now: the files may have changed.
    func currentConfiguration(_ loop: EventLoop) async throws(Failure) -> Configuration {
        try await Self.configuration(invocation, workspace, loop)
    }

    /// Whether the user's files count: not for the demonstration alone.
    var readsFiles: Bool { Self.readsFiles(invocation) }

    private static func readsFiles(_ invocation: Invocation) -> Bool {
        !invocation.has("demo") || invocation.has("config")
    }

    private static func configuration(
        _ invocation: Invocation, _ workspace: Workspace, _ loop: EventLoop
    ) async throws(Failure) -> Configuration {
        var configuration = Configuration.demo
        if readsFiles(invocation) {
            configuration = try await workspace.resolved(loop)
            // Without a file and without a profile there is nothing the user has said.
            if workspace.file == nil, configuration.profiles.isEmpty {
                throw Failure(missing: workspace.directories.configurationFile)
            }
            if invocation.has("demo") { configuration = configuration.addingDemo() }
        }
        let port = invocation.value("port").flatMap { UInt16($0) }
        return port.map { configuration.listening(onPort: $0) } ?? configuration
    }
}

extension Failure {
    /// Nobody has written a configuration yet.
    fileprivate init(missing file: String) {
        self.init(
            .general, code: "configuration_missing",
            faults: [Fault(place: nil, message: "there is no configuration at \(file)")],
            advice: [
                "Write one, for example:",
                #"  { "providers": { "openrouter": { "preset": "openrouter" } },"#,
                #"    "profiles": { "default": { "heavy": "openrouter/anthropic/claude-opus-4.5" } } }"#,
                "and set OPENROUTER_API_KEY. `agentroute serve --demo` needs neither.",
            ])
    }
}
