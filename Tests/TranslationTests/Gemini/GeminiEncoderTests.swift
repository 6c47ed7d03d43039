import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: an answer to a client")
struct GeminiEncoderTests {
    private let start = OutputEvent.start(AnswerStart(id: "r1", model: "m", inputEstimate: 9))
    private let tail = #","role":"model"},"index":0}],"modelVersion":"m","responseId":"r1"}"#

    private var usage: Usage {
        var usage = Usage()
        usage.input = 100
        usage.cacheRead = 60
        usage.output = 10
        usage.reasoning = 3
        return usage
    }

    private let seal = ReasoningSeal.foreign("U0VBTA==")

    private func call(_ arguments: String = #"{"x":1.0}"#) -> ToolCall {
        ToolCall(id: "c", name: ToolName("f"), input: .json(arguments))
    }

    /// The parts of all chunks of `stream`.
    private func parts(_ stream: String) throws -> [String] {
        try GeminiKit.chunks(stream).flatMap { chunk in
            (chunk["candidates"]?.array?.first?["content"]?["parts"]?.array ?? [])
                .map { GeminiKit.text($0) }
        }
    }

    @Test("each piece of text is a chunk, the last one says why it stopped and what was used")
    func text() {
        let stream = GeminiKit.stream([
            start, .open(index: 0, .text), .delta(index: 0, "a\n"), .delta(index: 0, "\"b"),
            .close(index: 0, seal: nil), .finish(.endTurn, usage),
        ])
        #expect(
            stream == #"data: {"candidates":[{"content":{"parts":[{"text":"a\n"}]\#(tail)"#
                + "\n\n"
                + #"data: {"candidates":[{"content":{"parts":[{"text":"\"b"}]\#(tail)"# + "\n\n"
                + #"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"#
                + #""finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":100,"#
                + #""cachedContentTokenCount":60,"candidatesTokenCount":7,"thoughtsTokenCount":3,"#
                + #""totalTokenCount":110},"modelVersion":"m","responseId":"r1"}"# + "\n\n")
    }

    @Test("without events the stream is one array, whose elements are the chunks")
    func array() throws {
        let stream = GeminiKit.stream(
            [
                start, .open(index: 0, .text), .delta(index: 0, "a"), .close(index: 0, seal: nil),
                .finish(.endTurn, usage),
            ], wantsEvents: false)
        #expect(stream.hasPrefix(#"[{"candidates""#))
        #expect(stream.contains("}\n,\r\n{"))
        #expect(stream.hasSuffix("}\n]"))
        #expect(try GeminiKit.json(stream).array?.count == 2)
    }

    @Test("a failure ends either form in good order", arguments: [true, false])
    func failure(wantsEvents: Bool) throws {
        let failure = ProviderFailure(.overloaded, status: 503, message: "busy")
        let error = #"{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}"#
        let begun = [start, .open(index: 0, .text), .delta(index: 0, "a")]
        let stream = GeminiKit.stream(begun + [.fail(failure)], wantsEvents: wantsEvents)
        #expect(stream.hasSuffix(wantsEvents ? "data: \(error)\n\n" : "\(error)\n]"))
        let alone = GeminiKit.stream([.fail(failure)], wantsEvents: wantsEvents)
        #expect(alone == (wantsEvents ? "data: \(error)\n\n" : "[\(error)\n]"))
        if !wantsEvents { #expect(try GeminiKit.json(stream).array?.count == 2) }
    }

    @Test("what keeps a client waiting says nothing in either form", arguments: [true, false])
    func keepAlive(wantsEvents: Bool) throws {
        var encoder = GeminiKit.codec.encoder(GeminiKit.context(wantsEvents: wantsEvents))
        var writer = ByteWriter()
        encoder.encode(start, into: &writer)
        encoder.keepAlive(into: &writer)
        encoder.encode(.open(index: 0, .text), into: &writer)
        encoder.encode(.delta(index: 0, "a"), into: &writer)
        encoder.keepAlive(into: &writer)
        encoder.encode(.finish(.endTurn, Usage()), into: &writer)
        let stream = String(decoding: writer.bytes, as: UTF8.self)
        if wantsEvents {
            let lines = stream.split(separator: "\n", omittingEmptySubsequences: true)
            #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("data: {") })
        } else {
            #expect(try GeminiKit.json(stream).array?.count == 2)
        }
    }

    @Test("the seal of thoughts stands on the part after them")
    func seals() throws {
        let thoughts: [OutputEvent] = [
            start, .open(index: 0, .reasoning), .delta(index: 0, "t"), .close(index: 0, seal: seal),
        ]
        let signature = #","thoughtSignature":"U0VBTA==""#
        let thought = #"{"text":"t","thought":true}"#
        #expect(
            try parts(
                GeminiKit.stream(
                    thoughts + [.toolCall(index: 1, call()), .finish(.toolUse, usage)])) == [
                    thought,
                    #"{"functionCall":{"id":"c","name":"f","args":{"x":1.0}}\#(signature)}"#,
                    #"{"text":""}"#,
                ])
        let text: [OutputEvent] = [
            .open(index: 1, .text), .delta(index: 1, "a"), .delta(index: 1, "b"),
            .close(index: 1, seal: nil),
        ]
        #expect(
            try parts(GeminiKit.stream(thoughts + text + [.finish(.endTurn, usage)])) == [
                thought, #"{"text":"a"\#(signature)}"#, #"{"text":"b"}"#, #"{"text":""}"#,
            ])
        #expect(
            try parts(GeminiKit.stream(thoughts + [.finish(.endTurn, usage)]))
                == [thought, #"{"text":""\#(signature)}"#])
        let hidden: [OutputEvent] = [.open(index: 1, .reasoning), .close(index: 1, seal: seal)]
        #expect(
            try parts(GeminiKit.stream(thoughts + hidden + [.finish(.endTurn, usage)])) == [
                thought, #"{"text":"","thought":true\#(signature)}"#, #"{"text":""\#(signature)}"#,
            ])
    }

    @Test(
        "arguments leave as they came, but for line breaks and what is no object",
        arguments: [
            (#"{"b":1e400, "a":2}"#, #"{"b":1e400, "a":2}"#), ("{\n\"a\" : 1\n}", #"{"a":1}"#),
            ("", "{}"),
        ])
    func arguments(input: String, expected: String) {
        let stream = GeminiKit.stream([start, .toolCall(index: 0, call(input))])
        #expect(stream.contains(#""args":\#(expected)}}]"#))
    }

    @Test("no character that ends a line for Python stands in an event as it is")
    func lineSeparators() throws {
        let words = "a\u{2028}b\u{2029}c\u{85}d“e”é"
        let arguments = #"{"x":"\#u{2028}"}"#
        let events: [OutputEvent] = [
            start, .open(index: 0, .text), .delta(index: 0, words), .close(index: 0, seal: nil),
            .toolCall(index: 1, call(arguments)), .finish(.endTurn, usage),
        ]
        let stream = GeminiKit.stream(events)
        let breaks: Set<Unicode.Scalar> = ["\u{85}", "\u{2028}", "\u{2029}"]
        #expect(!stream.unicodeScalars.contains { breaks.contains($0) })
        let parts = try parts(stream)
        #expect(parts.first == GeminiKit.text(["text": .string(words)]))
        #expect(parts.dropFirst().first?.contains(arguments) == true)
    }

    @Test("a custom tool's text is the member input")
    func customTool() {
        let custom = ToolCall(id: "c", name: ToolName("f"), input: .text("x\ny"))
        let stream = GeminiKit.stream([start, .toolCall(index: 0, custom)])
        #expect(stream.contains(#""args":{"input":"x\ny"}"#))
    }

    @Test("sources are told with the end, by bytes of the whole text")
    func grounding() throws {
        var citation = Citation(url: "https://a", title: "A")
        citation.range = 1..<3
        let stream = GeminiKit.stream([
            start, .open(index: 0, .text), .delta(index: 0, "é"), .close(index: 0, seal: nil),
            .open(index: 1, .text), .delta(index: 1, "x"), .delta(index: 1, "äyz"),
            .citation(index: 1, citation), .citation(index: 1, Citation(url: "https://b")),
            .close(index: 1, seal: nil), .finish(.endTurn, usage),
        ])
        let candidate = try GeminiKit.chunks(stream).last?["candidates"]?.array?.first
        #expect(
            GeminiKit.text(candidate?["groundingMetadata"] ?? .null)
                == #"{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},"#
                + #"{"web":{"uri":"https://b"}}],"groundingSupports":[{"segment":"#
                + #"{"startIndex":3,"endIndex":6,"text":"äy"},"groundingChunkIndices":[0]},"#
                + #"{"segment":{"startIndex":2,"endIndex":7,"text":"xäyz"},"#
                + #""groundingChunkIndices":[1]}]}"#)
    }

    @Test(
        "why it stopped, in Google's words",
        arguments: [
            (StopReason.endTurn, "STOP"), (.toolUse, "STOP"), (.stopSequence("x"), "STOP"),
            (.maxTokens, "MAX_TOKENS"), (.contextWindow, "MAX_TOKENS"),
            (.refusal("content_filter"), "SAFETY"), (.refusal("RECITATION"), "RECITATION"),
            (.refusal("LANGUAGE"), "LANGUAGE"), (.other("whatever"), "OTHER"),
        ])
    func stops(reason: StopReason, word: String) throws {
        let chunks = try GeminiKit.chunks(GeminiKit.stream([start, .finish(reason, usage)]))
        #expect(chunks.last?["candidates"]?.array?.first?["finishReason"]?.string == word)
    }

    @Test("a prompt the provider did not count is told by its estimate")
    func estimate() throws {
        let chunks = try GeminiKit.chunks(GeminiKit.stream([start, .finish(.endTurn, Usage())]))
        #expect(
            chunks.last?["usageMetadata"] == ["promptTokenCount": 9, "totalTokenCount": 9])
    }

    @Test("an answer without an id or a model has those of the request")
    func names() throws {
        let start = OutputEvent.start(AnswerStart(id: nil, model: ""))
        let chunk = try GeminiKit.chunks(GeminiKit.stream([start, .finish(.endTurn, usage)])).last
        #expect(chunk?["responseId"] == "a1")
        #expect(chunk?["modelVersion"] == "alias")
    }

    @Test("a whole answer holds all its parts, seals on the ones after")
    func whole() throws {
        let body = try GeminiKit.body([
            start, .open(index: 0, .reasoning), .delta(index: 0, "t"), .close(index: 0, seal: seal),
            .open(index: 1, .text), .delta(index: 1, "é"),
            .citation(index: 1, Citation(url: "https://a")), .close(index: 1, seal: nil),
            .open(index: 2, .reasoning), .close(index: 2, seal: seal),
            .toolCall(index: 3, call()), .open(index: 4, .refusal), .delta(index: 4, "no"),
            .close(index: 4, seal: nil), .finish(.toolUse, usage),
        ])
        #expect(
            GeminiKit.text(body)
                == #"{"candidates":[{"content":{"parts":[{"text":"t","thought":true},"#
                + #"{"text":"é","thoughtSignature":"U0VBTA=="},{"functionCall":{"id":"c","#
                + #""name":"f","args":{"x":1.0}},"thoughtSignature":"U0VBTA=="},{"text":"no"}],"#
                + #""role":"model"},"finishReason":"STOP","index":0,"groundingMetadata":"#
                + #"{"groundingChunks":[{"web":{"uri":"https://a"}}],"groundingSupports":"#
                + #"[{"segment":{"startIndex":0,"endIndex":2,"text":"é"},"#
                + #""groundingChunkIndices":[0]}]}}],"usageMetadata":"#
                + #"{"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":7,"#
                + #""thoughtsTokenCount":3,"totalTokenCount":110},"modelVersion":"m","#
                + #""responseId":"r1"}"#)
    }

    @Test("a whole answer of nothing, or of hidden thoughts alone, still has a part")
    func emptyWhole() throws {
        func parts(_ events: [OutputEvent]) throws -> JSONValue? {
            let body = try GeminiKit.body([start] + events + [.finish(.endTurn, usage)])
            return body["candidates"]?.array?.first?["content"]?["parts"]
        }
        #expect(try parts([]) == [["text": ""]])
        #expect(
            try parts([.open(index: 0, .reasoning), .close(index: 0, seal: seal)])
                == [["text": "", "thoughtSignature": "U0VBTA=="]])
    }

    @Test("what a client returns of an answer opens the seal again")
    func roundTrip() throws {
        let issued = ReasoningSeal.issued(
            by: ReasoningIssuer(GeminiKit.upstream("m")), payload: ["x": "é/+"])
        let body = try GeminiKit.body([
            start, .open(index: 0, .reasoning), .delta(index: 0, "t"),
            .close(index: 0, seal: issued), .toolCall(index: 1, call("{}")),
            .finish(.toolUse, usage),
        ])
        let content = body["candidates"]?.array?.first?["content"] ?? .null
        let turns = try GeminiKit.decode(#"{"contents":[\#(GeminiKit.text(content))]}"#).turns
        let thoughts = Block(.reasoning(Reasoning("t", seal: issued)))
        #expect(turns == [Turn(.assistant, [thoughts, GeminiKit.toolCall("c", "f")])])
    }
}
