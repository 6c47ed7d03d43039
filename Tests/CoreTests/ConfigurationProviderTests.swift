import AgentRouteCore
import AgentRouteWire
import Testing

@Suite("Providers of config.json")
struct ConfigurationProviderTests {
    @Test("wire is the short form of wires")
    func singleWire() throws {
        let lab = try ConfigurationFixture.provider(
            "\"baseURL\": \"http://h/v1\", \"wire\": \"openai-responses\""
        ).lab()
        #expect(lab.wires == [ServedWire(.openAIResponses)])
        #expect(lab.key == .notNeeded)
    }

    @Test(
        "the key goes where the wire's vendor wants it, unless auth says otherwise",
        arguments: [
            (Wire.openAIChat, "authorization", "Bearer k"),
            (.openAIResponses, "authorization", "Bearer k"), (.anthropicMessages, "x-api-key", "k"),
            (.gemini, "x-goog-api-key", "k"),
        ])
    func authentication(wire: Wire, name: String, value: String) throws {
        let settings = "\"baseURL\": \"http://h/v1\", \"wire\": \"\(wire.rawValue)\""
        let own = try #require(try ConfigurationFixture.provider(settings).lab().wires.first)
        let field = try #require(own.authentication.field(for: Secret("k")))
        #expect(field.name == name && field.value == value)
        let other = try ConfigurationFixture.provider(settings + ", \"auth\": \"x-api-key\"").lab()
        #expect(other.wires.map(\.authentication) == [.xAPIKey])
        let none = try ConfigurationFixture.provider(settings + ", \"auth\": \"none\"").lab()
        #expect(none.key == .notNeeded)
        #expect(none.wires.first?.authentication.field(for: Secret("k")) == nil)
    }

    @Test(
        "each wire has its own path after the base URL's",
        arguments: [
            ("http://h/api/v1", Wire.openAIChat, "/api/v1/chat/completions"),
            ("http://h", .openAIChat, "/chat/completions"),
            ("http://h/v1/", .openAIResponses, "/v1/responses"),
            ("http://h/v1beta", .gemini, "/v1beta/models/{model}:{verb}"),
            ("http://h/v1", .anthropicMessages, "/v1/messages"),
            ("http://h", .anthropicMessages, "/v1/messages"),
            ("http://h/anthropic", .anthropicMessages, "/anthropic/v1/messages"),
            ("http://h/v1beta/x", .anthropicMessages, "/v1beta/x/messages"),
            ("http://h/version", .anthropicMessages, "/version/v1/messages"),
        ])
    func paths(base: String, wire: Wire, path: String) throws {
        let lab = try ConfigurationFixture.provider(
            "\"baseURL\": \"\(base)\", \"wire\": \"\(wire.rawValue)\""
        ).lab()
        #expect(lab.path(for: wire) == path)
        #expect(Wire.all.filter { lab.path(for: $0) != nil } == [wire])
    }

    @Test("a path of the user's is appended as it is, without a version")
    func ownPath() throws {
        let lab = try ConfigurationFixture.provider(
            """
            "baseURL": "http://h/x", "wires": ["anthropic-messages", "gemini"],
            "paths": { "anthropic-messages": "/m", "gemini": "/g/{verb}/{model}" }
            """
        ).lab()
        #expect(lab.path(for: .anthropicMessages) == "/x/m")
        #expect(lab.path(for: .gemini) == "/x/g/{verb}/{model}")
    }

    @Test("a Gemini path takes the model percent-encoded, and nothing in a model is a placeholder")
    func geminiPath() {
        let template = "/v1beta/models/{model}:{verb}"
        #expect(
            RequestPath.gemini(template, model: "gemini-3 pro?", verb: "generateContent")
                == "/v1beta/models/gemini-3%20pro%3F:generateContent")
        #expect(
            RequestPath.gemini(template, model: "{verb}é", verb: "countTokens")
                == "/v1beta/models/%7Bverb%7D%C3%A9:countTokens")
    }

    @Test(
        "settings that cannot work are faults at their path",
        arguments: [
            ("\"wire\": \"openai-chat\"", "baseURL"),
            ("\"baseURL\": \"http://h\"", "wires"),
            ("\"baseURL\": \"http://h\", \"wires\": []", "wires"),
            ("\"preset\": \"openai\", \"wires\": [\"openai-chat\", \"openai-chat\"]", "wires[1]"),
            ("\"preset\": \"openai\", \"wires\": [\"gemini\"], \"wire\": \"gemini\"", "wire"),
            ("\"preset\": \"openai\", \"wires\": \"openai-chat\"", "wires"),
            ("\"preset\": \"openai\", \"wires\": [1]", "wires[0]"),
            ("\"preset\": \"openai\", \"wire\": \"chat\"", "wire"),
            ("\"preset\": \"openai\", \"dialect\": \"x\"", "dialect"),
            ("\"preset\": \"openai\", \"auth\": \"basic\"", "auth"),
            ("\"preset\": \"openai\", \"auth\": \"none\", \"apiKey\": \"k\"", "apiKey"),
            ("\"preset\": \"openai\", \"caFile\": \"missing.pem\"", "caFile"),
            ("\"preset\": \"openai\", \"caFile\": \"\"", "caFile"),
            ("\"preset\": \"openai\", \"timeouts\": { \"headers\": \"0ms\" }", "timeouts.headers"),
            ("\"preset\": \"demo\", \"baseURL\": \"http://h\"", "baseURL"),
            ("\"preset\": \"demo\", \"apiKey\": \"k\"", "apiKey"),
        ])
    func faults(settings: String, path: String) {
        let faults = ConfigurationFixture.provider(settings).faults()
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.hasPrefix("providers.lab.\(path): ") })
    }

    @Test(
        "a path that could not be sent, or of a wire not served, is a fault",
        arguments: [
            ("openai-chat", "\"x\""), ("openai-chat", "\"/a?b\""), ("openai-chat", "\"/../a\""),
            ("openai-chat", "\"/%4\""), ("openai-chat", "\"/a b\""), ("openai-chat", "1"),
            ("openai-responses", "\"/x\""), ("gemini", "\"/{model}\""), ("x", "\"/\""),
        ])
    func badPath(wire: String, path: String) {
        let faults = ConfigurationFixture.provider(
            "\"preset\": \"gemini\", \"paths\": { \"\(wire)\": \(path) }"
        ).faults()
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.hasPrefix("providers.lab.paths.\(wire): ") })
    }

    @Test(
        "a header cannot break the request it is set on",
        arguments: [
            ("a b", "x"), ("", "x"), ("a:", "x"), ("Host", "x"), ("content-length", "1"),
            ("Transfer-Encoding", "chunked"), ("connection", "close"), ("x", "a\\r\\nb: c"),
            ("x", "a\\u0000"), ("x", "env:UNSET"), ("x", "env:"),
        ])
    func badHeader(name: String, value: String) {
        let faults = ConfigurationFixture.provider(
            "\"preset\": \"ollama\", \"headers\": { \"\(name)\": \"\(value)\" }"
        ).faults()
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.hasPrefix("providers.lab.headers") })
    }

    @Test("header names differ by more than case")
    func headerTwice() {
        let faults = ConfigurationFixture.provider(
            "\"preset\": \"ollama\", \"headers\": { \"X-Team\": \"a\", \"x-team\": \"b\" }"
        ).faults()
        #expect(faults == ["providers.lab.headers.x-team: the header is given more than once"])
    }

    @Test("a header's value may come from the environment")
    func headerFromEnvironment() throws {
        let lab = try ConfigurationFixture.provider(
            "\"preset\": \"ollama\", \"headers\": { \"x-team\": \"env:TEAM\" }",
            environment: ["TEAM": "blue"]
        ).lab()
        #expect(lab.headers.map(\.value) == [Secret("blue")])
    }
}

@Suite("Base URLs")
struct ConfigurationBaseURLTests {
    @Test(
        "scheme, host, port and path prefix are read",
        arguments: [
            ("https://openrouter.ai/api/v1/", "openrouter.ai", 443, "/api/v1", "openrouter.ai"),
            ("HTTP://Box.LAN:8080", "box.lan", 8080, "", "box.lan:8080"),
            ("http://h:80/", "h", 80, "", "h"),
            ("https://h:80", "h", 80, "", "h:80"),
            ("http://[::1]:11434/v1", "::1", 11_434, "/v1", "[::1]:11434"),
            ("http://[2001:DB8::1]", "2001:db8::1", 80, "", "[2001:db8::1]"),
        ] as [(String, String, UInt16, String, String)])
    func parts(text: String, host: String, port: UInt16, path: String, authority: String) throws {
        let url = try BaseURL(text)
        #expect(url.host == host && url.port == port && url.path == path)
        #expect(url.authority == authority)
        #expect(url.isSecure == text.lowercased().hasPrefix("https"))
        #expect(try BaseURL(url.description) == url)
    }

    @Test(
        "what is no base URL is refused",
        arguments: [
            "", "h", "ftp://h", "http://", "http:///v1", "http://h?x", "http://h/#f", "http://h:",
            "http://h:0", "http://h:65536", "http://h:x", "http://h:+1", "http://[::1",
            "http://[1.2.3.4]", "http://[]", "http://[::1]x", "http://a b", "http://h/a b",
            "http://h/%zz", "http://h/../v1", "http://hé", "http://h\r\nx", "http://h,i", "//h",
        ])
    func refused(text: String) {
        #expect(throws: InvalidValue.self) { try BaseURL(text) }
    }

    @Test("a password in a URL is refused and not repeated")
    func userInformation() {
        let faults = ConfigurationFixture.provider(
            "\"baseURL\": \"http://user:hunter2@h/v1\", \"wire\": \"gemini\""
        ).faults()
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { !$0.contains("hunter2") && $0.contains("apiKey") })
    }
}
