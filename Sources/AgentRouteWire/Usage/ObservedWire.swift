/// The wire of an observed response, resolved once so that no event compares names.
enum ObservedWire {
    case anthropicMessages, openAIChat, openAIResponses, gemini
    /// A wire this version does not know: its usage is read if it has one of the known shapes.
    case other

    /// The case of `wire`.
    init(_ wire: Wire) {
        switch wire {
        case .anthropicMessages: self = .anthropicMessages
        case .openAIChat: self = .openAIChat
        case .openAIResponses: self = .openAIResponses
        case .gemini: self = .gemini
        default: self = .other
        }
    }
}
