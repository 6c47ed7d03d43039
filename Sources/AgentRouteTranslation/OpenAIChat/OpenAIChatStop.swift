/// The words of `finish_reason`.
enum OpenAIChatStop {
    /// Why the model stopped, or that it was the provider's fault.
    ///
    /// - Parameter native: OpenRouter's `native_finish_reason`, the word of the provider behind it.
    static func read(_ word: String, native: String?) -> Result<StopReason, ProviderFailure> {
        switch word {
        case "stop", "end_turn", "eos", "stop_sequence":
            let isSequence = native == "stop_sequence" || word == "stop_sequence"
            return .success(isSequence ? .stopSequence(nil) : .endTurn)
        case "length", "max_tokens":
            let isWindow = native == "model_context_window_exceeded"
            return .success(isWindow ? .contextWindow : .maxTokens)
        case "tool_calls", "function_call", "tool_use": return .success(.toolUse)
        case "content_filter", "refusal", "safety", "sensitive": return .success(.refusal(word))
        // Mistral's word for a full window.
        case "model_length": return .success(.contextWindow)
        // DeepSeek's word for an answer it has broken off.
        case "insufficient_system_resource":
            return .failure(
                ProviderFailure(
                    .overloaded, status: 503, message: "the provider broke off: \(word)"))
        case "error", "network_error":
            return .failure(
                .malformed("the provider ended its answer with finish_reason \(word)"))
        default: return .success(.other(word))
        }
    }

    /// The word for `reason`.
    static func word(_ reason: StopReason) -> String {
        switch reason {
        case .endTurn, .stopSequence, .pause, .other: "stop"
        case .toolUse: "tool_calls"
        case .maxTokens, .contextWindow: "length"
        case .refusal: "content_filter"
        }
    }
}
