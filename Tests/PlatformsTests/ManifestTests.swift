import AgentRouteWire
import Foundation
import Testing

@testable import AgentRoutePlatforms

private let roles = Substitutions.Roles(
    heavy: "agentroute-heavy", balanced: "agentroute-balanced", fast: "agentroute-fast")

/// A manifest that is right, with parts of it replaced by a test.
private func manifest(
    wire: String = #""gemini""#, environment: String = #"{"A": "b"}"#, command: String = #"["x"]"#,
    more: String = ""
) throws(ManifestError) -> Manifest {
    let text = """
        {"id": "tool", "displayName": "Tool", "wire": \(wire), "environment": \(environment),
         "command": \(command)\(more)}
        """
    return try Manifest(Array(text.utf8), source: "tool.json")
}

/// The faults of a manifest, as `path: reason` lines without the source.
private func faults(_ body: () throws(ManifestError) -> Manifest) -> [String] {
    do {
        _ = try body()
        return []
    } catch {
        return error.faults.map { "\($0.path): \($0.reason)" }
    }
}

@Suite("Manifests")
struct ManifestTests {
    @Test("every built-in manifest is free of faults, and no id is given twice")
    func builtIn() throws {
        let manifests = try Manifest.builtIn()
        #expect(manifests.map(\.id) == ["claude-code", "codex", "gemini-cli"])
        #expect(manifests.map(\.wire) == [.anthropicMessages, .openAIResponses, .gemini])
    }

    @Test("every file of the manifests folder is built in")
    func complete() throws {
        let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../manifests")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.standardized.path)
        let ids = try Manifest.builtIn().map { "\($0.id).json" }
        #expect(files.sorted() == ids.sorted())
    }

    @Test("Claude Code gets the address, the token and an alias for each of its four tiers")
    func claudeCode() throws {
        let claude = try #require(try Manifest.builtIn().first { $0.id == "claude-code" })
        let values = Substitutions(
            gatewayURL: "http://127.0.0.1:4505", token: .literal("f00d"), roles: roles)
        #expect(
            claude.rendered(with: values) == [
                "export ANTHROPIC_BASE_URL=http://127.0.0.1:4505",
                "export ANTHROPIC_AUTH_TOKEN=f00d",
                "export ANTHROPIC_DEFAULT_OPUS_MODEL=agentroute-heavy",
                "export ANTHROPIC_DEFAULT_SONNET_MODEL=agentroute-balanced",
                "export ANTHROPIC_DEFAULT_HAIKU_MODEL=agentroute-fast",
                "export ANTHROPIC_DEFAULT_FABLE_MODEL=agentroute-heavy",
                "export CLAUDE_CODE_DISABLE_1M_CONTEXT=1",
                "export CLAUDE_CODE_ATTRIBUTION_HEADER=0",
                "claude",
            ])
    }

    @Test("Codex gets a provider of its own on the Responses wire, by arguments")
    func codex() throws {
        let codex = try #require(try Manifest.builtIn().first { $0.id == "codex" })
        let values = Substitutions(
            gatewayURL: "http://127.0.0.1:4505", token: .literal("f00d"), roles: roles)
        let lines = codex.rendered(with: values)
        #expect(lines.first == "export AGENTROUTE_TOKEN=f00d")
        #expect(lines.last?.hasPrefix("codex -c model_provider=agentroute ") == true)
        #expect(lines.last?.contains("base_url=http://127.0.0.1:4505/v1 ") == true)
        #expect(lines.last?.hasSuffix(" -m agentroute-heavy") == true)
    }

    @Test("a token kept in a variable is named, never shown")
    func tokenInVariable() throws {
        let tool = try manifest(environment: #"{"KEY": "Bearer {{auth_token}}"}"#)
        let values = Substitutions(
            gatewayURL: "http://h", token: .variable("AGENTROUTE_TOKEN"), roles: roles)
        #expect(tool.rendered(with: values) == [#"export KEY='Bearer '"$AGENTROUTE_TOKEN""#, "x"])
    }

    @Test("what a shell would expand is quoted")
    func quoting() throws {
        let tool = try manifest(
            environment: #"{"A": "$(id) `id` it's", "B": ""}"#,
            command: #"["x y", "{{auth_token}}"]"#)
        let values = Substitutions(gatewayURL: "http://h", token: .literal("a;b"), roles: roles)
        #expect(
            tool.rendered(with: values) == [
                #"export A='$(id) `id` it'\''s'"#, "export B=''", "'x y' 'a;b'",
            ])
    }

    @Test("an unknown placeholder is a fault that names its place and the known ones")
    func unknownPlaceholder() {
        let found = faults { () throws(ManifestError) in
            try manifest(environment: #"{"A": "{{gateway_ulr}}"}"#, command: #"["x", "{{roles}}"]"#)
        }
        #expect(found.count == 2)
        #expect(
            found.first?.hasPrefix("environment.A: unknown placeholder {{gateway_ulr}}") == true)
        #expect(found.first?.contains("{{gateway_url}}, {{auth_token}}, {{roles.heavy}}") == true)
        #expect(found.last?.hasPrefix("command[1]: unknown placeholder {{roles}}") == true)
    }

    @Test(
        "every other fault names its place",
        arguments: [
            (#", "env": {}"#, "env: unknown key"), (#", "id": "b""#, "id: given twice"),
        ])
    func unknownKey(more: String, expected: String) {
        #expect(faults { () throws(ManifestError) in try manifest(more: more) } == [expected])
    }

    @Test("a manifest with several faults reports them all")
    func several() {
        let found = faults { () throws(ManifestError) in
            try manifest(
                wire: #""smoke""#,
                environment: #"{"1A": "b", "B": 1, "C": "{{", "D": "", "D": ""}"#,
                command: "[]")
        }
        #expect(
            found == [
                "wire: must be one of anthropic-messages, openai-chat, openai-responses, gemini",
                "environment.D: given twice",
                "environment.1A: is no name of an environment variable",
                "environment.B: must be a string",
                "environment.C: a {{ without its }}",
                "command: must be an array that is not empty",
            ])
    }

    @Test("an empty object lacks every key; what is no object, or no JSON, is one fault")
    func missing() {
        let empty = faults { () throws(ManifestError) in
            try Manifest(Array("{}".utf8), source: "tool.json")
        }
        #expect(
            empty
                == ["id", "displayName", "wire", "environment", "command"].map {
                    "\($0): is missing"
                })
        #expect(
            faults { () throws(ManifestError) in try Manifest(Array("[]".utf8), source: "t") }.count
                == 1)
        #expect(
            faults { () throws(ManifestError) in try Manifest(Array("{".utf8), source: "t") }.count
                == 1)
    }

    @Test("a fault is printed as file, path, reason")
    func description() {
        let error = ManifestError(
            source: "codex.json",
            faults: [
                .init(path: "", reason: "must be an object"),
                .init(path: "id", reason: "is missing"),
            ])
        #expect(
            String(describing: error) == "codex.json: must be an object\ncodex.json: id: is missing"
        )
    }

    @Test("a lone brace is text")
    func braces() throws {
        let tool = try manifest(environment: #"{"A": "{a} }}"}"#)
        #expect(tool.environment.first?.value.segments == [.text("{a} }}")])
    }
}
