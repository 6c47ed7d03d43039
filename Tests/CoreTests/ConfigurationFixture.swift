import AgentRouteCore
import Testing

/// A configuration document with the environment and the files it is read with.
struct ConfigurationFixture {
    var text: String
    var environment: [String: String] = [:]
    var files: [String: String] = [:]

    init(_ text: String, environment: [String: String] = [:], files: [String: String] = [:]) {
        self.text = text
        self.environment = environment
        self.files = files
    }

    /// One provider called `lab` with these settings.
    static func provider(
        _ settings: String, environment: [String: String] = [:], files: [String: String] = [:]
    ) -> ConfigurationFixture {
        ConfigurationFixture(
            "{ \"providers\": { \"lab\": { \(settings) } } }", environment: environment,
            files: files)
    }

    func load() throws(ConfigurationError) -> Configuration {
        let files = files
        return try Configuration.load(
            text: Array(text.utf8), directory: "/etc/agentroute", environment: environment
        ) { path in
            guard let content = files[path] else { throw MissingFile() }
            return Array(content.utf8)
        }
    }

    /// The provider `lab`.
    func lab() throws -> Provider {
        try #require(try load().providers.first { $0.id == "lab" })
    }

    /// Every fault, as `path: message`; none if the document loads.
    func faults() -> [String] {
        do throws(ConfigurationError) {
            _ = try load()
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private struct MissingFile: Error, CustomStringConvertible {
        let description = "no such file"
    }
}
