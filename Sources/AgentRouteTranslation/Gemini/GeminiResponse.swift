import AgentRouteWire

/// A `GenerateContentResponse` that ends an answer.
struct GeminiResponse {
    var parts: [JSONValue]
    var stop: StopReason
    var grounding: JSONValue?
    var usage: JSONValue

    func value(model: String, id: String) -> JSONValue {
        var candidate = ObjectWriter()
        candidate.add("content", ["parts": .array(parts), "role": "model"])
        candidate.add("finishReason", GeminiStop.word(stop))
        candidate.add("index", 0)
        candidate.add("groundingMetadata", grounding)
        return [
            "candidates": [candidate.value], "usageMetadata": usage,
            "modelVersion": .string(model), "responseId": .string(id),
        ]
    }

    /// `usageMetadata`; `inputEstimate` stands in where the provider did not count the prompt.
    static func usage(_ usage: Usage, inputEstimate: Int?) -> JSONValue {
        let input = usage.input ?? inputEstimate
        var result = ObjectWriter()
        result.add("promptTokenCount", input)
        result.add("cachedContentTokenCount", usage.cacheRead)
        result.add("candidatesTokenCount", usage.output.map { max(0, $0 - (usage.reasoning ?? 0)) })
        result.add("thoughtsTokenCount", usage.reasoning)
        result.add("totalTokenCount", (input ?? 0) + (usage.output ?? 0))
        result.add("promptTokensDetails", details(sound: usage.inputAudio, of: input))
        result.add("candidatesTokensDetails", details(sound: usage.outputAudio, of: usage.output))
        return result.value
    }

    /// The tokens by modality, where some are of sound.
    private static func details(sound: Int?, of all: Int?) -> JSONValue? {
        guard let sound, sound > 0 else { return nil }
        let text = max(0, (all ?? 0) - sound)
        return [
            ["modality": "TEXT", "tokenCount": .number(JSONNumber(text))],
            ["modality": "AUDIO", "tokenCount": .number(JSONNumber(sound))],
        ]
    }
}

/// The arguments of a call as the object this wire has.
enum GeminiArguments {
    static func write(_ input: ToolCall.Input, into writer: inout ByteWriter) {
        // As they came, unless a line break in them would end the event.
        if case .json(let text) = input, text.utf8.first == UInt8(ascii: "{"),
            !text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D })
        {
            writer.append(text)
        } else {
            value(input).write(into: &writer)
        }
    }

    /// Arguments that are no object become the member `input` of one.
    static func value(_ input: ToolCall.Input) -> JSONValue {
        switch input {
        case .text(let text): return ["input": .string(text)]
        case .json(let text):
            if text.isEmpty { return [:] }
            guard let value = try? JSONValue.parse(Array(text.utf8)) else {
                return ["input": .string(text)]
            }
            return value.object == nil ? ["input": value] : value
        }
    }
}
