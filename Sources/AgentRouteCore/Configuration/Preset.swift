import AgentRouteWire

/// What is known of a provider beforehand, so that a key is all a user writes.
///
/// Base URLs, paths, key variables and authentication are those of the vendors' own documents, named
/// at each entry, as read in November 2026.
public struct Preset: Sendable, Equatable {
    /// The name the configuration uses.
    public let name: String
    /// Where the provider is.
    public let endpoint: Provider.Endpoint
    /// What it speaks, preferred first.
    public let wires: [ServedWire]
    /// The dialect of its chat wire.
    public let dialect: Provider.Dialect
    /// The environment variables its key is looked for in, in this order; none if it needs no key.
    public let keyVariables: [String]

    private init(
        _ name: String, _ endpoint: Provider.Endpoint, _ wires: [ServedWire],
        dialect: Provider.Dialect = .openAI, keyVariables: [String] = []
    ) {
        self.name = name
        self.endpoint = endpoint
        self.wires = wires
        self.dialect = dialect
        self.keyVariables = keyVariables
    }

    /// The preset called `name`.
    public static func named(_ name: String) -> Preset? {
        all.first { $0.name == name }
    }

    /// Every preset.
    public static let all: [Preset] = [
        openRouter, openAI, anthropic, gemini, deepSeek, xAI, mistral, groq, ollama, lmStudio, demo,
    ]
}

extension Preset {
    /// openrouter.ai/docs: quickstart, and "Claude Code" for the Anthropic wire, which takes the key
    /// as a bearer token too.
    public static let openRouter = Preset(
        "openrouter", .http(BaseURL(host: "openrouter.ai", path: "/api/v1")),
        [
            ServedWire(.openAIChat),
            ServedWire(.anthropicMessages, authentication: .bearer),
            ServedWire(.openAIResponses),
        ],
        dialect: .openRouter, keyVariables: ["OPENROUTER_API_KEY"])

    /// platform.openai.com/docs/api-reference.
    public static let openAI = Preset(
        "openai", .http(BaseURL(host: "api.openai.com", path: "/v1")),
        [ServedWire(.openAIChat), ServedWire(.openAIResponses)],
        keyVariables: ["OPENAI_API_KEY"])

    /// platform.claude.com/docs/en/api. Its chat endpoint, meant for comparisons only, is left out.
    public static let anthropic = Preset(
        "anthropic", .http(BaseURL(host: "api.anthropic.com", path: "/v1")),
        [ServedWire(.anthropicMessages)], keyVariables: ["ANTHROPIC_API_KEY"])

    /// ai.google.dev/api, and ai.google.dev/gemini-api/docs/openai for the chat wire, which takes
    /// the key as a bearer token.
    public static let gemini = Preset(
        "gemini", .http(BaseURL(host: "generativelanguage.googleapis.com", path: "/v1beta")),
        [ServedWire(.gemini), ServedWire(.openAIChat, path: "/openai/chat/completions")],
        keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"])

    /// api-docs.deepseek.com: the guides "Anthropic API" and "Responses API". Only the Anthropic
    /// wire's path has a version.
    public static let deepSeek = Preset(
        "deepseek", .http(BaseURL(host: "api.deepseek.com")),
        [
            ServedWire(.openAIChat),
            ServedWire(.anthropicMessages, path: "/anthropic/v1/messages"),
            ServedWire(.openAIResponses),
        ],
        keyVariables: ["DEEPSEEK_API_KEY"])

    /// docs.x.ai. The Anthropic wire is left out: its documents call it fully deprecated.
    public static let xAI = Preset(
        "xai", .http(BaseURL(host: "api.x.ai", path: "/v1")),
        [ServedWire(.openAIChat), ServedWire(.openAIResponses)], keyVariables: ["XAI_API_KEY"])

    /// docs.mistral.ai.
    public static let mistral = Preset(
        "mistral", .http(BaseURL(host: "api.mistral.ai", path: "/v1")),
        [ServedWire(.openAIChat)], keyVariables: ["MISTRAL_API_KEY"])

    /// console.groq.com/docs/openai.
    public static let groq = Preset(
        "groq", .http(BaseURL(host: "api.groq.com", path: "/openai/v1")),
        [ServedWire(.openAIChat), ServedWire(.openAIResponses)], keyVariables: ["GROQ_API_KEY"])

    /// docs.ollama.com: "OpenAI compatibility" (Responses since 0.13.3) and "Anthropic
    /// compatibility". A local one ignores keys; a hosted one takes bearer tokens on every wire.
    public static let ollama = Preset(
        "ollama", .http(BaseURL(secure: false, host: "127.0.0.1", port: 11_434, path: "/v1")),
        [
            ServedWire(.openAIChat), ServedWire(.openAIResponses),
            ServedWire(.anthropicMessages, authentication: .bearer),
        ])

    /// lmstudio.ai/docs/developer: the OpenAI and the Anthropic compatible endpoints. Keys are off
    /// unless the user turns them on; then bearer tokens work on every wire.
    public static let lmStudio = Preset(
        "lmstudio", .http(BaseURL(secure: false, host: "127.0.0.1", port: 1234, path: "/v1")),
        [
            ServedWire(.openAIChat), ServedWire(.openAIResponses),
            ServedWire(.anthropicMessages, authentication: .bearer),
        ])

    /// The scripted model inside the gateway, in every wire.
    public static let demo = Preset("demo", .demo, Wire.all.map { ServedWire($0) })
}
