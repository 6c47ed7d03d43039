import AgentRouteWire

/// The response object: what events begin and end with, and the whole body.
///
/// Clients expect the settings of their request in it; they are written out once for all events.
struct ResponsesResponse {
    private let constant: [JSONMember]
    /// Those members as an object without its closing brace.
    private let beginning: [UInt8]

    /// The response to the request of `answer`; before it has begun, without `start`.
    init(_ answer: AnswerContext, start: AnswerStart?) {
        constant = Self.head(answer, start) + Self.settings(answer.request)
        beginning = JSONValue.object(constant).serialized().dropLast()
    }

    // MARK: Writing

    /// Writes the response with `state`, the members that change.
    func write(
        _ state: JSONValue, output: [JSONValue],
        into writer: inout ByteWriter
    ) {
        writer.append(beginning)
        for member in Self.members(state, output: output) {
            writer.append(",\"")
            writer.append(member.key)
            writer.append("\":")
            member.value.write(into: &writer)
        }
        writer.append("}")
    }

    /// The same as a value.
    func value(_ state: JSONValue, output: [JSONValue]) -> JSONValue {
        .object(constant + Self.members(state, output: output))
    }

    private static func members(_ state: JSONValue, output: [JSONValue]) -> [JSONMember] {
        var members = ObjectWriter()
        members.add(state.object ?? [])
        members.add("output", .array(output))
        members.add([
            JSONMember(key: "error", value: .null),
            JSONMember(key: "incomplete_details", value: .null),
            JSONMember(key: "usage", value: .null),
            JSONMember(key: "service_tier", value: "default"),
        ])
        return members.value.object ?? []
    }

    // MARK: The end

    /// Why an answer that ended so is incomplete; nil if it is complete.
    static func incompleteReason(_ stop: StopReason) -> JSONValue? {
        switch stop {
        case .maxTokens, .contextWindow: "max_output_tokens"
        case .refusal: "content_filter"
        case .endTurn, .toolUse, .stopSequence, .pause, .other: nil
        }
    }

    /// The state of a response that has ended.
    static func outcome(_ stop: StopReason, _ usage: Usage) -> JSONValue {
        let reason = incompleteReason(stop)
        var outcome = ObjectWriter()
        outcome.add("status", reason == nil ? "completed" : "incomplete")
        outcome.add("incomplete_details", reason.map { ["reason": $0] })
        outcome.add("usage", self.usage(usage))
        outcome.add("service_tier", OpenAITier.answer(usage.serviceTier))
        return outcome.value
    }

    private static func usage(_ usage: Usage) -> JSONValue {
        guard usage.input != nil || usage.output != nil else { return .null }
        let input = usage.input ?? 0
        let output = usage.output ?? 0
        return [
            "input_tokens": .number(JSONNumber(input)),
            "input_tokens_details": [
                "cached_tokens": .number(JSONNumber(usage.cacheRead ?? 0)),
                "cache_write_tokens": .number(JSONNumber(usage.cacheWrite ?? 0)),
            ],
            "output_tokens": .number(JSONNumber(output)),
            "output_tokens_details": [
                "reasoning_tokens": .number(JSONNumber(usage.reasoning ?? 0))
            ],
            "total_tokens": .number(JSONNumber(input + output)),
        ]
    }

    // MARK: The constant part

    /// The provider's id without its wire's prefix, or `other`.
    private static func base(_ id: String?, else other: String) -> String {
        guard let id else { return other }
        let prefix = id.prefix { $0.isASCII && $0.isLetter }
        let rest = id.dropFirst(prefix.count)
        let name = rest.first == "_" || rest.first == "-" ? rest.dropFirst() : id[...]
        return ToolCallID.sanitized(String(name)) == name ? String(name) : other
    }

    private static func head(_ answer: AnswerContext, _ start: AnswerStart?) -> [JSONMember] {
        var head = ObjectWriter()
        head.add("id", "resp_" + base(start?.id, else: answer.id))
        head.add("object", "response")
        head.add("created_at", answer.created)
        head.add("model", start?.model ?? answer.request.model)
        return head.value.object ?? []
    }

    private static func settings(_ request: Conversation) -> [JSONMember] {
        let sampling = request.sampling
        var settings = ObjectWriter()
        settings.add("background", false)
        // When it ended, only who has a clock can say.
        settings.add("completed_at", .null)
        settings.add("frequency_penalty", number(sampling.frequencyPenalty, else: 0.0))
        settings.add("instructions", .null)
        settings.add("max_output_tokens", number(request.maxOutputTokens, else: .null))
        settings.add("max_tool_calls", extra("max_tool_calls", of: request))
        settings.add("metadata", request.metadata ?? [:])
        settings.add("parallel_tool_calls", request.parallelToolCalls ?? true)
        settings.add("presence_penalty", number(sampling.presencePenalty, else: 0.0))
        settings.add("previous_response_id", .null)
        settings.add("prompt_cache_key", request.promptCacheKey.map { .string($0) } ?? .null)
        settings.add("reasoning", reasoning(request.reasoning))
        settings.add("safety_identifier", request.safetyIdentifier.map { .string($0) } ?? .null)
        settings.add("store", false)
        settings.add("temperature", number(sampling.temperature, else: 1.0))
        settings.add("text", text(request))
        settings.add(
            "tool_choice",
            request.toolChoice.flatMap { ResponsesTools.encode($0, among: request.tools) } ?? "auto"
        )
        settings.add("tools", tools(request))
        settings.add("top_logprobs", number(sampling.topLogprobs, else: 0))
        settings.add("top_p", number(sampling.topP, else: 1.0))
        settings.add("truncation", "disabled")
        settings.add("user", request.userID.map { .string($0) } ?? .null)
        return settings.value.object ?? []
    }

    private static func number(_ number: JSONNumber?, else usual: JSONValue) -> JSONValue {
        number.map { .number($0) } ?? usual
    }

    private static func extra(_ key: String, of request: Conversation) -> JSONValue {
        request.extras.last { $0.key == key }?.value ?? .null
    }

    /// The tools, with a description where there is none: clients look for one.
    private static func tools(_ request: Conversation) -> JSONValue {
        var unused = Degradations()
        let tools = ResponsesTools.encode(request.tools, family: .openAI, lost: &unused)
        return .array(
            tools.map { tool in
                guard tool["type"] == "function" else { return tool }
                var described = ObjectWriter()
                described.add(tool.object ?? [])
                described.add([JSONMember(key: "description", value: .null)])
                return described.value
            })
    }

    private static func reasoning(_ request: ReasoningRequest?) -> JSONValue {
        [
            "effort": request?.effort.map { .string($0) } ?? .null,
            "summary": request?.summary.map { .string($0) } ?? .null,
        ]
    }

    private static func text(_ request: Conversation) -> JSONValue {
        var text = ObjectWriter()
        text.add("format", ResponsesText.format(request.outputFormat) ?? ["type": "text"])
        text.add("verbosity", request.verbosity)
        return text.value
    }
}

/// The form of the text.
enum ResponsesText {
    /// `text.format`; nil for plain text.
    static func format(_ format: OutputFormat?) -> JSONValue? {
        switch format {
        case nil: return nil
        case .jsonObject: return ["type": "json_object"]
        case .jsonSchema(let name, let description, let schema, let strict):
            var written = ObjectWriter()
            written.add("type", "json_schema")
            written.add("name", name.map(ToolCallID.sanitized) ?? "answer")
            written.add("description", description)
            written.add("schema", schema)
            written.add("strict", strict)
            return written.value
        }
    }
}
