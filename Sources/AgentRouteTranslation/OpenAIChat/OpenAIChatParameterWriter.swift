import AgentRouteWire

/// Writes the members of a request that are neither messages nor tools.
struct OpenAIChatParameterWriter {
    /// What was written.
    var members: [JSONMember] { body.value.object ?? [] }
    /// What could not be.
    private(set) var lost: Degradations

    private var body = ObjectWriter()
    private let isOpenRouter: Bool
    private let model: OpenAIModel

    init(_ upstream: Upstream, lost: Degradations) {
        isOpenRouter = upstream.dialect == .openRouter
        model = OpenAIModel(upstream.model)
        self.lost = lost
    }

    /// Writes what `conversation` asks for.
    mutating func write(_ conversation: Conversation) {
        body.add(
            model.namesCompletionTokens ? "max_completion_tokens" : "max_tokens",
            conversation.maxOutputTokens)
        writeSampling(conversation.sampling)
        if let reasoning = conversation.reasoning { writeReasoning(reasoning) }
        if let format = conversation.outputFormat {
            body.add("response_format", responseFormat(format, family: conversation.family))
        }
        body.add("verbosity", conversation.verbosity)
        writeModalities(conversation)
        writeAccount(conversation)
        writeStreaming(conversation.streams)
    }

    /// Pictures can be asked for of OpenRouter, by clients whose answers have a place for them.
    private mutating func writeModalities(_ conversation: Conversation) {
        let wanted = conversation.modalities.filter { $0 != "text" }
        guard !wanted.isEmpty else { return }
        guard isOpenRouter, wanted == ["image"], conversation.family != .anthropic else {
            return lost.note("modalities")
        }
        body.add("modalities", .array(conversation.modalities.map { .string($0) }))
    }

    private mutating func writeStreaming(_ streams: Bool) {
        if streams { body.add("stream", true) }
        if isOpenRouter {
            body.add("usage", ["include": true] as JSONValue)
        } else if streams {
            body.add("stream_options", ["include_usage": true] as JSONValue)
        }
    }

    // MARK: Sampling

    private mutating func writeSampling(_ sampling: Sampling) {
        // OpenRouter itself leaves out what a model does not take.
        let takesSampling = isOpenRouter || !model.isReasoning
        add("temperature", sampling.temperature, default: 1, if: takesSampling)
        add("top_p", sampling.topP, default: 1, if: takesSampling)
        add("presence_penalty", sampling.presencePenalty, default: 0, if: takesSampling)
        add("frequency_penalty", sampling.frequencyPenalty, default: 0, if: takesSampling)
        if isOpenRouter {
            body.add("top_k", sampling.topK)
        } else {
            lost.note("top_k", unlessNil: sampling.topK)
        }
        body.add("seed", sampling.seed)
        if takesSampling {
            body.add("logit_bias", sampling.logitBias)
        } else {
            lost.note("logit_bias", unlessNil: sampling.logitBias)
        }
        writeStop(sampling.stopSequences)
        // An answer here holds one candidate and no probabilities: more would be paid for in vain.
        if sampling.logprobs == true { lost.note("logprobs") }
        lost.note("top_logprobs", unlessNil: sampling.topLogprobs)
        if let count = sampling.candidateCount, count.int != 1 { lost.note("n") }
    }

    private mutating func add(
        _ key: String, _ number: JSONNumber?, default standard: Double, if isTaken: Bool
    ) {
        guard let number else { return }
        if isTaken {
            body.add(key, number)
        } else if number.double != standard {
            lost.note(key)
        }
    }

    private mutating func writeStop(_ sequences: [String]) {
        // OpenAI takes four at most.
        let limit = isOpenRouter ? Int.max : model.isReasoning ? 0 : 4
        if sequences.count > limit { lost.note("stop_sequences") }
        let taken = sequences.prefix(limit).map { JSONValue.string($0) }
        if !taken.isEmpty { body.add("stop", JSONValue.array(taken)) }
    }

    // MARK: Reasoning

    private mutating func writeReasoning(_ reasoning: ReasoningRequest) {
        if isOpenRouter {
            if let value = Self.unified(reasoning) { body.add("reasoning", value) }
            return
        }
        let wanted = reasoning.mode == .off ? "none" : reasoning.effortWord
        guard let wanted else { return }
        guard model.takesEffort else {
            if wanted != "none" { lost.note("reasoning") }
            return
        }
        let effort = model.effort(nearest: wanted)
        body.add("reasoning_effort", effort)
        // Other makers' models may not think at all: nothing is lost that is known of.
        if effort == nil, model != .other { lost.note("reasoning") }
    }

    /// OpenRouter's `reasoning`. Thoughts that are not to be shown are asked for all the same:
    /// without them the model could not be given its own reasoning on the next turn.
    private static func unified(_ reasoning: ReasoningRequest) -> JSONValue? {
        switch reasoning.mode {
        case .off: return ["enabled": false]
        case .budget(let tokens):
            return tokens.int ?? 1 > 0 ? ["max_tokens": .number(tokens)] : ["enabled": false]
        case .adaptive, .unspecified:
            switch reasoning.effort {
            case "none"?: return ["enabled": false]
            case "max"?: return ["effort": "xhigh"]
            case let effort?: return ["effort": .string(effort)]
            case nil: return reasoning.mode == .adaptive ? ["enabled": true] : nil
            }
        }
    }

    // MARK: The rest

    /// Other families hold their answers to every schema, this one only to some and when asked.
    private mutating func responseFormat(_ format: OutputFormat, family: WireFamily) -> JSONValue {
        guard case .jsonSchema(let name, let description, let schema, let strict) = format else {
            return ["type": "json_object"]
        }
        var inner = ObjectWriter()
        inner.add("name", name ?? "response")
        inner.add("description", description)
        inner.add("schema", schema)
        var isStrict = strict
        if isStrict == nil, family != .openAI {
            if OpenAISchema.isStrict(schema) { isStrict = true } else { lost.note("strict") }
        }
        inner.add("strict", isStrict)
        return ["type": "json_schema", "json_schema": inner.value]
    }

    private mutating func writeAccount(_ conversation: Conversation) {
        body.add("user", conversation.userID.map(OpenAIUser.name))
        body.add("safety_identifier", conversation.safetyIdentifier.map(OpenAIUser.name))
        body.add("metadata", conversation.metadata)
        writeTier(conversation)
        // OpenRouter keeps a session with one provider, whose cache is the one that is warm.
        body.add(isOpenRouter ? "session_id" : "prompt_cache_key", conversation.promptCacheKey)
        // What is not said is not stored; many providers do not know the word.
        if conversation.store == true {
            if isOpenRouter { lost.note("store") } else { body.add("store", true) }
        }
    }

    private mutating func writeTier(_ conversation: Conversation) {
        // Of OpenAI's own words this one is known to Responses alone.
        guard conversation.serviceTier != "ultrafast" else { return lost.note("service_tier") }
        body.add(
            "service_tier",
            ServiceTier.request(
                conversation.serviceTier, of: conversation.family, to: .openAI, lost: &lost))
    }
}
