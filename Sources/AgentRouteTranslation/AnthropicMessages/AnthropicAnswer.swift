import AgentRouteWire

/// The parts of an answer as JSON, for whole bodies and for the rare events of a stream.
struct AnthropicAnswer {
    private let context: AnswerContext

    init(_ context: AnswerContext) {
        self.context = context
    }

    /// A message.
    ///
    /// - Parameter stop: Why it ended; nil while it has not.
    func message(
        _ start: AnswerStart, content: [JSONValue], stop: StopReason?, usage: JSONValue
    ) -> JSONValue {
        let (reason, sequence) = stop.map { self.stop($0) } ?? (.null, .null)
        return [
            "id": .string(id(start)), "type": "message", "role": "assistant",
            "model": .string(start.model), "content": .array(content), "stop_reason": reason,
            "stop_sequence": sequence, "usage": usage,
        ]
    }

    private func id(_ start: AnswerStart) -> String {
        let id = start.id.flatMap { $0.isEmpty ? nil : $0 } ?? context.id
        return ToolCallID.sanitized(id.hasPrefix("msg_") ? id : "msg_\(id)")
    }

    /// `stop_reason` and `stop_sequence`.
    func stop(_ stop: StopReason) -> (reason: JSONValue, sequence: JSONValue) {
        switch stop {
        case .endTurn, .other: return ("end_turn", .null)
        case .toolUse: return ("tool_use", .null)
        case .maxTokens: return ("max_tokens", .null)
        case .stopSequence(let sequence):
            // Where the provider does not say which it was, one of one is known.
            let asked = context.request.sampling.stopSequences
            let known = sequence ?? (asked.count == 1 ? asked.first : nil)
            return ("stop_sequence", known.map(JSONValue.string) ?? .null)
        case .refusal: return ("refusal", .null)
        case .pause: return ("pause_turn", .null)
        case .contextWindow: return ("model_context_window_exceeded", .null)
        }
    }

    /// The counts. Cached tokens are counted apart here.
    ///
    /// - Parameter estimate: The tokens of the prompt, where the provider does not say.
    static func usage(_ usage: Usage, estimate: Int?) -> JSONValue {
        var writer = ObjectWriter()
        writer.add("input_tokens", usage.input == nil ? estimate ?? 0 : usage.uncachedInput)
        writer.add("cache_creation_input_tokens", usage.cacheWrite ?? 0)
        writer.add("cache_read_input_tokens", usage.cacheRead ?? 0)
        writer.add("output_tokens", usage.output ?? 0)
        if let reasoning = usage.reasoning {
            writer.add("output_tokens_details", ["thinking_tokens": .number(JSONNumber(reasoning))])
        }
        let tier = usage.serviceTier.map { ServiceTier($0) }
        writer.add("service_tier", tier?.answer(to: .anthropic))
        return writer.value
    }

    // MARK: Blocks

    /// A block of the content.
    static func block(_ part: Answer.Part) -> JSONValue {
        switch part {
        case .text(let text, let citations):
            var block = ObjectWriter()
            block.add("type", "text")
            block.add("text", text)
            if !citations.isEmpty { block.add("citations", .array(citations.map(citation))) }
            return block.value
        case .refusal(let text): return ["type": "text", "text": .string(text)]
        case .reasoning(let reasoning):
            let envelope = JSONValue.string(reasoning.seal?.envelope ?? "")
            if reasoning.text.isEmpty, reasoning.seal != nil {
                return ["type": "redacted_thinking", "data": envelope]
            }
            return ["type": "thinking", "thinking": .string(reasoning.text), "signature": envelope]
        case .toolCall(let call): return toolUse(call, input: AnthropicToolInput.object(call.input))
        case .opaque(let block): return block.value
        }
    }

    /// A tool call with `input`.
    static func toolUse(_ call: ToolCall, input: JSONValue) -> JSONValue {
        [
            "type": "tool_use", "id": .string(ToolCallID.sanitized(call.id)),
            "name": .string(call.name.name), "input": input,
        ]
    }

    /// A source on the web. Its `encrypted_index` would be the search's that found it: there was none.
    static func citation(_ citation: Citation) -> JSONValue {
        [
            "type": "web_search_result_location", "url": .string(citation.url),
            "title": citation.title.map(JSONValue.string) ?? .null,
            "cited_text": .string(citation.citedText ?? ""), "encrypted_index": "",
        ]
    }
}
