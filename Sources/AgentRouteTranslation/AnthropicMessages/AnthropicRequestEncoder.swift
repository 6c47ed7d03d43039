import AgentRouteWire

/// Writes a provider's Messages request.
struct AnthropicRequestEncoder {
    /// The client's request.
    let conversation: Conversation
    /// What the model can take.
    let model: AnthropicModel
    /// What could not be expressed so far.
    var lost: Degradations
    private let modelName: String

    init(_ conversation: Conversation, model: String, lost: Degradations) {
        self.conversation = conversation
        self.model = AnthropicModel(model)
        self.lost = lost
        modelName = model
    }

    /// The request.
    mutating func request() -> JSONValue {
        var turns = AnthropicTurns(conversation.turns)
        let messages = turns.messages(prefill: model.takesPrefill)
        for loss in turns.lost.list { lost.note(loss.name) }
        let maxTokens = conversation.maxOutputTokens ?? JSONNumber(model.defaultMaxTokens)
        let tools = tools(messages)
        let choice = toolChoice(offering: tools)
        let thinking = thinking(
            maxTokens: maxTokens.int, isForced: choice.isForced, before: messages)

        var request = ObjectWriter()
        request.add("model", modelName)
        request.add("max_tokens", maxTokens)
        if conversation.streams { request.add("stream", true) }
        request.add("system", system())
        request.add("messages", .array(marked(messages).map { message($0) }))
        if !tools.isEmpty { request.add("tools", .array(tools)) }
        request.add("tool_choice", choice.value)
        request.add("thinking", thinking.value)
        request.add("output_config", outputConfig(effort: thinking.effort))
        addSampling(thinks: thinking.isOn, to: &request)
        request.add("metadata", metadata())
        request.add(
            "service_tier",
            ServiceTier.request(
                conversation.serviceTier, of: conversation.family, to: .anthropic, lost: &lost))
        if conversation.family == .anthropic { request.add(conversation.extras) }
        noteUnknown()
        return request.value
    }

    private mutating func system() -> JSONValue? {
        var blocks = conversation.instructions.filter { $0.text?.isBlank == false }
        if let wish = unmetFormat() { blocks.append(.text(wish)) }
        if wantsOwnCacheMarks, let last = blocks.indices.last {
            blocks[last].cache = Self.cacheMark
        }
        if blocks.count == 1, blocks[0].cache == nil { return blocks[0].text.map(JSONValue.string) }
        guard !blocks.isEmpty else { return nil }
        return .array(blocks.compactMap { self.block($0, isAssistant: false) })
    }

    private mutating func message(_ message: AnthropicTurns.Message) -> JSONValue {
        let blocks = message.blocks.compactMap { block($0, isAssistant: message.isAssistant) }
        let content: JSONValue
        if blocks.count == 1, message.blocks.first?.cache == nil,
            let text = message.blocks.first?.text
        {
            content = .string(text)
        } else {
            content = .array(blocks)
        }
        return ["role": message.isAssistant ? "assistant" : "user", "content": content]
    }

    // MARK: Caching

    private static let cacheMark: JSONValue = ["type": "ephemeral"]

    /// A client of OpenAI's wires asks for caching with a key and leaves the places to the provider,
    /// unless it has marked some.
    private var wantsOwnCacheMarks: Bool {
        conversation.promptCacheKey != nil && conversation.family != .anthropic
            && CacheMarks.count(conversation) == 0
    }

    /// `messages` with a mark at the end of what is said, where one is wanted.
    private func marked(_ messages: [AnthropicTurns.Message]) -> [AnthropicTurns.Message] {
        guard wantsOwnCacheMarks, let last = messages.lastIndex(where: { !$0.isAssistant }),
            let block = messages[last].blocks.indices.last
        else { return messages }
        var messages = messages
        messages[last].blocks[block].cache = Self.cacheMark
        return messages
    }

    // MARK: Parameters

    private mutating func addSampling(thinks: Bool, to request: inout ObjectWriter) {
        let sampling = conversation.sampling
        var temperature = sampling.temperature
        var topP = sampling.topP
        var topK = sampling.topK
        if let value = temperature?.double, value > 1 {
            lost.note("temperature")
            temperature = JSONNumber(1)
        }
        if !model.takesSampling || thinks {
            drop(&temperature, "temperature")
            drop(&topK, "top_k")
            let isAllowed = model.takesSampling && (topP?.double ?? 0) >= 0.95
            if !isAllowed { drop(&topP, "top_p") }
        } else if !model.takesTemperatureWithTopP, topP != nil, temperature != nil {
            if temperature?.double == 1 { temperature = nil } else { drop(&topP, "top_p") }
        }
        request.add("temperature", temperature)
        request.add("top_p", topP)
        request.add("top_k", topK)
        let stops = sampling.stopSequences.filter { !$0.isBlank }
        if stops.count < sampling.stopSequences.count { lost.note("stop_sequences") }
        if !stops.isEmpty { request.add("stop_sequences", .array(stops.map(JSONValue.string))) }
    }

    /// Leaves `value` out; 1 is what temperature and top_p are anyway.
    private mutating func drop(_ value: inout JSONNumber?, _ name: String) {
        if let number = value, number.double != 1 || name == "top_k" { lost.note(name) }
        value = nil
    }

    private mutating func outputConfig(effort: String?) -> JSONValue? {
        var config = ObjectWriter()
        config.add("effort", effort)
        config.add("format", outputFormat())
        let others = conversation.extras.last { $0.key == "output_config" }?.value.object
        if conversation.family == .anthropic, let others { config.add(others) }
        return Self.unlessEmpty(config)
    }

    private mutating func outputFormat() -> JSONValue? {
        guard let format = conversation.outputFormat, let schema = format.describedSchema,
            model.takesSchemas
        else {
            lost.note("response_format", unlessNil: conversation.outputFormat)
            return nil
        }
        let (strict, isWeaker) = AnthropicSchema.strict(schema)
        if isWeaker { lost.note("response_format.constraints") }
        return ["type": "json_schema", "schema": strict]
    }

    /// The wish for JSON in words, where the model cannot be held to it.
    private func unmetFormat() -> String? {
        guard let format = conversation.outputFormat else { return nil }
        return format.describedSchema != nil && model.takesSchemas ? nil : format.wish
    }

    private mutating func metadata() -> JSONValue? {
        var metadata = ObjectWriter()
        metadata.add("user_id", conversation.safetyIdentifier ?? conversation.userID)
        if conversation.safetyIdentifier != nil {
            lost.note("user", unlessNil: conversation.userID)
        }
        if conversation.family == .anthropic, let others = conversation.metadata?.object {
            metadata.add(others)
        } else if let others = conversation.metadata, others != .object([]) {
            lost.note("metadata")
        }
        return Self.unlessEmpty(metadata)
    }

    private static func unlessEmpty(_ writer: ObjectWriter) -> JSONValue? {
        guard !writer.isEmpty else { return nil }
        return writer.value
    }

    /// Notes what the wire has no word for.
    private mutating func noteUnknown() {
        let sampling = conversation.sampling
        lost.note("seed", unlessNil: sampling.seed)
        if (sampling.presencePenalty?.double ?? 0) != 0 { lost.note("presence_penalty") }
        if (sampling.frequencyPenalty?.double ?? 0) != 0 { lost.note("frequency_penalty") }
        if let bias = sampling.logitBias, bias != .object([]) { lost.note("logit_bias") }
        if sampling.logprobs == true { lost.note("logprobs") }
        if (sampling.topLogprobs?.int ?? 0) != 0 { lost.note("top_logprobs") }
        if (sampling.candidateCount?.int ?? 1) != 1 { lost.note("n") }
        if (conversation.verbosity ?? "medium") != "medium" { lost.note("verbosity") }
        if conversation.modalities.contains(where: { $0.lowercased() != "text" }) {
            lost.note("modalities")
        }
        if conversation.store == true { lost.note("store") }
        if conversation.turns.contains(where: { $0.name != nil }) {
            lost.note("participant_names")
        }
        if conversation.turns.contains(where: { $0.phase != nil }) { lost.note("phase") }
    }
}

extension StringProtocol {
    /// Whether there is nothing but white space: such text is refused.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
