package import AgentRouteWire

extension OpenAIResponsesCodec {
    /// Members of chat that this wire does not have: it refuses what it does not know.
    private static let chatOnly: Set<String> = [
        "audio", "prediction", "web_search_options", "functions", "function_call", "logit_bias",
        "stop", "seed", "n", "max_tokens", "max_completion_tokens", "stream_options",
    ]

    /// Writes a provider's request.
    package func encodeRequest(
        _ conversation: Conversation, for upstream: Upstream, lost: inout Degradations
    ) -> JSONValue {
        let model = OpenAIModel(upstream.model)
        var body = ObjectWriter()
        body.add("model", upstream.model)
        let texts = conversation.instructions.compactMap(\.text).filter { !$0.isEmpty }
        body.add("instructions", texts.isEmpty ? nil : texts.joined(separator: "\n\n"))
        var input = ResponsesInputWriter(family: conversation.family)
        body.add("input", .array(input.write(conversation.turns, lost: &lost)))
        body.add("stream", conversation.streams)
        // Nothing is looked up later: the whole conversation comes with each request.
        body.add("store", false)
        if conversation.store == true { lost.note("store") }
        addTools(of: conversation, to: &body, lost: &lost)
        addReasoning(of: conversation, model, to: &body, lost: &lost)
        addText(of: conversation, to: &body, lost: &lost)
        addSampling(of: conversation, model, to: &body, lost: &lost)
        addAccount(of: conversation, to: &body, lost: &lost)
        addExtras(of: conversation, to: &body, lost: &lost)
        return body.value
    }

    private func addTools(
        of conversation: Conversation, to body: inout ObjectWriter, lost: inout Degradations
    ) {
        let tools = ResponsesTools.encode(
            conversation.tools, family: conversation.family, lost: &lost)
        guard !tools.isEmpty else {
            switch conversation.toolChoice {
            case .required, .tool, .allowed(_, required: true): lost.note("tool_choice")
            default: break
            }
            return
        }
        body.add("tools", .array(tools))
        if let choice = conversation.toolChoice {
            let written = ResponsesTools.encode(choice, among: conversation.tools)
            if written == nil { lost.note("tool_choice") }
            body.add("tool_choice", written)
        }
        body.add("parallel_tool_calls", conversation.parallelToolCalls)
        body.add("max_tool_calls", ResponsesTools.maximumUses(conversation.tools, lost: &lost))
    }

    private func addReasoning(
        of conversation: Conversation, _ model: OpenAIModel, to body: inout ObjectWriter,
        lost: inout Degradations
    ) {
        guard model.takesEffort else {
            let isOff = conversation.reasoning?.effortWord == "none"
            if !isOff { lost.note("reasoning", unlessNil: conversation.reasoning) }
            return
        }
        body.add("include", ["reasoning.encrypted_content"])
        guard let request = conversation.reasoning else { return }
        var reasoning = ObjectWriter()
        if let wanted = request.effortWord {
            let effort = model.effort(nearest: wanted)
            if wanted == "none", effort != "none" { lost.note("reasoning") }
            reasoning.add("effort", effort)
        }
        reasoning.add("summary", summary(request))
        if !reasoning.isEmpty { body.add("reasoning", reasoning.value) }
    }

    /// The summary to ask for. Not where nobody asked: some accounts may not have one.
    private func summary(_ request: ReasoningRequest) -> String? {
        if let summary = request.summary { return summary }
        switch (request.isShown, request.mode) {
        case (false, _), (_, .off): return nil
        case (true, _), (nil, .adaptive), (nil, .budget): return "auto"
        case (nil, .unspecified): return nil
        }
    }

    private func addText(
        of conversation: Conversation, to body: inout ObjectWriter, lost: inout Degradations
    ) {
        var format = conversation.outputFormat
        // Other families hold their answers to every schema, this one only to some and when asked.
        if case .jsonSchema(let name, let description, let schema, nil)? = format,
            conversation.family != .openAI
        {
            let isStrict = OpenAISchema.isStrict(schema)
            if !isStrict { lost.note("strict") }
            format = .jsonSchema(
                name: name, description: description, schema: schema, strict: isStrict)
        }
        var text = ObjectWriter()
        text.add("format", ResponsesText.format(format))
        text.add("verbosity", conversation.verbosity)
        if !text.isEmpty { body.add("text", text.value) }
    }

    private func addSampling(
        of conversation: Conversation, _ model: OpenAIModel, to body: inout ObjectWriter,
        lost: inout Degradations
    ) {
        let sampling = conversation.sampling
        if model.isReasoning {
            note("temperature", sampling.temperature, unless: 1, in: &lost)
            note("top_p", sampling.topP, unless: 1, in: &lost)
        } else {
            body.add("temperature", sampling.temperature)
            body.add("top_p", sampling.topP)
        }
        var limit = conversation.maxOutputTokens
        // The least the API takes.
        if let tokens = limit?.int, tokens < 16 {
            limit = JSONNumber(16)
            lost.note("max_tokens")
        }
        body.add("max_output_tokens", limit)
        lost.note("top_k", unlessNil: sampling.topK)
        lost.note("seed", unlessNil: sampling.seed)
        note("presence_penalty", sampling.presencePenalty, unless: 0, in: &lost)
        note("frequency_penalty", sampling.frequencyPenalty, unless: 0, in: &lost)
        if sampling.logitBias != [:] { lost.note("logit_bias", unlessNil: sampling.logitBias) }
        if !sampling.stopSequences.isEmpty { lost.note("stop_sequences") }
        // Answers have no place for them.
        if sampling.logprobs == true { lost.note("logprobs") }
        if sampling.topLogprobs?.int ?? 0 != 0 { lost.note("top_logprobs") }
        if sampling.candidateCount?.int ?? 1 != 1 { lost.note("n") }
        if conversation.modalities.contains(where: { $0 != "text" }) { lost.note("modalities") }
    }

    /// Notes the loss of a number, unless it is what the provider does anyway.
    private func note(
        _ name: String, _ number: JSONNumber?, unless usual: Double, in lost: inout Degradations
    ) {
        if let number, number.double != usual { lost.note(name) }
    }

    private func addAccount(
        of conversation: Conversation, to body: inout ObjectWriter, lost: inout Degradations
    ) {
        let isOpenAI = conversation.family == .openAI
        body.add("user", conversation.userID.map(OpenAIUser.name))
        body.add("safety_identifier", conversation.safetyIdentifier.map(OpenAIUser.name))
        body.add("prompt_cache_key", conversation.promptCacheKey)
        body.add(
            "service_tier",
            ServiceTier.request(
                conversation.serviceTier, of: conversation.family, to: .openAI, lost: &lost))
        if isOpenAI {
            body.add("metadata", conversation.metadata)
        } else {
            lost.note("metadata", unlessNil: conversation.metadata)
        }
    }

    private func addExtras(
        of conversation: Conversation, to body: inout ObjectWriter, lost: inout Degradations
    ) {
        for extra in conversation.extras where Self.chatOnly.contains(extra.key) {
            lost.note(extra.key)
        }
        body.add(conversation.extras.filter { !Self.chatOnly.contains($0.key) })
    }
}
