import AgentRouteWire

/// The response object: what events begin and end with, and the whole body.
///
/// Clients expect the settings of their request in it; they are written out once for all events.
struct ResponsesResponse {
    /// What the ids of the items are made of.
    let base: String
    private let constant: [JSONMember]
    /// Those members as an object without its closing brace.
    private let beginning: [UInt8]

    /// The response to the request of `answer`; before it has begun, without `start`.
    init(_ answer: AnswerContext, start: AnswerStart?) {
        base = Self.base(start?.id, else: answer.id)
        constant =
            Self.head(answer, base: base, model: start?.model) + Self.settings(answer.request)
        beginning = JSONValue.object(constant).serialized().dropLast()
    }

    // MARK: Writing

    /// Writes the response with `state`, the members that change.
    func write(
        _ state: KeyValuePairs<String, JSONValue>, output: [JSONValue],
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
    func value(_ state: KeyValuePairs<String, JSONValue>, output: [JSONValue]) -> JSONValue {
        .object(constant + Self.members(state, output: output))
    }

    private static func members(
        _ state: KeyValuePairs<String, JSONValue>, output: [JSONValue]
    ) -> [JSONMember] {
        var members = ObjectWriter()
        for (key, value) in state { members.add(key, value) }
        members.add("output", .array(output))
        members.add(
            ["error", "incomplete_details", "usage"].map { JSONMember(key: $0, value: .null) })
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
    static func outcome(
        _ stop: StopReason, _ usage: Usage, created: Int
    ) -> KeyValuePairs<String, JSONValue> {
        guard let reason = incompleteReason(stop) else {
            return ["status": "completed", "usage": self.usage(usage)]
        }
        return [
            "status": "incomplete", "incomplete_details": ["reason": reason],
            "usage": self.usage(usage),
        ]
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

    private static func head(
        _ answer: AnswerContext, base: String, model: String?
    ) -> [JSONMember] {
        var head = ObjectWriter()
        head.add("id", "resp_" + base)
        head.add("object", "response")
        head.add("created_at", answer.created)
        head.add("model", model ?? answer.request.model)
        return head.value.object ?? []
    }

    private static func settings(_ request: Conversation) -> [JSONMember] {
        var unused = Degradations()
        var settings = ObjectWriter()
        settings.add("background", false)
        settings.add("instructions", .null)
        settings.add("max_output_tokens", request.maxOutputTokens.map { .number($0) } ?? .null)
        settings.add("metadata", request.metadata ?? [:])
        settings.add("parallel_tool_calls", request.parallelToolCalls ?? true)
        settings.add("previous_response_id", .null)
        settings.add("reasoning", reasoning(request.reasoning))
        settings.add("store", false)
        settings.add("temperature", request.sampling.temperature.map { .number($0) } ?? 1.0)
        settings.add("text", text(request))
        settings.add(
            "tool_choice",
            request.toolChoice.flatMap { ResponsesTools.encode($0, among: request.tools) } ?? "auto"
        )
        settings.add(
            "tools",
            .array(ResponsesTools.encode(request.tools, family: .openAI, lost: &unused)))
        settings.add("top_p", request.sampling.topP.map { .number($0) } ?? 1.0)
        settings.add("truncation", "disabled")
        settings.add("user", request.userID.map { .string($0) } ?? .null)
        return settings.value.object ?? []
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
