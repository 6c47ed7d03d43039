import AgentRouteWire
import Testing

@Suite("Endpoint")
struct EndpointTests {
    private func match(_ method: String, _ target: String) -> Endpoint.Match {
        withBytes(method) { method in
            withBytes(target) { Endpoint.match(method: method, target: $0) }
        }
    }

    private static let bodyEndpoints: [(String, Endpoint)] = [
        ("/v1/messages", .generate(.anthropicMessages, model: .body)),
        ("/v1/chat/completions", .generate(.openAIChat, model: .body)),
        ("/v1/responses", .generate(.openAIResponses, model: .body)),
        ("/v1/messages/count_tokens", .countTokens(.anthropicMessages, model: .body)),
        ("/v1/responses/input_tokens", .countTokens(.openAIResponses, model: .body)),
    ]

    @Test("each generating path names its wire", arguments: bodyEndpoints)
    func generate(path: String, endpoint: Endpoint) {
        #expect(match("POST", path) == .matched(endpoint))
    }

    @Test(
        "the query plays no part",
        arguments: [
            "?beta=true", "?", "?a=/v1/models", "#fragment", "?x=:generateContent",
        ])
    func query(suffix: String) {
        for (path, endpoint) in Self.bodyEndpoints {
            #expect(match("POST", path + suffix) == .matched(endpoint))
        }
        #expect(match("GET", "/v1beta/models" + suffix) == .matched(.models))
        #expect(match("GET", "/v1/models" + suffix) == .matched(.models))
    }

    @Test("health and models answer GET and HEAD only", arguments: ["GET", "HEAD"])
    func reading(method: String) {
        #expect(match(method, "/healthz") == .matched(.health))
        #expect(match(method, "/health") == .matched(.health))
        #expect(match(method, "/v1/models?limit=1000") == .matched(.models))
    }

    @Test("another method on a known path is told which ones there are")
    func methods() {
        #expect(
            match("GET", "/v1/messages")
                == .methodNotAllowed(allow: "POST", wire: .anthropicMessages))
        #expect(
            match("GET", "/v1/responses")
                == .methodNotAllowed(allow: "POST", wire: .openAIResponses))
        #expect(
            match("post", "/v1/chat/completions")
                == .methodNotAllowed(allow: "POST", wire: .openAIChat))
        #expect(
            match("DELETE", "/v1/models")
                == .methodNotAllowed(allow: "GET, HEAD", wire: .openAIChat))
        #expect(
            match("PUT", "/v1beta/models/m:generateContent")
                == .methodNotAllowed(allow: "POST", wire: .gemini))
    }

    @Test(
        "a path that is not exactly one of ours is not found, in the likeliest dialect",
        arguments: [
            ("/v1/messages/", Wire.anthropicMessages), ("/v1/messages/batches", .anthropicMessages),
            ("/v1/responses/compact", .openAIResponses), ("/v1/responses/", .openAIResponses),
            ("/v1beta/models/", .gemini), ("/v1beta/models/m:embedContent", .gemini),
            ("/v1beta/models/:generateContent", .gemini), ("/v1beta/models/m", .gemini),
            ("/v1beta/models/m:", .gemini), ("/v1beta/tunedModels/m:generateContent", .gemini),
            ("/v1/models/m:embedContent", .openAIChat), ("/v1/models/", .openAIChat),
            ("/V1/messages", .openAIChat), ("/v1/Models", .openAIChat), ("/", .openAIChat),
            ("", .openAIChat), ("*", .openAIChat), ("/healthz/", .openAIChat),
            ("//v1/messages", .openAIChat), ("/v1/mess%61ges", .openAIChat),
            ("http://", .openAIChat), ("http://host", .openAIChat), ("https:///", .openAIChat),
            ("http://host?/v1/messages", .openAIChat), ("127.0.0.1:4505", .openAIChat),
        ])
    func notFound(target: String, wire: Wire) {
        #expect(match("POST", target) == .notFound(wire: wire))
        #expect(match("GET", target) == .notFound(wire: wire))
    }

    @Test(
        "a target in absolute form is read like its path",
        arguments: [
            "http://127.0.0.1:4505", "HTTP://localhost", "https://[::1]:4505", "http://",
        ])
    func absolute(origin: String) {
        for (path, endpoint) in Self.bodyEndpoints {
            #expect(match("POST", origin + path + "?beta=true") == .matched(endpoint))
        }
    }

    private static let geminiTargets: [(String, String, String)] = [
        ("/v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", "generateContent"),
        ("/v1beta/models/a:streamGenerateContent?alt=sse", "a", "streamGenerateContent"),
        ("/v1/models/a:generateContent", "a", "generateContent"),
        ("/v1beta/models/lab/vendor/mid:countTokens", "lab/vendor/mid", "countTokens"),
        ("/v1beta/models/lab%2Fqwen:7b:generateContent", "lab%2Fqwen:7b", "generateContent"),
        ("http://h:1/v1beta/models/m:generateContent?key=a:b", "m", "generateContent"),
    ]

    @Test("a Gemini path tells where model and verb stand", arguments: geminiTargets)
    func gemini(target: String, model: String, verb: String) throws {
        guard case .matched(let endpoint) = match("POST", target) else {
            Issue.record("\(target) is not found")
            return
        }
        let place: Endpoint.ModelPlace
        switch endpoint {
        case .generate(.gemini, let model): place = model
        case .countTokens(.gemini, let model):
            place = model
            #expect(verb == "countTokens")
        default:
            Issue.record("\(endpoint)")
            return
        }
        guard case .path(let path) = place else {
            Issue.record("the model stands in the path")
            return
        }
        withBytes(target) { bytes in
            #expect(text(bytes.extracting(path.model)) == model)
            #expect(text(bytes.extracting(path.verb)) == verb)
        }
        #expect(path.streams == (verb == "streamGenerateContent"))
        #expect(endpoint.wire == .gemini)
    }

    @Test("random targets never trap and never match by chance")
    func noise() {
        var dice = Dice(seed: 2)
        let alphabet = Array("/v1betamodels:?#*%h.\u{0}\u{7F}".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &dice)
            let bytes = (0..<count).compactMap { _ in alphabet.randomElement(using: &dice) }
            let target = String(decoding: bytes, as: UTF8.self)
            if case .matched(let endpoint) = match("POST", target) {
                #expect(endpoint.wire == .gemini, "\(target)")
            }
        }
    }
}
