import AgentRouteWire

/// Writes a provider's `GenerateContentRequest`.
struct GeminiRequestWriter {
    let conversation: Conversation
    let model: GeminiModel

    func write(_ lost: inout Degradations) -> JSONValue {
        var request = ObjectWriter()
        var tools = GeminiToolsWriter(conversation: conversation, model: model)
        let declarations = tools.declarations(&lost)
        let toolConfig = tools.config(&lost)
        let config = generationConfig(&lost)
        var notices = tools.notices
        if let wish = unmetFormat(&lost) { notices.append(wish) }
        request.add("systemInstruction", instructions(notices))
        var contents = GeminiContentsWriter(model: model)
        request.add("contents", contents.write(conversation.turns, &lost))
        request.add("tools", declarations)
        request.add("toolConfig", toolConfig)
        request.add("generationConfig", config)
        request.add(
            "serviceTier",
            ServiceTier.request(
                conversation.serviceTier, of: conversation.family, to: .google, lost: &lost))
        request.add(ownExtras(&lost))
        noteUnsaid(&lost)
        return request.value
    }

    private func instructions(_ notices: [String]) -> JSONValue? {
        let texts = conversation.instructions.compactMap(\.text).filter { !$0.isEmpty } + notices
        guard !texts.isEmpty else { return nil }
        return ["parts": .array(texts.map { ["text": .string($0)] })]
    }

    // MARK: Configuration

    private func generationConfig(_ lost: inout Degradations) -> JSONValue? {
        let sampling = conversation.sampling
        var config = ObjectWriter()
        config.add("temperature", sampling.temperature)
        config.add("topP", sampling.topP)
        config.add("topK", sampling.topK)
        config.add("maxOutputTokens", conversation.maxOutputTokens)
        config.add("stopSequences", stopSequences(&lost))
        config.add("seed", sampling.seed)
        config.add("presencePenalty", sampling.presencePenalty)
        config.add("frequencyPenalty", sampling.frequencyPenalty)
        config.add("responseModalities", modalities(&lost))
        if let format = conversation.outputFormat, takesFormat {
            config.add("responseMimeType", "application/json")
            config.add("responseJsonSchema", format.describedSchema.map(GeminiSchema.accepted))
        }
        config.add("thinkingConfig", thinking(&lost))
        config.add(conversation.family == .google ? configExtras : [])
        guard !config.isEmpty else { return nil }
        return config.value
    }

    /// What another family's client could not be given is not asked for.
    private func modalities(_ lost: inout Degradations) -> JSONValue? {
        var modalities = conversation.modalities
        if conversation.family != .google {
            // Pictures have a place in the answers of OpenAI's family.
            modalities.removeAll {
                $0 != "text" && ($0 != "image" || conversation.family != .openAI)
            }
            if modalities.count < conversation.modalities.count { lost.note("modalities") }
        }
        guard modalities.contains(where: { $0 != "text" }) else { return nil }
        return .array(modalities.map { .string($0.uppercased()) })
    }

    /// Google takes five.
    private func stopSequences(_ lost: inout Degradations) -> JSONValue? {
        let sequences = conversation.sampling.stopSequences
        guard !sequences.isEmpty else { return nil }
        if sequences.count > 5 { lost.note("stop_sequences") }
        return .array(sequences.prefix(5).map { .string($0) })
    }

    private func thinking(_ lost: inout Degradations) -> JSONValue? {
        guard let request = conversation.reasoning else { return nil }
        let isOff = request.effortWord == "none"
        guard model.thinks else {
            if !isOff { lost.note("reasoning") }
            return nil
        }
        if isOff, model.alwaysThinks { lost.note("reasoning") }
        var config = ObjectWriter()
        if model.takesThinkingLevel {
            config.add("thinkingLevel", request.effortWord.map(model.level))
        } else if isOff {
            config.add("thinkingBudget", model.budget(0))
        } else if request.effortWord != nil {
            config.add("thinkingBudget", model.budget(thinkingTokens(request)))
        } else if request.mode == .adaptive {
            config.add("thinkingBudget", -1)
        }
        if !isOff, request.isShown != false { config.add("includeThoughts", true) }
        guard !config.isEmpty else { return nil }
        return config.value
    }

    /// The budget asked for, and some room for an answer beside it.
    private func thinkingTokens(_ request: ReasoningRequest) -> Int {
        let most = conversation.maxOutputTokens?.int
        let tokens = request.budget(maxOutputTokens: most)
        guard let most, tokens >= most else { return tokens }
        return max(1, most / 2)
    }

    // MARK: The form of the answer

    /// Before the third generation, JSON answers and functions exclude each other.
    private var takesFormat: Bool {
        model.combinesFunctions || !conversation.tools.contains { $0.isFunction }
    }

    /// The wish for JSON in words, where it cannot be said otherwise.
    private func unmetFormat(_ lost: inout Degradations) -> String? {
        guard let format = conversation.outputFormat, !takesFormat else { return nil }
        lost.note("response_format")
        return format.wish
    }

    // MARK: What has no place

    private func noteUnsaid(_ lost: inout Degradations) {
        let sampling = conversation.sampling
        lost.note("logit_bias", unlessNil: sampling.logitBias)
        // The answer would have them, but no answer between wires does.
        if sampling.logprobs == true { lost.note("logprobs") }
        lost.note("top_logprobs", unlessNil: sampling.topLogprobs)
        if let count = sampling.candidateCount?.int, count > 1 { lost.note("n") }
        lost.note("user", unlessNil: conversation.userID)
        lost.note("safety_identifier", unlessNil: conversation.safetyIdentifier)
        lost.note("metadata", unlessNil: conversation.metadata)
        lost.note("prompt_cache_key", unlessNil: conversation.promptCacheKey)
        lost.note("verbosity", unlessNil: conversation.verbosity)
        if conversation.store == true { lost.note("store") }
        if conversation.parallelToolCalls == false { lost.note("parallel_tool_calls") }
        if conversation.turns.contains(where: { $0.name != nil }) { lost.note("participant_names") }
        if conversation.turns.contains(where: { $0.phase != nil }) { lost.note("phase") }
    }

    // MARK: Google's own

    private static let configKeys: Set<String> = [
        "mediaResolution", "speechConfig", "imageConfig", "responseFormat", "responseMimeType",
        "responseJsonSchema", "enableEnhancedCivicAnswers", "audioTimestamp", "translationConfig",
    ]

    private static let topKeys: Set<String> = ["safetySettings", "cachedContent", "labels"]

    private var configExtras: [JSONMember] {
        conversation.extras.filter { Self.configKeys.contains($0.key) }
    }

    private func ownExtras(_ lost: inout Degradations) -> [JSONMember] {
        guard conversation.family == .google else { return [] }
        return conversation.extras.filter { extra in
            if Self.topKeys.contains(extra.key) { return true }
            if !Self.configKeys.contains(extra.key) { lost.note(extra.key) }
            return false
        }
    }
}

extension Tool {
    /// Whether the client runs it.
    var isFunction: Bool {
        switch kind {
        case .function, .custom: true
        case .server: false
        }
    }
}
