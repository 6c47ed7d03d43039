internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// What `serve` was told, put together from the command line, the environment and the file, in this
/// order of precedence.
struct ServePlan: Sendable {
    /// What the gateway runs with.
    let configuration: Configuration
    /// Where its files are.
    let directories: Directories
    /// The session token.
    let token: SessionToken
    /// The least severe level that is logged; nil for what the configuration says.
    let logLevel: LogLevel?
    /// The tools that can be pointed at the gateway.
    let manifests: [Manifest]
    /// What the user should know, one line each.
    let warnings: [String]

    /// Reads what is to be read. Throws every fault of the configuration.
    init(_ invocation: Invocation, environment: [String: String]) throws(Failure) {
        do throws(InvalidValue) {
            directories = try Directories(environment: environment)
            token = try SessionToken(environment: environment)
        } catch {
            throw Failure(.general, code: "environment_invalid", error.reason)
        }
        do throws(ManifestError) {
            manifests = try Manifest.builtIn()
        } catch {
            throw Failure(.general, code: "manifest_invalid", error.description)
        }
        let file = try Self.file(for: invocation, in: directories)
        var configuration = try Self.configuration(in: file, environment: environment)
        let warning = file.flatMap { Self.warning(about: $0, holding: configuration) }
        warnings = [warning].compactMap { $0 }
        if invocation.has("demo") { configuration = configuration.addingDemo() }
        if let port = invocation.value("port").flatMap({ UInt16($0) }) {
            configuration = configuration.listening(onPort: port)
        }
        self.configuration = configuration
        logLevel = invocation.value("log-level").flatMap(LogLevel.named)
    }

    /// The configuration's file, or nil when the built-in one is to be used.
    private static func file(
        for invocation: Invocation, in directories: Directories
    ) throws(Failure) -> String? {
        if let file = invocation.value("config") { return file }
        if invocation.has("demo") { return nil }
        let file = directories.configurationFile
        guard access(file, F_OK) == 0 || errno != ENOENT else { throw Failure(missing: file) }
        return file
    }

    private static func configuration(
        in file: String?, environment: [String: String]
    ) throws(Failure) -> Configuration {
        guard let file else { return .demo }
        do throws(ConfigurationError) {
            return try .load(path: file, environment: environment)
        } catch {
            throw Failure(error, in: file)
        }
    }

    /// What to say when `file` shows a key to other users of the machine, or nil.
    private static func warning(
        about file: String, holding configuration: Configuration
    ) -> String? {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & (S_IRGRP | S_IROTH) != 0 else {
            return nil
        }
        let exposed = configuration.providers.filter { $0.key.isLiteral }.map(\.id)
        guard !exposed.isEmpty else { return nil }
        return """
            \(file): other users can read it and the keys in it (\(exposed.joined(separator: ", "))); \
            run chmod 600, or use env: or file: for the keys
            """
    }
}

extension KeyState {
    /// Whether the key itself stands in the configuration.
    fileprivate var isLiteral: Bool {
        if case .present(_, source: "configuration") = self { true } else { false }
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
