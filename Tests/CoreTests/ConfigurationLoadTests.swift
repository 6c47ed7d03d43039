import AgentRouteCore
import AgentRouteWire
import Testing

@Suite("Reading config.json")
struct ConfigurationLoadTests {
    @Test("an empty document is a configuration of defaults")
    func defaults() throws {
        let configuration = try ConfigurationFixture("{}").load()
        #expect(configuration.listen.host == "127.0.0.1")
        #expect(configuration.listen.port == 4505)
        #expect(configuration.listen.allowedHosts.isEmpty)
        #expect(configuration.providers.isEmpty && configuration.profiles.isEmpty)
        #expect(configuration.activeProfile == "default")
        #expect(configuration.limits.headBytes == 65_536)
        #expect(configuration.limits.bodyBytes == 67_108_864)
        #expect(configuration.limits.connections == 4096)
        #expect(configuration.limits.head == .seconds(10))
        #expect(configuration.limits.body == .seconds(60))
        #expect(configuration.limits.idle == .seconds(75))
        #expect(configuration.log == LogSettings(level: .info, format: .logfmt))
    }

    @Test("every key of the documented shape is read")
    func everyKey() throws {
        let text = """
            // A comment, and trailing commas below.
            { "$schema": "config.schema.json",
              "listen": { "host": "::1", "port": 0, "allowedHosts": ["box.lan:4505"] },
              "providers": {
                "openrouter": { "preset": "openrouter" },
                "lab": {
                  "baseURL": "http://127.0.0.1:9000/api/v1",
                  "wires": ["openai-chat", "anthropic-messages"],
                  "paths": { "openai-chat": "/chat" },
                  "dialect": "openrouter", "auth": "bearer", "apiKey": "env:LAB_KEY",
                  "headers": { "x-team": "a" }, "caFile": "ca.pem",
                  "timeouts": { "connect": "500ms", "headers": "5m", "silence": "1h" } } },
              "profiles": {
                "default": { "heavy": "openrouter/anthropic/claude-opus-4.5" },
                "night": { "balanced": "lab/vendor/mid", "fast": "lab/small" } },
              "activeProfile": "night",
              "limits": { "headBytes": 2048, "bodyBytes": 4096, "connections": 7,
                          "head": "1s", "body": "2s", "idle": "3s" },
              "log": { "level": "warn", "format": "json" }, }
            """
        let configuration = try ConfigurationFixture(
            text, environment: ["LAB_KEY": "sk-lab"], files: ["/etc/agentroute/ca.pem": "PEM"]
        ).load()
        #expect(
            configuration.listen == Listen(host: "::1", port: 0, allowedHosts: ["box.lan:4505"]))
        #expect(configuration.providers.map(\.id) == ["openrouter", "lab"])
        let lab = try #require(configuration.providers.last)
        #expect(lab.endpoint == .http(try BaseURL("http://127.0.0.1:9000/api/v1")))
        #expect(lab.wires.map(\.wire) == [.openAIChat, .anthropicMessages])
        #expect(lab.path(for: .openAIChat) == "/api/v1/chat")
        #expect(lab.wires.map(\.authentication) == [.bearer, .bearer])
        #expect(lab.dialect == .openRouter)
        #expect(lab.key == .present(Secret("sk-lab"), source: "environment variable LAB_KEY"))
        #expect(lab.headers == [Provider.Header(name: "x-team", value: Secret("a"))])
        #expect(lab.caFile == "/etc/agentroute/ca.pem")
        #expect(
            lab.timeouts
                == Provider.Timeouts(
                    connect: .milliseconds(500), headers: .seconds(300), silence: .seconds(3600)))
        #expect(configuration.active?.models[.balanced]?.model == "vendor/mid")
        #expect(configuration.active?.models[.heavy] == nil)
        #expect(configuration.limits.headBytes == 2048)
        #expect(configuration.limits.idle == .seconds(3))
        #expect(configuration.log == LogSettings(level: .warn, format: .json))
    }

    @Test("timeouts that are not given keep their defaults")
    func partialTimeouts() throws {
        let timeouts = try ConfigurationFixture.provider(
            "\"preset\": \"ollama\", \"timeouts\": { \"silence\": \"9s\" }"
        ).lab().timeouts
        #expect(timeouts.connect == .seconds(10))
        #expect(timeouts.headers == .seconds(600))
        #expect(timeouts.silence == .seconds(9))
    }

    @Test("localhost is taken for 127.0.0.1")
    func localhost() throws {
        let text = "{ \"listen\": { \"host\": \"localhost\" } }"
        #expect(try ConfigurationFixture(text).load().listen.host == "127.0.0.1")
    }

    @Test("the demo configuration answers every alias without network or key")
    func demo() throws {
        let provider = try #require(Configuration.demo.providers.first)
        #expect(provider.endpoint == .demo && provider.key == .notNeeded)
        #expect(provider.wires.count == 4)
        for alias in ModelAlias.allCases {
            #expect(Configuration.demo.active?.models[alias]?.description == "demo/scripted")
        }
        let checked = try Configuration(
            providers: Configuration.demo.providers, profiles: Configuration.demo.profiles)
        #expect(checked == .demo)
    }

    @Test("adding the demo keeps the profiles there are, and a provider of that name")
    func addingDemo() throws {
        let text = """
            { "providers": { "demo": { "preset": "ollama" }, "o": { "preset": "openai" } },
              "profiles": { "default": { "fast": "o/mini" } } }
            """
        let configuration = try ConfigurationFixture(text).load()
        #expect(configuration.addingDemo() == configuration)
        let bare = try ConfigurationFixture("{ \"listen\": { \"port\": 9 } }").load().addingDemo()
        #expect(bare.listen.port == 9)
        #expect(bare.active?.models[.fast]?.provider == "demo")
    }

    @Test("another port changes nothing else")
    func port() {
        let moved = Configuration.demo.listening(onPort: 0)
        #expect(moved.listen.port == 0)
        #expect(moved.listening(onPort: 4505) == .demo)
    }

    @Test("a configuration built in code is checked like a file")
    func builtInCode() throws {
        var lab = Provider(
            id: "a/b", endpoint: .demo, wires: [], key: .present(Secret("a\n"), source: "code"))
        lab.headers = [Provider.Header(name: "Host", value: Secret("x"))]
        lab.timeouts.connect = .zero
        var options = Configuration.Options()
        options.limits.connections = 0
        options.limits.idle = .seconds(-1)
        let model = try ModelReference("lost/model")
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(
                providers: [lab], profiles: [Profile(name: "p", models: [.fast: model])],
                activeProfile: "q", options: options)
        }
        let paths = try #require(error).faults.map(\.path)
        #expect(
            paths == [
                "providers[\"a/b\"]", "providers[\"a/b\"].wires",
                "providers[\"a/b\"].headers.Host", "providers[\"a/b\"].apiKey",
                "providers[\"a/b\"].timeouts.connect", "profiles.p.fast", "activeProfile",
                "limits.connections", "limits.idle",
            ])
    }

    @Test("providers and profiles given twice in code are faults")
    func duplicatesInCode() throws {
        let demo = Provider(id: "demo", preset: .demo)
        let profile = Profile(name: "default", models: [:])
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(providers: [demo, demo], profiles: [profile, profile])
        }
        #expect(try #require(error).faults.map(\.path) == ["providers.demo", "profiles.default"])
    }

    @Test("an unreadable file is a fault that says so")
    func unreadableFile() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(path: "/nowhere/config.json", environment: [:])
        }
        #expect(
            error?.description == "cannot read /nowhere/config.json: No such file or directory")
    }
}
