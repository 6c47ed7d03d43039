package import AgentRouteWire

extension OpenAIResponsesCodec {
    /// Members that have their place in the model, or only steer the transport between this client
    /// and its vendor: `include` and `stream_options` choose what is repeated in the answer,
    /// `client_metadata` is for the vendor's own records.
    private static let known: Set<String> = [
        "model", "input", "instructions", "stream", "stream_options", "tools", "tool_choice",
        "parallel_tool_calls", "reasoning", "text", "max_output_tokens", "temperature", "top_p",
        "top_logprobs", "include", "store", "metadata", "user", "safety_identifier",
        "prompt_cache_key", "service_tier", "background", "client_metadata",
        "previous_response_id", "conversation", "prompt",
    ]

    /// Reads a client's request.
    package func decodeRequest(
        _ body: JSONValue, _ call: RequestCall
    ) throws(RequestFault) -> Conversation {
        let request = RequestReader(body)
        try refuseState(request)
        var conversation = Conversation(
            model: try request.required("model").string(), family: .openAI)
        conversation.streams = try request.bool("stream") ?? false
        if let text = try request.string("instructions"), !text.isEmpty {
            conversation.instructions = [.text(text)]
        }
        for tool in try request.optional("tools")?.elements() ?? [] {
            conversation.tools += try ResponsesTools.decode(tool)
        }
        conversation.unplaced = ResponsesUnplaced.losses(in: body)
        try readSettings(request, into: &conversation)
        try readSampling(request, into: &conversation)
        conversation.extras = try request.members(except: Self.known).filter {
            // The default, which chat has no word for.
            $0.value != .null && !($0.key == "truncation" && $0.value == "disabled")
        }
        return try readInput(request, call, into: conversation)
    }

    /// What refers to things the vendor keeps: an answer made elsewhere cannot have it.
    private func refuseState(_ request: RequestReader) throws(RequestFault) {
        for key in ["previous_response_id", "conversation", "prompt"] {
            if let member = try request.optional(key) {
                throw member.fault("refers to state that this gateway does not keep")
            }
        }
        if try request.bool("background") == true {
            throw RequestFault("background", "must be false: this gateway keeps no responses")
        }
    }

    private func readInput(
        _ request: RequestReader, _ call: RequestCall, into conversation: Conversation
    ) throws(RequestFault) -> Conversation {
        guard let input = try request.optional("input") else {
            if call.countsTokens { return conversation }
            throw RequestFault("input", "is required")
        }
        var reader = ResponsesInputReader(conversation)
        if case .string(let text) = input.value {
            reader.add(.text(text), to: .user)
            return reader.conversation
        }
        guard case .array = input.value else {
            throw input.fault("must be a string or an array, not \(input.kind)")
        }
        for item in try input.elements() { try reader.read(item) }
        return reader.conversation
    }

    // MARK: Parameters

    private func readSettings(
        _ request: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        if let choice = try request.optional("tool_choice") {
            conversation.toolChoice = try ResponsesTools.decodeChoice(choice)
        }
        conversation.parallelToolCalls = try request.bool("parallel_tool_calls")
        if let reasoning = try request.optional("reasoning") {
            conversation.reasoning = try readReasoning(reasoning)
        }
        if let text = try request.optional("text") {
            conversation.verbosity = try text.string("verbosity")
            if let format = try text.optional("format") {
                conversation.outputFormat = try Self.format(format)
            }
        }
        conversation.maxOutputTokens = try request.optional("max_output_tokens")?
            .integer(atLeast: 1)
        conversation.metadata = try request.optional("metadata")?.object()
        conversation.userID = try request.string("user")
        conversation.safetyIdentifier = try request.string("safety_identifier")
        conversation.serviceTier = try request.string("service_tier")
        conversation.promptCacheKey = try request.string("prompt_cache_key")
        conversation.store = try request.bool("store")
    }

    private func readSampling(
        _ request: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        conversation.sampling.temperature = try request.number("temperature")
        conversation.sampling.topP = try request.number("top_p")
        conversation.sampling.topLogprobs = try request.optional("top_logprobs")?
            .integer(atLeast: 0)
        if try request.strings("include").contains("message.output_text.logprobs") {
            conversation.sampling.logprobs = true
        }
    }

    private func readReasoning(_ reader: RequestReader) throws(RequestFault) -> ReasoningRequest {
        var reasoning = ReasoningRequest()
        reasoning.effort = try reader.string("effort")
        if reasoning.effort == "none" { reasoning.mode = .off }
        reasoning.summary = try reader.string("generate_summary")
        if let summary = try reader.string("summary") { reasoning.summary = summary }
        if reasoning.summary == "none" {
            reasoning.summary = nil
            reasoning.isShown = false
        } else if reasoning.summary != nil {
            reasoning.isShown = true
        }
        return reasoning
    }

    /// `text.format`, also in an item of type `configuration_update`; nil for plain text.
    static func format(_ reader: RequestReader) throws(RequestFault) -> OutputFormat? {
        let type = try reader.required("type")
        switch try type.string() {
        case "text": return nil
        case "json_object": return .jsonObject
        case "json_schema":
            return .jsonSchema(
                name: try reader.required("name").string(),
                description: try reader.string("description"),
                schema: try reader.required("schema").object(), strict: try reader.bool("strict"))
        default: throw type.fault("must be text, json_object or json_schema")
        }
    }
}
