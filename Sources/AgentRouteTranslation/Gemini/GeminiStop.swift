/// Google's `FinishReason` and the model's ``StopReason``.
enum GeminiStop {
    /// What a word of the provider's says of its answer.
    enum Verdict {
        case stop(StopReason)
        /// The answer is not sound: the text says why.
        case fault(String)
        /// Nothing yet.
        case none
    }

    static func verdict(_ word: String) -> Verdict {
        switch word {
        case "", "FINISH_REASON_UNSPECIFIED": .none
        case "STOP": .stop(.endTurn)
        // There is more, for whoever asks for it.
        case "CONTINUATION": .stop(.pause)
        case "MAX_TOKENS": .stop(.maxTokens)
        case "MALFORMED_FUNCTION_CALL": .fault("the model made a malformed function call")
        case "MALFORMED_RESPONSE": .fault("the model made a malformed response")
        case "UNEXPECTED_TOOL_CALL": .fault("the model called a tool that it was not given")
        case "TOO_MANY_TOOL_CALLS": .fault("the model made too many tool calls in a row")
        case "MISSING_THOUGHT_SIGNATURE": .fault("the request lacks a thought signature")
        default: refusals.contains(word) ? .stop(.refusal(word)) : .stop(.other(word))
        }
    }

    private static let refusals: Set<String> = [
        "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR", "LANGUAGE",
    ]

    private static let others: Set<String> = [
        "OTHER", "IMAGE_OTHER", "NO_IMAGE", "ESCALATION",
    ]

    /// The word for `reason`. Pauses and calls have none of their own.
    static func word(_ reason: StopReason) -> String {
        switch reason {
        case .endTurn, .toolUse, .stopSequence, .pause: "STOP"
        case .maxTokens, .contextWindow: "MAX_TOKENS"
        case .refusal(let word): refusals.contains(word) ? word : "SAFETY"
        case .other(let word): others.contains(word) ? word : "OTHER"
        }
    }
}
