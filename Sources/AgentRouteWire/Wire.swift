/// A protocol that coding agents and model providers speak over HTTP.
///
/// A request's wire follows from its path (``Endpoint``), a provider's from its configuration.
///
///     let wire = Wire(rawValue: "openai-chat")
///     assert(wire == .openAIChat && Wire.all.contains(wire))
public struct Wire: RawRepresentable<String>, Hashable, Sendable {
    /// The name as written in configuration, records and logs.
    public let rawValue: String

    /// A wire by name. Every name is accepted: check ``all`` before trusting one from outside.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Anthropic's Messages API, `POST /v1/messages`.
    public static let anthropicMessages = Wire(rawValue: "anthropic-messages")
    /// OpenAI's Chat Completions API, `POST /v1/chat/completions`.
    public static let openAIChat = Wire(rawValue: "openai-chat")
    /// OpenAI's Responses API, `POST /v1/responses`.
    public static let openAIResponses = Wire(rawValue: "openai-responses")
    /// Google's Gemini API, `POST /v1beta/models/{model}:generateContent`.
    public static let gemini = Wire(rawValue: "gemini")

    /// Every wire this version speaks.
    public static let all: [Wire] = [.anthropicMessages, .openAIChat, .openAIResponses, .gemini]
}
