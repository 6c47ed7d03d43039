package import AgentRouteWire

extension OpenAIChatCodec {
    /// Reads a client's request.
    package func decodeRequest(
        _ body: JSONValue, _ call: RequestCall
    ) throws(RequestFault) -> Conversation {
        let request = RequestReader(body)
        var conversation = Conversation(
            model: try request.required("model").string(), family: .openAI)
        try Self.readStreaming(request, into: &conversation)
        conversation.unplaced = OpenAIChatUnplaced.losses(in: body)
        var messages = OpenAIChatMessageReader()
        try messages.read(try request.required("messages"))
        conversation.instructions = messages.instructions
        conversation.turns = messages.turns
        conversation.tools = try OpenAIChatToolReader.tools(request)
        conversation.toolChoice = try OpenAIChatToolReader.choice(request)
        conversation.parallelToolCalls = try request.bool("parallel_tool_calls")
        if try request.optional("functions") != nil, try request.optional("tools") == nil {
            conversation.readsFunctionCall = true
            // There is room for one.
            conversation.parallelToolCalls = false
        }
        conversation.sampling = try Self.sampling(request)
        conversation.reasoning = try Self.reasoning(request)
        conversation.outputFormat = try Self.outputFormat(request)
        try Self.readParameters(request, into: &conversation)
        conversation.extras = try request.members(except: Self.known)
        return conversation
    }

    private static let known: Set<String> = [
        "model", "messages", "stream", "stream_options", "usage", "tools", "functions",
        "tool_choice", "function_call", "parallel_tool_calls", "temperature", "top_p", "top_k",
        "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs",
        "top_logprobs", "n", "reasoning", "reasoning_effort", "include_reasoning",
        "response_format", "max_tokens", "max_completion_tokens", "verbosity", "modalities",
        "user", "safety_identifier", "metadata", "service_tier", "prompt_cache_key", "store",
        "web_search_options", "thinking",
    ]

    private static func readStreaming(
        _ request: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        conversation.streams = try request.bool("stream") ?? false
        let asksOpenAI = try request.optional("stream_options")?.bool("include_usage") ?? false
        // OpenRouter's own word for the same.
        let asksOpenRouter = try request.optional("usage")?.bool("include") ?? false
        conversation.wantsUsageChunk = asksOpenAI || asksOpenRouter
    }

    private static func readParameters(
        _ request: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        let formerLimit = try request.optional("max_tokens")
        let limit = try request.optional("max_completion_tokens") ?? formerLimit
        conversation.maxOutputTokens = try limit?.integer(atLeast: 1)
        conversation.verbosity = try request.string("verbosity")
        conversation.modalities = try request.strings("modalities")
        conversation.userID = try request.string("user")
        conversation.safetyIdentifier = try request.string("safety_identifier")
        conversation.metadata = try request.optional("metadata")?.object()
        conversation.serviceTier = try request.string("service_tier")
        conversation.promptCacheKey = try request.string("prompt_cache_key")
        conversation.store = try request.bool("store")
    }

    private static func sampling(_ request: RequestReader) throws(RequestFault) -> Sampling {
        var sampling = Sampling()
        sampling.temperature = try request.number("temperature")
        sampling.topP = try request.number("top_p")
        sampling.topK = try request.number("top_k")
        if let stop = try request.optional("stop") {
            if let text = stop.value.string {
                sampling.stopSequences = [text]
            } else {
                sampling.stopSequences = try request.strings("stop")
            }
        }
        sampling.seed = try request.number("seed")
        sampling.presencePenalty = try request.number("presence_penalty")
        sampling.frequencyPenalty = try request.number("frequency_penalty")
        sampling.logitBias = try request.optional("logit_bias")?.object()
        sampling.logprobs = try request.bool("logprobs")
        sampling.topLogprobs = try request.optional("top_logprobs")?.integer(atLeast: 0)
        sampling.candidateCount = try request.optional("n")?.integer(atLeast: 1)
        return sampling
    }

    /// `reasoning_effort`, and OpenRouter's `reasoning`, which says the same and more.
    private static func reasoning(_ request: RequestReader) throws(RequestFault)
        -> ReasoningRequest?
    {
        let plainEffort = try request.string("reasoning_effort")
        let isIncluded = try request.bool("include_reasoning")
        let details = try request.optional("reasoning")
        let thinking = try thinking(request)
        guard plainEffort != nil || isIncluded != nil || details != nil || thinking != nil else {
            return nil
        }
        var reasoning = ReasoningRequest(
            mode: thinking ?? .unspecified, effort: try details?.string("effort") ?? plainEffort)
        reasoning.isShown = try details?.bool("exclude").map { !$0 } ?? isIncluded
        reasoning.summary = try details?.string("summary")
        if let budget = try details?.optional("max_tokens")?.integer(atLeast: 0) {
            reasoning.mode = .budget(budget)
        }
        let isEnabled = try details?.bool("enabled")
        if isEnabled == false || reasoning.effort == "none" {
            reasoning.mode = .off
        } else if isEnabled == true, reasoning.mode == .unspecified {
            reasoning.mode = .adaptive
        }
        return reasoning
    }

    /// `thinking`, as Anthropic's own chat endpoint takes it, and in part DeepSeek, Z.ai and Moonshot.
    private static func thinking(
        _ request: RequestReader
    ) throws(RequestFault) -> ReasoningRequest.Mode? {
        guard let thinking = try request.optional("thinking") else { return nil }
        let type = try thinking.required("type")
        switch try type.string() {
        case "enabled":
            let budget = try thinking.optional("budget_tokens")?.integer(atLeast: 1)
            return budget.map { .budget($0) } ?? .adaptive
        case "adaptive", "auto": return .adaptive
        case "disabled": return .off
        case let other: throw type.fault("is no known way of thinking: \(other.debugDescription)")
        }
    }

    private static func outputFormat(_ request: RequestReader) throws(RequestFault) -> OutputFormat?
    {
        guard let format = try request.optional("response_format") else { return nil }
        let type = try format.required("type")
        switch try type.string() {
        case "text": return nil
        case "json_object": return .jsonObject
        case "json_schema":
            let schema = try format.required("json_schema")
            return .jsonSchema(
                name: try schema.string("name"), description: try schema.string("description"),
                schema: try schema.optional("schema")?.object() ?? ["type": "object"],
                strict: try schema.bool("strict"))
        case let other: throw type.fault("is no known format: \(other.debugDescription)")
        }
    }
}
