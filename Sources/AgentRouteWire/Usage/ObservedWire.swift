/// The wire of an observed response, resolved once so that no event compares names.
@usableFromInline
package enum ObservedWire {
    /// Anthropic's Messages API.
    case anthropicMessages
    /// OpenAI's Chat Completions API.
    case openAIChat
    /// OpenAI's Responses API.
    case openAIResponses
    /// Google's Gemini API.
    case gemini
    /// A wire this version does not know: its usage is read if it has one of the known shapes.
    case other

    /// The case of `wire`.
    @inlinable
    package init(_ wire: Wire) {
        switch wire {
        case .anthropicMessages: self = .anthropicMessages
        case .openAIChat: self = .openAIChat
        case .openAIResponses: self = .openAIResponses
        case .gemini: self = .gemini
        default: self = .other
        }
    }
}
