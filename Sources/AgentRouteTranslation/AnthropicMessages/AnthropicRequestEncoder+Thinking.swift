import AgentRouteWire

extension AnthropicRequestEncoder {
    /// How the model is asked to think.
    struct Thinking {
        /// The member `thinking`.
        var value: JSONValue?
        /// `output_config.effort`.
        var effort: String?
        /// Whether the model is asked to think: some parameters are refused then.
        var isOn = false
    }

    /// What to ask of the model before it answers.
    ///
    /// - Parameters:
    ///   - maxTokens: The most tokens of the answer, thoughts included.
    ///   - isForced: Whether a tool has to be called, which is refused together with thinking.
    ///   - messages: What is sent.
    mutating func thinking(
        maxTokens: Int?, isForced: Bool, before messages: [AnthropicTurns.Message]
    ) -> Thinking {
        guard let reasoning = conversation.reasoning else { return Thinking() }
        if reasoning.mode == .off || reasoning.effortWord == "none" { return disabled() }
        switch model.thinking {
        case .none:
            lost.note("reasoning")
            return Thinking()
        case .adaptive: return adaptive(reasoning, isForced: isForced)
        case .budget:
            guard reasoning.mode != .unspecified || reasoning.effort != nil else {
                return Thinking()
            }
            let isPossible = !isForced && Self.opensWithThoughts(messages)
            guard isPossible, let budget = Self.budget(reasoning, maxTokens: maxTokens) else {
                lost.note("reasoning")
                return Thinking()
            }
            let value: JSONValue = [
                "type": "enabled", "budget_tokens": .number(JSONNumber(budget)),
            ]
            return Thinking(value: value, isOn: true)
        }
    }

    private mutating func disabled() -> Thinking {
        guard model.takesDisabledThinking else {
            // Older models do not think unless asked; those that always think cannot be stopped.
            if model.thinking == .adaptive { lost.note("reasoning") }
            return Thinking()
        }
        return Thinking(value: ["type": "disabled"])
    }

    private mutating func adaptive(_ reasoning: ReasoningRequest, isForced: Bool) -> Thinking {
        var thinking = Thinking(effort: effort(reasoning))
        let isWanted =
            reasoning.mode != .unspecified || reasoning.effort != nil
            || reasoning.summary != nil || reasoning.isShown == true
        guard isWanted else { return thinking }
        guard !isForced else {
            lost.note("reasoning")
            return thinking
        }
        var value = ObjectWriter()
        value.add("type", "adaptive")
        if reasoning.isShown == false {
            value.add("display", "omitted")
        } else if reasoning.isShown == true || reasoning.summary != nil {
            value.add("display", "summarized")
        }
        thinking.value = value.value
        thinking.isOn = true
        return thinking
    }

    private mutating func effort(_ reasoning: ReasoningRequest) -> String? {
        switch reasoning.effortWord {
        case nil: return nil
        case "minimal": return "low"
        case "xhigh": return model.takesExtraHighEffort ? "xhigh" : "high"
        case "low", "medium", "high", "max": return reasoning.effortWord
        default:
            lost.note("reasoning")
            return nil
        }
    }

    /// The budget, at least 1024 and below `maxTokens`; nil where there is no room for one. Unless the
    /// client itself has said how much, a quarter is left for the answer.
    private static func budget(_ reasoning: ReasoningRequest, maxTokens: Int?) -> Int? {
        guard let maxTokens else { return reasoning.budget(maxOutputTokens: nil) }
        guard maxTokens > 1024 else { return nil }
        let budget = reasoning.budget(maxOutputTokens: maxTokens)
        if case .budget = reasoning.mode { return budget }
        return max(1024, min(budget, maxTokens / 4 * 3))
    }

    /// Whether a model with a budget may think on top of `messages`: what it has said since the user
    /// last spoke must begin with thoughts, and its words cannot be continued.
    private static func opensWithThoughts(_ messages: [AnthropicTurns.Message]) -> Bool {
        guard let last = messages.last, !last.isAssistant else { return false }
        let spoken = messages.lastIndex { !$0.isAssistant && !$0.hasToolResults } ?? -1
        guard spoken + 1 < messages.count else { return true }
        let first = messages[(spoken + 1)...].first(where: \.isAssistant)?.blocks.first
        guard let first, case .reasoning = first.content else { return false }
        return true
    }
}
