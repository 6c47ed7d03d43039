import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Gemini: a provider's answer")
struct GeminiDecoderTests {
    /// A chunk with `parts` and more members of its candidate.
    private func chunk(_ parts: String, _ more: String = "") -> String {
        #"{"candidates":[{"content":{"parts":[\#(parts)],"role":"model"},"index":0\#(more)}],"#
            + #""modelVersion":"gemini-3-pro","responseId":"r1"}"#
    }

    private let start = StreamEvent.start(id: "r1", model: "gemini-3-pro")
    private let stop = #","finishReason":"STOP""#
    private let end: [StreamEvent] = [.stop(.endTurn), .end]

    private func usage(
        input: Int? = nil, cacheRead: Int? = nil, output: Int? = nil, reasoning: Int? = nil
    ) -> StreamEvent {
        var usage = Usage()
        usage.input = input
        usage.cacheRead = cacheRead
        usage.output = output
        usage.reasoning = reasoning
        return .usage(usage)
    }

    private let thoughtsEnd = StreamEvent.blockEnd(seal: ["on": "thoughts"])

    // MARK: Content

    @Test("thoughts, then text, in pieces")
    func text() {
        let events = GeminiKit.events([
            chunk(#"{"text":"th","thought":true}"#), chunk(#"{"text":"a"},{"text":"\nb"}"#),
            chunk(#"{"text":""}"#, stop),
        ])
        #expect(
            events == [start, .reasoning("th"), thoughtsEnd, .text("a"), .text("\nb")] + end)
    }

    @Test("thoughts without a signature are sealed as this model's, once, whatever follows")
    func unsignedThoughts() {
        let thought = chunk(#"{"text":"t","thought":true}"#)
        let sealed = [start, .reasoning("t"), thoughtsEnd]
        #expect(GeminiKit.events([thought, chunk(#"{"text":""}"#, stop)]) == sealed + end)
        let call = GeminiKit.events([thought, chunk(#"{"functionCall":{"name":"f"}}"#, stop)])
        #expect(call.prefix(3) == sealed[...] && !call.dropFirst(3).contains(thoughtsEnd))
        let signed = #"{"functionCall":{"name":"f"},"thoughtSignature":"S"}"#
        #expect(!GeminiKit.events([thought, chunk(signed, stop)]).contains(thoughtsEnd))
        let trailing = chunk(#"{"text":"","thoughtSignature":"S"}"#, stop)
        #expect(!GeminiKit.events([thought, trailing]).contains(thoughtsEnd))
    }

    @Test("a call is whole, with its signature before it")
    func call() {
        let events = GeminiKit.events([
            chunk(
                #"{"functionCall":{"id":"c","name":"f","args":{"b":1e400,"a":[]}},"#
                    + #""thoughtSignature":"S"},{"functionCall":{"id":"d","name":"g"}}"#, stop)
        ])
        #expect(
            events == [
                start,
                .blockEnd(seal: ["thoughtSignature": "S", "on": "functionCall", "id": "c"]),
                .toolCall(key: 0, id: "c", name: "f", arguments: #"{"b":1e400,"a":[]}"#),
                .toolCallEnd(key: 0, arguments: nil),
                .toolCall(key: 1, id: "d", name: "g", arguments: "{}"),
                .toolCallEnd(key: 1, arguments: nil),
            ] + end)
    }

    @Test("calls without ids get ones of the answer's")
    func generatedIDs() {
        let call = #"{"functionCall":{"name":"f","args":{}}}"#
        let ids = GeminiKit.events([chunk(call), chunk(call, stop)]).compactMap { event in
            if case .toolCall(_, let id, _, _) = event { id } else { nil }
        }
        #expect(ids == ["call_r1_0", "call_r1_1"])
    }

    @Test(
        "a signature says which part it stands on",
        arguments: [
            (#"{"text":"t","thought":true,"thoughtSignature":"S"}"#, "thought"),
            (#"{"text":"t","thoughtSignature":"S"}"#, "text"),
            (#"{"text":"","thoughtSignature":"S"}"#, "emptyText"),
            (#"{"thoughtSignature":"S"}"#, "emptyText"),
        ])
    func signatures(part: String, place: String) {
        let seals = GeminiKit.events([chunk(part, stop)]).compactMap { event in
            if case .blockEnd(let seal) = event { seal } else { nil }
        }
        #expect(seals == [["thoughtSignature": "S", "on": .string(place)]])
    }

    @Test("parts only Google's wire knows are passed on as they came")
    func opaque() throws {
        let part = #"{"executableCode":{"code":"1"},"thoughtSignature":"S"}"#
        let block = OpaqueBlock(
            family: .google, type: "executableCode", value: try GeminiKit.json(part))
        #expect(GeminiKit.events([chunk(part, stop)]) == [start, .opaque(block)] + end)
    }

    @Test("the work of the provider's own tools comes back sealed")
    func ownTools() throws {
        let part = #"{"toolCall":{"id":"t","toolType":"URL_CONTEXT"},"thoughtSignature":"S"}"#
        let seal: JSONValue = ["on": "part", "part": try GeminiKit.json(part)]
        #expect(GeminiKit.events([chunk(part, stop)]) == [start, .blockEnd(seal: seal)] + end)
        let turn = Turn(.assistant, [GeminiKit.sealed("", seal), .text("a")])
        #expect(
            GeminiKit.contents([Turn(.user, [.text("hi")]), turn]).hasSuffix(
                #"{"role":"model","parts":[\#(part),{"text":"a"}]}]"#))
    }

    @Test("only the first candidate counts")
    func candidates() {
        let event = """
            {"candidates":[{"content":{"parts":[{"text":"b"}]},"index":1,"finishReason":"SAFETY"},
            {"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"responseId":"r1"}
            """
        #expect(GeminiKit.events([event]) == [.start(id: "r1", model: nil), .text("a")] + end)
    }

    @Test("sources are cited once, by characters where the wire counts bytes")
    func grounding() {
        let metadata = """
            ,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},
            {"web":{"uri":"https://b"}}],"groundingSupports":[{"segment":{"startIndex":3,
            "endIndex":6,"text":"bcd"},"groundingChunkIndices":[0,7]}]}
            """
        let events = GeminiKit.events([
            chunk(#"{"text":"é"}"#), chunk(#"{"text":"abcde"}"#, metadata),
            chunk(#"{"text":""}"#, metadata + stop),
        ])
        var first = Citation(url: "https://a", title: "A")
        first.range = 2..<5
        #expect(
            events == [
                start, .text("é"), .text("abcde"), .citation(first),
                .citation(Citation(url: "https://b")),
            ] + end)
    }

    @Test("sources that come after the signature of a text still belong to it")
    func groundingAfterSignature() {
        let metadata = #","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a"}}]}"#
        let seal = StreamEvent.blockEnd(seal: ["thoughtSignature": "S", "on": "text"])
        let said: [StreamEvent] = [start, .text("a"), .citation(Citation(url: "https://a")), seal]
        let signed = #"{"text":"a","thoughtSignature":"S"}"#
        #expect(GeminiKit.events([chunk(signed, metadata + stop)]) == said + end)
        #expect(
            GeminiKit.events([chunk(signed), chunk(#"{"text":""}"#, metadata + stop)])
                == said + end)
        #expect(
            GeminiKit.events([chunk(signed), chunk(#"{"text":"b"}"#, stop)])
                == [start, .text("a"), seal, .text("b")] + end)
    }

    // MARK: Usage and ends

    @Test("all of the prompt and all of the answer are counted")
    func usageCounts() {
        let counts = """
            {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":100,
            "cachedContentTokenCount":60,"toolUsePromptTokenCount":5,"candidatesTokenCount":7,
            "thoughtsTokenCount":3,"totalTokenCount":115}}
            """
        let events = GeminiKit.events([counts])
        #expect(events.contains(usage(input: 105, cacheRead: 60, output: 10, reasoning: 3)))
        let early = GeminiKit.events([#"{"usageMetadata":{"promptTokenCount":100}}"#])
        #expect(early.last == usage(input: 100))
    }

    @Test("usage may come after the end, and the reason to stop in every chunk")
    func lateUsage() {
        let events = GeminiKit.events([
            chunk(#"{"text":"a"}"#, stop), chunk(#"{"text":"b"}"#, stop),
            #"{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}"#,
        ])
        #expect(events == [start, .text("a"), .text("b"), usage(input: 1, output: 2)] + end)
    }

    @Test(
        "the reasons to stop",
        arguments: [
            ("MAX_TOKENS", StopReason.maxTokens), ("SAFETY", .refusal("SAFETY")),
            ("PROHIBITED_CONTENT", .refusal("PROHIBITED_CONTENT")),
            ("RECITATION", .refusal("RECITATION")), ("OTHER", .other("OTHER")),
            ("SOMETHING_NEW", .other("SOMETHING_NEW")),
        ])
    func stops(word: String, reason: StopReason) {
        let events = GeminiKit.events([chunk(#"{"text":"a"}"#, #","finishReason":"\#(word)""#)])
        #expect(events == [start, .text("a"), .stop(reason), .end])
    }

    @Test("a prompt that is blocked is a refusal")
    func blocked() {
        let events = GeminiKit.events([
            #"{"promptFeedback":{"blockReason":"SAFETY"},"responseId":"r1"}"#
        ])
        #expect(events == [.start(id: "r1", model: nil), .stop(.refusal("SAFETY")), .end])
    }

    @Test(
        "a stream without a reason to stop has no end",
        arguments: ["", #","finishReason":"FINISH_REASON_UNSPECIFIED""#])
    func cut(more: String) {
        #expect(GeminiKit.events([chunk(#"{"text":"a"}"#, more)]) == [start, .text("a")])
    }

    @Test("a closing word of gateways is no event")
    func done() {
        #expect(
            GeminiKit.events([chunk(#"{"text":"a"}"#, stop), "[DONE]"]) == [start, .text("a")] + end
        )
    }

    // MARK: Failures

    @Test("the model's malformed calls are failures, after which nothing comes")
    func malformedCall() {
        let reason =
            #","finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print(f(""#
        let events = GeminiKit.events([
            chunk(#"{"text":"a"}"#), chunk("", reason), chunk(#"{"text":"b"}"#, stop),
        ])
        guard case .failure(let failure)? = events.last else {
            Issue.record("no failure")
            return
        }
        #expect(events.count == 3)
        #expect(failure.kind == .server)
        #expect(failure.code == "MALFORMED_FUNCTION_CALL")
        #expect(failure.message.hasSuffix("print(f("))
    }

    @Test("an error in the stream keeps the provider's words")
    func errorChunk() {
        let events = GeminiKit.events([
            chunk(#"{"text":"a"}"#),
            #"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#,
        ])
        var failure = ProviderFailure(
            .overloaded, status: 503, message: "The model is overloaded.")
        failure.type = "UNAVAILABLE"
        #expect(events.last == .failure(failure))
    }

    @Test(
        "what is no event of the wire is a failure",
        arguments: [
            "{", "[]", "1", "{}", #"{"choices":[]}"#,
            #"{"candidates":[{"content":{"parts":[{"functionCall":{"args":{}}}]}}]}"#,
            #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","#
                + #""willContinue":true}}]}}]}"#,
        ])
    func malformed(event: String) {
        guard case .failure(let failure)? = GeminiKit.events([event]).last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.status == 502)
    }

    // MARK: Whole bodies

    @Test("a whole body says what its stream would")
    func whole() throws {
        let body = chunk(#"{"text":"t","thought":true},{"text":"a"}"#, stop)
        #expect(
            try GeminiKit.whole(body) == [start, .reasoning("t"), thoughtsEnd, .text("a")] + end)
        #expect(try GeminiKit.whole("[\(body)]") == GeminiKit.whole(body))
    }

    @Test(
        "a body that is an error, or no answer, is a failure",
        arguments: [
            (#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}"#, 400),
            (#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]"#, 429),
            (#"{"ok":true}"#, 502), ("[]", 502), (#""text""#, 502),
            (#"{"usageMetadata":{"promptTokenCount":1}}"#, 502),
            (#"{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}"#, 502),
        ])
    func noAnswer(body: String, status: Int) throws {
        let events = try GeminiKit.whole(body)
        guard case .failure(let failure)? = events.last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.status == status)
    }

    @Test("what stands beside the content is told to be lost, once, and only if it says something")
    func asides() {
        func chunk(_ probability: String) -> String {
            #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"groundingMetadata":"#
                + #"{"webSearchQueries":["q"],"searchEntryPoint":{"renderedContent":"<div>"}},"#
                + #""safetyRatings":[{"category":"C","probability":"\#(probability)"}],"#
                + #""finishReason":"STOP"}]}"#
        }
        func types(_ events: [StreamEvent]) -> [String] {
            events.compactMap { if case .opaque(let block) = $0 { block.type } else { nil } }
        }
        let quiet = chunk("NEGLIGIBLE")
        #expect(
            types(GeminiKit.events([quiet, quiet])) == ["webSearchQueries", "searchEntryPoint"])
        #expect(types(GeminiKit.events([chunk("HIGH")])).last == "safetyRatings")
    }

    @Test("a blocked prompt is told with the provider's words, whether or not candidates are named")
    func blockedPrompt() throws {
        for candidates in ["", #""candidates":[],"#] {
            let events = try GeminiKit.whole(
                "{\(candidates)"
                    + #""promptFeedback":{"blockReason":"SAFETY","blockReasonMessage":"no"}}"#)
            #expect(events.contains(.refusal("no")))
            #expect(events.suffix(2) == [.stop(.refusal("SAFETY")), .end])
        }
    }

    @Test("tokens of sound are counted apart")
    func soundTokens() throws {
        let events = try GeminiKit.whole(
            #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"#
                + #""usageMetadata":{"promptTokenCount":9,"promptTokensDetails":[{"modality":"TEXT","#
                + #""tokenCount":5},{"modality":"AUDIO","tokenCount":4}]}}"#)
        var usage = Usage()
        usage.input = 9
        usage.inputAudio = 4
        #expect(events.contains(.usage(usage)))
        let told = GeminiResponse.usage(usage, inputEstimate: nil)
        #expect(
            told["promptTokensDetails"]
                == [
                    ["modality": "TEXT", "tokenCount": 5], ["modality": "AUDIO", "tokenCount": 4],
                ])
    }
}
