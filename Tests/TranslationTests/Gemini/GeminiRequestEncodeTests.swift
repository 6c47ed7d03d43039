import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: a provider's request")
struct GeminiRequestEncodeTests {
    @Test("a plain request has the system prompt, the contents and nothing else")
    func plain() throws {
        var conversation = GeminiKit.conversation([
            Turn(.user, [.text("a"), .text("b")]), Turn(.assistant, [.text("c")]),
            Turn(.user, [.text("d")]), Turn(.user, [.text("e")]),
        ])
        conversation.instructions = [.text("s1"), .text("s2")]
        let (body, lost) = GeminiKit.encode(conversation)
        #expect(
            GeminiKit.text(body)
                == #"{"systemInstruction":{"parts":[{"text":"s1"},{"text":"s2"}]},"contents":["#
                + #"{"role":"user","parts":[{"text":"a"},{"text":"b"}]},"#
                + #"{"role":"model","parts":[{"text":"c"}]},"#
                + #"{"role":"user","parts":[{"text":"d"},{"text":"e"}]}]}"#)
        #expect(lost.isEmpty)
    }

    @Test("a conversation begins with the user, even an empty one")
    func userFirst() {
        let empty = #"[{"role":"user","parts":[{"text":"(no message)"}]}"#
        #expect(GeminiKit.contents([]) == empty + "]")
        #expect(
            GeminiKit.contents([Turn(.assistant, [.text("a")])])
                == empty + #",{"role":"model","parts":[{"text":"a"}]}]"#)
    }

    @Test("parameters by their names, numbers digit by digit")
    func parameters() throws {
        var conversation = GeminiKit.conversation()
        let number = { (text: String) in try? JSONValue.parse(Array(text.utf8)) }
        guard case .number(let temperature)? = number("0.10") else { return }
        conversation.sampling.temperature = temperature
        conversation.sampling.topP = JSONNumber(1)
        conversation.sampling.topK = JSONNumber(40)
        conversation.sampling.seed = JSONNumber(7)
        conversation.sampling.presencePenalty = JSONNumber(1)
        conversation.sampling.frequencyPenalty = JSONNumber(-1)
        conversation.sampling.stopSequences = ["1", "2", "3", "4", "5", "6"]
        conversation.maxOutputTokens = JSONNumber(64)
        conversation.modalities = ["text", "image"]
        let (body, lost) = GeminiKit.encode(conversation)
        #expect(
            GeminiKit.text(body["generationConfig"] ?? .null)
                == #"{"temperature":0.10,"topP":1,"topK":40,"maxOutputTokens":64,"#
                + #""stopSequences":["1","2","3","4","5"],"seed":7,"presencePenalty":1,"#
                + #""frequencyPenalty":-1}"#)
        #expect(lost == ["stop_sequences", "modalities"])
    }

    @Test("what the wire cannot say is named")
    func losses() {
        var conversation = GeminiKit.conversation()
        conversation.sampling.logitBias = [:]
        conversation.sampling.logprobs = true
        conversation.sampling.topLogprobs = JSONNumber(2)
        conversation.sampling.candidateCount = JSONNumber(3)
        conversation.userID = "u"
        conversation.metadata = [:]
        conversation.promptCacheKey = "k"
        conversation.verbosity = "low"
        conversation.store = true
        conversation.parallelToolCalls = false
        conversation.serviceTier = "scale"
        conversation.turns[0].name = "n"
        conversation.turns[0].phase = "p"
        #expect(
            GeminiKit.encode(conversation).lost == [
                "service_tier", "logit_bias", "logprobs", "top_logprobs", "n", "user", "metadata",
                "prompt_cache_key", "verbosity", "store", "parallel_tool_calls",
                "participant_names", "phase",
            ])
    }

    @Test("defaults in other words are no loss")
    func noLosses() {
        var conversation = GeminiKit.conversation()
        conversation.store = false
        conversation.parallelToolCalls = true
        conversation.serviceTier = "auto"
        conversation.sampling.candidateCount = JSONNumber(1)
        conversation.sampling.logprobs = false
        conversation.modalities = ["text"]
        let (body, lost) = GeminiKit.encode(conversation)
        #expect(lost.isEmpty)
        #expect(body.object?.map(\.key) == ["contents"])
    }

    @Test(
        "thinking in the words of each generation",
        arguments: [
            ("gemini-3-pro-preview", .unspecified, "medium", "level high, shown"),
            ("gemini-3.1-pro", .unspecified, "medium", "level medium, shown"),
            ("gemini-3-flash", .unspecified, "xhigh", "level high, shown"),
            ("gemini-3-flash", .off, nil, "level minimal"),
            ("gemini-3-pro", .off, nil, "level low"),
            ("gemini-flash-latest", .budget(JSONNumber(2000)), nil, "level low, shown"),
            ("gemini-3-pro", .adaptive, nil, "shown"),
            ("models/gemini-2.5-pro", .budget(JSONNumber(2000)), nil, "budget 2000, shown"),
            ("gemini-2.5-flash", .budget(JSONNumber(99999)), nil, "budget 24576, shown"),
            ("gemini-2.5-flash", .off, nil, "budget 0"),
            ("gemini-2.5-pro", .off, nil, "budget 128"),
            ("gemini-2.5-pro", .adaptive, nil, "budget -1, shown"),
            ("gemini-2.5-pro", .unspecified, "low", "budget 4096, shown"),
            ("gemini-2.5-pro", .unspecified, nil, "shown"),
        ] as [(String, ReasoningRequest.Mode, String?, String)])
    func thinking(
        model: String, mode: ReasoningRequest.Mode, effort: String?, expected: String
    ) {
        var conversation = GeminiKit.conversation()
        conversation.reasoning = ReasoningRequest(mode: mode, effort: effort)
        let (body, lost) = GeminiKit.encode(conversation, model: model)
        let config = body["generationConfig"]?["thinkingConfig"]
        let words = [
            config?["thinkingLevel"]?.string.map { "level \($0)" },
            config?["thinkingBudget"]?.int.map { "budget \($0)" },
            config?["includeThoughts"] == true ? "shown" : nil,
        ]
        #expect(words.compactMap(\.self).joined(separator: ", ") == expected)
        #expect(lost == (mode == .off && model.hasSuffix("pro") ? ["reasoning"] : []))
    }

    @Test(
        "a short answer leaves room beside its thoughts, as far as the model lets it",
        arguments: [
            ("gemini-2.5-flash", 100, 50), ("gemini-2.5-flash-lite", 100, 512),
            ("gemini-2.5-pro", 1000, 500), ("gemini-2.5-pro", 9000, 4096),
        ])
    func shortAnswers(model: String, most: Int, budget: Int) {
        var conversation = GeminiKit.conversation()
        conversation.reasoning = ReasoningRequest(effort: "low")
        conversation.maxOutputTokens = JSONNumber(most)
        let config = GeminiKit.encode(conversation, model: model).body["generationConfig"]
        #expect(config?["thinkingConfig"]?["thinkingBudget"]?.int == budget)
    }

    @Test("thoughts that are not to be shown are not asked for")
    func hiddenThoughts() {
        var conversation = GeminiKit.conversation()
        conversation.reasoning = ReasoningRequest(effort: "low")
        conversation.reasoning?.isShown = false
        let (body, _) = GeminiKit.encode(conversation, model: "gemini-3-pro")
        #expect(body["generationConfig"]?["thinkingConfig"] == ["thinkingLevel": "low"])
    }

    @Test("a model that does not think is not asked to, and that is said")
    func noThinking() {
        var conversation = GeminiKit.conversation()
        conversation.reasoning = ReasoningRequest(effort: "low")
        let (body, lost) = GeminiKit.encode(conversation, model: "gemini-2.0-flash")
        #expect(body["generationConfig"] == nil)
        #expect(lost == ["reasoning"])
    }

    @Test("a JSON answer by its schema")
    func format() {
        var conversation = GeminiKit.conversation()
        conversation.outputFormat = .jsonSchema(
            name: "n", description: "d", schema: ["$schema": "x", "type": "object"], strict: true)
        #expect(
            GeminiKit.encode(conversation).body["generationConfig"] == [
                "responseMimeType": "application/json",
                "responseJsonSchema": ["type": "object", "description": "d"],
            ])
        conversation.outputFormat = .jsonObject
        #expect(
            GeminiKit.encode(conversation).body["generationConfig"]
                == ["responseMimeType": "application/json"])
    }

    @Test("before the third generation a JSON answer besides functions is asked for in words")
    func formatInWords() {
        var conversation = GeminiKit.conversation()
        conversation.tools = [Tool(ToolName("f"), kind: .function(schema: nil))]
        conversation.outputFormat = .jsonSchema(
            name: nil, description: nil, schema: ["type": "object"], strict: nil)
        let (body, lost) = GeminiKit.encode(conversation)
        #expect(body["generationConfig"] == nil)
        #expect(lost == ["response_format"])
        #expect(GeminiKit.text(body["systemInstruction"] ?? .null).contains(#"type\":\"object"#))
        let (newer, none) = GeminiKit.encode(conversation, model: "gemini-3-pro")
        #expect(newer["generationConfig"]?["responseMimeType"] == "application/json")
        #expect(none.isEmpty)
    }

    @Test("Google's own members go back to where they were")
    func extras() {
        var conversation = GeminiKit.conversation()
        conversation.family = .google
        conversation.extras = [
            JSONMember(key: "mediaResolution", value: "LOW"),
            JSONMember(key: "cachedContent", value: "c"),
            JSONMember(key: "videoMetadata", value: ["fps": 1]),
        ]
        let (body, lost) = GeminiKit.encode(conversation)
        #expect(body["generationConfig"] == ["mediaResolution": "LOW"])
        #expect(body["cachedContent"] == "c")
        #expect(lost == ["videoMetadata"])
    }

    @Test("a count is asked for the whole request")
    func count() throws {
        let (body, _) = GeminiKit.encode(GeminiKit.conversation())
        let upstream = GeminiKit.upstream("models/gemini-2.5-pro")
        #expect(
            GeminiKit.codec.encodeCount(body, for: upstream) == [
                "generateContentRequest": [
                    "model": "models/gemini-2.5-pro",
                    "contents": [["role": "user", "parts": [["text": "hi"]]]],
                ]
            ])
        #expect(GeminiKit.codec.decodeCount(["totalTokens": 12]) == 12)
        #expect(GeminiKit.codec.decodeCount([:]) == nil)
        #expect(GeminiKit.codec.encodeCountAnswer(12) == ["totalTokens": 12])
    }
}
