extension ProviderFailure {
    /// The message for clients of OpenAI's wires: the provider's words; before those of an overflow
    /// that lack OpenAI's, by which clients know it, OpenAI's.
    var openAIMessage: String {
        guard case .contextOverflow(let tokens, let limit) = kind,
            !message.lowercased().contains("context")
        else { return message }
        guard let tokens, let limit else {
            return "Your input exceeds the context window of this model. \(message)"
        }
        return "This model's maximum context length is \(limit) tokens. However, your messages "
            + "resulted in \(tokens) tokens. \(message)"
    }
}
