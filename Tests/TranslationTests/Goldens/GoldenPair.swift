import AgentRouteTranslation
import AgentRouteWire

/// A provider of the golden files, which are named for it.
enum GoldenUpstream: String, CaseIterable, Sendable {
    case chat = "openai-chat"
    case openRouter = "openai-chat-openrouter"
    case messages = "anthropic-messages"
    case responses = "openai-responses"
    case gemini = "gemini"

    /// Its wire.
    var wire: Wire {
        switch self {
        case .chat, .openRouter: .openAIChat
        case .messages: .anthropicMessages
        case .responses: .openAIResponses
        case .gemini: .gemini
        }
    }

    /// The provider, asked for a model of the generation before or, for what changed with them, for
    /// one of the newest.
    func upstream(isNewest: Bool = false) -> Upstream {
        let model =
            switch self {
            case .chat, .responses: isNewest ? "gpt-5.2" : "gpt-4.1"
            case .openRouter: isNewest ? "openai/gpt-5.2" : "vendor/model"
            case .messages: isNewest ? "claude-opus-4-7" : "claude-sonnet-4-5"
            case .gemini: isNewest ? "gemini-3-pro-preview" : "gemini-2.5-flash"
            }
        return Upstream(
            id: rawValue, wire: wire, model: model,
            dialect: self == .openRouter ? .openRouter : .plain)
    }
}

/// A client and a provider that speak different wires.
struct GoldenPair: Hashable, Sendable, CustomStringConvertible {
    /// The client's wire.
    let client: Wire
    /// The provider.
    let upstream: GoldenUpstream

    var description: String { "\(client.rawValue) to \(upstream.rawValue)" }

    /// The clients' wires.
    static let clients: [Wire] = [.anthropicMessages, .openAIChat, .openAIResponses, .gemini]

    /// The pairs of a client of `wire`.
    static func of(client wire: Wire) -> [GoldenPair] {
        GoldenUpstream.allCases.filter { $0.wire != wire }.map {
            GoldenPair(client: wire, upstream: $0)
        }
    }

    /// The pairs with `upstream`.
    static func of(_ upstream: GoldenUpstream) -> [GoldenPair] {
        clients.filter { $0 != upstream.wire }.map { GoldenPair(client: $0, upstream: upstream) }
    }

    /// What carries an exchange between the two.
    func handler(isNewest: Bool = false) throws -> NativeHandler {
        let translator = NativeTranslator(wire: client)
        guard
            case .translate(let handler)? = translator.handler(
                upstream: upstream.upstream(isNewest: isNewest))
        else { throw GoldenError("nothing carries \(self)") }
        return handler
    }
}

/// A golden file that cannot be used as it is.
struct GoldenError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
