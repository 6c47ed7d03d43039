import AgentRouteCore
import AgentRouteWire
import Testing

@Suite("Presets")
struct ConfigurationPresetTests {
    /// What a preset comes to: its key variable, and for each wire the URL and where the key goes.
    struct Expectation: CustomTestStringConvertible {
        let preset: String
        let variable: String?
        let wires: [(Wire, String, Authentication)]
        var testDescription: String { preset }
    }

    static let expectations = [
        Expectation(
            preset: "openrouter", variable: "OPENROUTER_API_KEY",
            wires: [
                (.openAIChat, "https://openrouter.ai/api/v1/chat/completions", .bearer),
                (.anthropicMessages, "https://openrouter.ai/api/v1/messages", .bearer),
                (.openAIResponses, "https://openrouter.ai/api/v1/responses", .bearer),
            ]),
        Expectation(
            preset: "openai", variable: "OPENAI_API_KEY",
            wires: [
                (.openAIChat, "https://api.openai.com/v1/chat/completions", .bearer),
                (.openAIResponses, "https://api.openai.com/v1/responses", .bearer),
            ]),
        Expectation(
            preset: "anthropic", variable: "ANTHROPIC_API_KEY",
            wires: [(.anthropicMessages, "https://api.anthropic.com/v1/messages", .xAPIKey)]),
        Expectation(
            preset: "gemini", variable: "GEMINI_API_KEY",
            wires: [
                (
                    .gemini,
                    "https://generativelanguage.googleapis.com/v1beta/models/{model}:{verb}",
                    .xGoogAPIKey
                ),
                (
                    .openAIChat,
                    "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
                    .bearer
                ),
            ]),
        Expectation(
            preset: "deepseek", variable: "DEEPSEEK_API_KEY",
            wires: [
                (.openAIChat, "https://api.deepseek.com/chat/completions", .bearer),
                (.anthropicMessages, "https://api.deepseek.com/anthropic/v1/messages", .xAPIKey),
                (.openAIResponses, "https://api.deepseek.com/responses", .bearer),
            ]),
        Expectation(
            preset: "xai", variable: "XAI_API_KEY",
            wires: [
                (.openAIChat, "https://api.x.ai/v1/chat/completions", .bearer),
                (.openAIResponses, "https://api.x.ai/v1/responses", .bearer),
            ]),
        Expectation(
            preset: "mistral", variable: "MISTRAL_API_KEY",
            wires: [(.openAIChat, "https://api.mistral.ai/v1/chat/completions", .bearer)]),
        Expectation(
            preset: "groq", variable: "GROQ_API_KEY",
            wires: [
                (.openAIChat, "https://api.groq.com/openai/v1/chat/completions", .bearer),
                (.openAIResponses, "https://api.groq.com/openai/v1/responses", .bearer),
            ]),
        Expectation(
            preset: "ollama", variable: nil,
            wires: [
                (.openAIChat, "http://127.0.0.1:11434/v1/chat/completions", .bearer),
                (.openAIResponses, "http://127.0.0.1:11434/v1/responses", .bearer),
                (.anthropicMessages, "http://127.0.0.1:11434/v1/messages", .bearer),
            ]),
        Expectation(
            preset: "lmstudio", variable: nil,
            wires: [
                (.openAIChat, "http://127.0.0.1:1234/v1/chat/completions", .bearer),
                (.openAIResponses, "http://127.0.0.1:1234/v1/responses", .bearer),
                (.anthropicMessages, "http://127.0.0.1:1234/v1/messages", .bearer),
            ]),
    ]

    @Test("a preset gives URL, wires, authentication and key variable", arguments: expectations)
    func preset(expected: Expectation) throws {
        let environment = expected.variable.map { [$0: "sk-1"] } ?? [:]
        let lab = try ConfigurationFixture.provider(
            "\"preset\": \"\(expected.preset)\"", environment: environment
        ).lab()
        guard case .http(let base) = lab.endpoint else {
            Issue.record("not an HTTP provider")
            return
        }
        let origin = "\(base.isSecure ? "https" : "http")://\(base.authority)"
        #expect(lab.wires.map(\.wire) == expected.wires.map(\.0))
        for (wire, url, authentication) in expected.wires {
            #expect(lab.path(for: wire).map { origin + $0 } == url)
            #expect(lab.served(wire)?.authentication == authentication)
        }
        let key = expected.variable.map { name in
            KeyState.present(Secret("sk-1"), source: "environment variable \(name)")
        }
        #expect(lab.key == key ?? .notNeeded)
        #expect(lab.dialect == (expected.preset == "openrouter" ? .openRouter : .openAI))
    }

    @Test("every preset but the demo is tested above, and each can be found by its name")
    func complete() {
        #expect(Preset.all.map(\.name) == Self.expectations.map(\.preset) + ["demo"])
        for preset in Preset.all {
            #expect(Preset.named(preset.name) == preset)
        }
    }

    @Test("the table's base URLs are what reading their text gives", arguments: Preset.all)
    func tableIsWellFormed(preset: Preset) throws {
        guard case .http(let base) = preset.endpoint else { return }
        #expect(try BaseURL(base.description) == base)
    }

    @Test("every field of a preset can be replaced")
    func overrides() throws {
        let lab = try ConfigurationFixture.provider(
            """
            "preset": "openrouter", "baseURL": "http://127.0.0.1:9000/api/v1",
            "wires": ["anthropic-messages", "gemini"], "dialect": "openai"
            """
        ).lab()
        #expect(lab.endpoint == .http(try BaseURL("http://127.0.0.1:9000/api/v1")))
        #expect(lab.wires.map(\.wire) == [.anthropicMessages, .gemini])
        #expect(lab.wires.map(\.authentication) == [.bearer, .xGoogAPIKey])
        #expect(lab.dialect == .openAI)
    }

    @Test("a preset's own paths stay when only the host changes")
    func pathsStay() throws {
        let lab = try ConfigurationFixture.provider(
            "\"preset\": \"deepseek\", \"baseURL\": \"http://127.0.0.1:9000\""
        ).lab()
        #expect(lab.path(for: .anthropicMessages) == "/anthropic/v1/messages")
        #expect(lab.path(for: .openAIChat) == "/chat/completions")
    }
}
