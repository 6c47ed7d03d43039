/// A protocol that coding agents and model providers speak over HTTP.
///
/// A request's wire follows from its path (``Endpoint``), a provider's from its configuration.
/// Wires compare by name; of the known ones only a number is compared.
///
///     let wire = Wire(rawValue: "openai-chat")
///     assert(wire == .openAIChat && Wire.all.contains(wire))
public struct Wire: RawRepresentable<String>, Hashable, Sendable {
    /// The name as written in configuration, records and logs.
    public let rawValue: String

    /// Tells the known wires apart; 0 is any other.
    @usableFromInline let number: UInt8

    /// A wire by name. Every name is accepted: check ``all`` before trusting one from outside.
    public init(rawValue: String) {
        let known = Self.all.first { $0.rawValue == rawValue }
        self.init(rawValue, number: known?.number ?? 0)
    }

    @inlinable init(_ rawValue: String, number: UInt8) {
        self.rawValue = rawValue
        self.number = number
    }

    /// Anthropic's Messages API, `POST /v1/messages`.
    @inlinable public static var anthropicMessages: Wire { Wire("anthropic-messages", number: 1) }
    /// OpenAI's Chat Completions API, `POST /v1/chat/completions`.
    @inlinable public static var openAIChat: Wire { Wire("openai-chat", number: 2) }
    /// OpenAI's Responses API, `POST /v1/responses`.
    @inlinable public static var openAIResponses: Wire { Wire("openai-responses", number: 3) }
    /// Google's Gemini API, `POST /v1beta/models/{model}:generateContent`.
    @inlinable public static var gemini: Wire { Wire("gemini", number: 4) }

    /// Every wire this version speaks.
    public static let all: [Wire] = [.anthropicMessages, .openAIChat, .openAIResponses, .gemini]
}

// Written out: the library's own versions for `RawRepresentable` would compare the names.
extension Wire {
    /// Whether both are the same wire.
    @inlinable
    public static func == (one: Wire, other: Wire) -> Bool {
        one.number == other.number && (one.number != 0 || one.rawValue == other.rawValue)
    }

    /// Whether the wires differ.
    @inlinable
    public static func != (one: Wire, other: Wire) -> Bool {
        !(one == other)
    }

    /// Feeds the wire to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(number)
        if number == 0 { hasher.combine(rawValue) }
    }
}
