import AgentRouteWire

/// Reads `generationConfig`.
enum GeminiConfigReader {
    private static let known: Set<String> = [
        "temperature", "topP", "topK", "maxOutputTokens", "stopSequences", "candidateCount", "seed",
        "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "responseMimeType",
        "responseSchema", "responseJsonSchema", "responseFormat", "responseModalities",
        "thinkingConfig",
    ]

    static func read(
        _ config: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        conversation.sampling = try sampling(config)
        conversation.maxOutputTokens = try config.field("maxOutputTokens")?.integer(atLeast: 1)
        conversation.reasoning = try thinking(config)
        if let thinking = try config.field("thinkingConfig") {
            conversation.extras += try thinking.fields(
                except: ["includeThoughts", "thinkingBudget", "thinkingLevel"])
        }
        var modalities: [String] = []
        for modality in try config.field("responseModalities")?.elements() ?? [] {
            modalities.append(try modality.string().lowercased())
        }
        conversation.modalities = modalities == ["text"] ? [] : modalities
        conversation.extras += try config.fields(except: known)
        try readFormat(config, into: &conversation)
    }

    private static func sampling(_ config: RequestReader) throws(RequestFault) -> Sampling {
        var sampling = Sampling()
        sampling.temperature = try config.field("temperature")?.number()
        sampling.topP = try config.field("topP")?.number()
        sampling.topK = try config.field("topK")?.number()
        sampling.seed = try config.field("seed")?.number()
        sampling.presencePenalty = try config.field("presencePenalty")?.number()
        sampling.frequencyPenalty = try config.field("frequencyPenalty")?.number()
        sampling.logprobs = try config.field("responseLogprobs")?.bool()
        sampling.topLogprobs = try config.field("logprobs")?.integer(atLeast: 0)
        sampling.candidateCount = try config.field("candidateCount")?.integer(atLeast: 1)
        for sequence in try config.field("stopSequences")?.elements() ?? [] {
            sampling.stopSequences.append(try sequence.string())
        }
        return sampling
    }

    private static func thinking(_ config: RequestReader) throws(RequestFault) -> ReasoningRequest?
    {
        guard let thinking = try config.field("thinkingConfig") else { return nil }
        var request = ReasoningRequest()
        request.isShown = try thinking.field("includeThoughts")?.bool()
        if let budget = try thinking.field("thinkingBudget")?.integer(atLeast: -1) {
            switch budget.int {
            case -1: request.mode = .adaptive
            case 0: request.mode = .off
            default: request.mode = .budget(budget)
            }
        }
        let level = try thinking.field("thinkingLevel")?.string().lowercased()
        request.effort = level == "thinking_level_unspecified" ? nil : level
        return request
    }

    private static func readFormat(
        _ config: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        var schema = try config.field("responseJsonSchema")?.object()
        if schema == nil, let own = try config.field("responseSchema") {
            schema = GeminiSchema.jsonSchema(try own.object())
        }
        var mediaType = try config.field("responseMimeType")?.string() ?? ""
        if let format = try config.field("responseFormat") {
            let text = try format.field("text")
            schema = try text?.field("schema")?.object() ?? schema
            mediaType = try text?.field("mimeType")?.string().lowercased() ?? mediaType
            if mediaType == "application_json" { mediaType = "application/json" }
            if mediaType == "text_plain" { mediaType = "text/plain" }
            conversation.extras += try format.fields(except: ["text"])
        }
        switch mediaType {
        case "application/json", "":
            if let schema {
                conversation.outputFormat = .jsonSchema(
                    name: nil, description: nil, schema: schema, strict: nil)
            } else if !mediaType.isEmpty {
                conversation.outputFormat = .jsonObject
            }
        case "text/plain": return
        // One word of an `enum`, say: no other wire has it but in words.
        default:
            conversation.extras.append(
                JSONMember(key: "responseMimeType", value: .string(mediaType)))
            guard let schema else { return }
            conversation.extras.append(JSONMember(key: "responseJsonSchema", value: schema))
            let words = (schema["enum"]?.array ?? []).compactMap(\.string)
            if mediaType == "text/x.enum", !words.isEmpty {
                let list = words.joined(separator: ", ")
                conversation.instructions.append(
                    .text("Answer with exactly one of these, and nothing else: \(list)"))
            }
        }
    }
}
