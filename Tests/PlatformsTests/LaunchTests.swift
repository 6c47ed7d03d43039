import AgentRouteWire
import Testing

@testable import AgentRoutePlatforms

private func tool(_ id: String) throws -> Manifest {
    try #require(try ManifestCatalogue()[id])
}

private func values(_ token: Substitutions.Token = .literal("f00d")) -> Substitutions {
    Substitutions(gatewayURL: "http://127.0.0.1:4505", token: token, roles: Linking.aliases)
}

/// A tool that is told by its process environment.
private func inert(_ wiring: String, run: String = "{}") throws -> Manifest {
    let text = """
        {"id": "tool", "displayName": "Tool", "wire": "openai-chat", "roles": ["heavy"],
         "detect": {"binary": "tool", "configPaths": []}, "target": {"type": "process-env"},
         "wiring": \(wiring), "run": \(run)}
        """
    return try Manifest(Array(text.utf8), source: "tool.json")
}

@Suite("Starting a tool")
struct LaunchTests {
    @Test("Claude Code gets the address, the token and an alias for each of its four tiers")
    func claudeCode() throws {
        #expect(
            try tool("claude-code").rendered(with: values()) == [
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
        let lines = try tool("codex").rendered(with: values())
        #expect(lines.first == "export AGENTROUTE_TOKEN=f00d")
        #expect(lines.last?.hasPrefix("codex -c model_provider=agentroute ") == true)
        #expect(lines.last?.contains("base_url=http://127.0.0.1:4505/v1 ") == true)
        #expect(lines.last?.hasSuffix(" -m agentroute-heavy") == true)
    }

    @Test("a token kept in a variable is named, never shown")
    func tokenInVariable() throws {
        let tool = try inert(#"{"KEY": "Bearer {{auth_token}}"}"#)
        #expect(
            tool.rendered(with: values(.variable("AGENTROUTE_TOKEN")))
                == [#"export KEY='Bearer '"$AGENTROUTE_TOKEN""#, "tool"])
    }

    @Test("what a shell would expand is quoted")
    func quoting() throws {
        let tool = try inert(
            #"{"A": "$(id) `id` it's", "B": ""}"#, run: #"{"command": ["x y", "{{auth_token}}"]}"#)
        #expect(
            tool.rendered(with: values(.literal("a;b"))) == [
                #"export A='$(id) `id` it'\''s'"#, "export B=''", "'x y' 'a;b'",
            ])
    }

    @Test("a run has the wiring and the tuning in its environment, and touches no file")
    func launch() throws {
        let linking = try Linking()
        let launch = linking.platform.launch(Linking.request())
        #expect(launch.command == ["claude"])
        #expect(launch.unset.contains("ANTHROPIC_API_KEY"))
        let names = launch.environment.map(\.name)
        #expect(names.prefix(2) == ["ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN"])
        #expect(
            launch.environment.contains(
                .init(name: "CLAUDE_CODE_MAX_CONTEXT_TOKENS", value: "128000")))
        #expect(!names.contains("defaultMode"))
        #expect(linking.files.changes == 0)
    }

    @Test(
        "a tool of the process environment has nothing to link, and says which variables it wants")
    func inertLink() throws {
        let linking = Linking(
            try inert(#"{"A": "{{gateway_url}}", "B": "{{auth_token}}"}"#), settings: nil)
        let result = try linking.link()
        #expect(result == LinkResult(path: nil, keys: ["A", "B"], isChanged: false))
        #expect(try linking.platform.status(Linking.request()).state == .notLinked)
        #expect(try linking.platform.unlink().outcome == .nothing)
        #expect(linking.files.changes == 0)
    }

    @Test("a tool is found by its program, or by its configuration")
    func detect() throws {
        let linking = try Linking()
        #expect(!linking.platform.detect().isFound)
        linking.text = "{}"
        #expect(
            linking.platform.detect() == Presence(binary: nil, configPaths: ["/h/.claude"]))
        linking.files.makeExecutable("/opt/bin/claude")
        #expect(linking.platform.detect().binary == "/opt/bin/claude")
    }

    @Test("a JSON tool gets nested keys with numbers, and gives them all back")
    func json() throws {
        let text = """
            {"id": "tool", "displayName": "Tool", "wire": "openai-chat", "roles": ["heavy"],
             "detect": {"binary": "tool", "configPaths": []},
             "target": {"type": "json", "path": "/h/settings"},
             "wiring": {"model": "x/{{roles.heavy}}", "a.b": true, "p": {"q": {"n": "{{context.heavy}}"}}}}
            """
        let linking = Linking(try Manifest(Array(text.utf8), source: "t"), settings: "{\"p\": {}}")
        try linking.link()
        #expect(
            linking.text
                == #"{"p": {"q": {"n": 200000}}, "model": "x/agentroute-heavy", "a.b": true}"#)
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\"p\": {}}")
    }
}

@Suite("Paths in manifests")
struct ManifestPathTests {
    @Test(
        "a path follows HOME and the variable that may move it",
        arguments: [
            ("~/.gemini/.env", "/h/.gemini/.env"), ("/etc/x", "/etc/x"),
            ("${SET:-~/.a}/b", "/s/b"), ("${UNSET:-~/.a}/b", "/h/.a/b"),
            ("${RELATIVE:-~/.a}", "/h/.a"), ("${EMPTY:-/a}/b", "/a/b"),
        ])
    func resolved(text: String, expected: String) {
        let environment = ["HOME": "/h", "SET": "/s", "RELATIVE": "r", "EMPTY": ""]
        #expect(ManifestPath(text)?.resolved(in: environment) == expected)
    }

    @Test(
        "what is no path is told",
        arguments: [
            "", "x", "~x/y", "~", "$HOME/x", "${X}/y", "${X:-y}/z", "${1:-~/x}", "${X:-~/x}y",
            "${X:-~/x",
        ])
    func refused(text: String) {
        #expect(ManifestPath(text) == nil)
    }

    @Test("without HOME a path below it is an error, not a guess")
    func noHome() throws {
        let files = MemoryFiles()
        let platform = ManifestPlatform(
            try tool("claude-code"),
            host: .init(files: files, environment: [:], linksFolder: "/l", aliases: Linking.aliases)
        )
        let error = #expect(throws: LinkError.self) { try platform.link(Linking.request()) }
        #expect(error?.code == .noHome)
    }
}
