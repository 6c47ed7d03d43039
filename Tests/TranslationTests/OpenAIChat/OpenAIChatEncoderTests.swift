import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Chat answers, written")
struct OpenAIChatEncoderTests {
    private static let start = OutputEvent.start(AnswerStart(id: "msg_1", model: "vendor/m"))
    private static let seal = ReasoningSeal.issued(
        by: ReasoningIssuer(Chat.openRouter), payload: ["n": 1])

    /// A chunk of this delta, byte for byte.
    private func chunk(_ delta: String, finish: String = "null") -> String {
        #"data: {"id":"chatcmpl-msg_1","object":"chat.completion.chunk","created":7,"model":"vendor/m","#
            + #""choices":[{"index":0,"delta":\#(delta),"logprobs":null,"finish_reason":\#(finish)}]}"#
            + "\n\n"
    }

    private func call(_ id: String) -> ToolCall {
        ToolCall(id: id, name: ToolName("f"), input: .json(#"{"a":1}"#))
    }

    private var detail: String {
        #"{"type":"reasoning.encrypted","data":"\#(Self.seal.envelope)","id":"rs_chatcmpl-msg_1_0","#
            + #""format":"agentroute-v1","index":0,"length":2}"#
    }

    @Test("a stream of everything, byte for byte")
    func stream() {
        var usage = Usage()
        usage.input = 10
        usage.cacheRead = 4
        usage.output = 3
        let custom = ToolCall(id: "c2", name: ToolName("g"), input: .text("x"))
        let text = Chat.stream(
            [
                Self.start, .open(index: 0, .reasoning), .delta(index: 0, "hm"),
                .close(index: 0, seal: Self.seal), .open(index: 1, .text),
                .delta(index: 1, "a\"\n"), .close(index: 1, seal: nil),
                .open(index: 2, .refusal), .delta(index: 2, "no"), .close(index: 2, seal: nil),
                .toolCall(index: 3, call("c1")), .toolCall(index: 4, custom),
                .finish(.toolUse, usage),
            ], Chat.context { $0.wantsUsageChunk = true })
        let expected = [
            chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning_content":"hm"}"#),
            chunk(#"{"reasoning_details":[\#(detail)]}"#), chunk(#"{"content":"a\"\n"}"#),
            chunk(#"{"refusal":"no"}"#),
            chunk(
                #"{"tool_calls":[{"index":0,"id":"c1","type":"function","#
                    + #""function":{"name":"f","arguments":"{\"a\":1}"}}]}"#),
            chunk(
                #"{"tool_calls":[{"index":1,"id":"c2","type":"custom","#
                    + #""custom":{"name":"g","input":"x"}}]}"#),
            chunk("{}", finish: #""tool_calls""#),
            #"data: {"id":"chatcmpl-msg_1","object":"chat.completion.chunk","created":7,"#
                + #""model":"vendor/m","choices":[],"usage":{"prompt_tokens":10,"#
                + #""completion_tokens":3,"total_tokens":13,"prompt_tokens_details":"#
                + #"{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":0}}}"#
                + "\n\n", "data: [DONE]\n\n",
        ]
        #expect(text == expected.joined())
    }

    @Test("without include_usage there is no chunk of usage; a provider without an id gets one")
    func noUsage() {
        let text = Chat.stream([
            .start(AnswerStart(id: nil, model: "m")), .finish(.endTurn, Usage()),
        ])
        #expect(!text.contains("usage"))
        #expect(text.contains(#""id":"chatcmpl-a1""#))
        #expect(text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test("a failure is an error chunk, and nothing says that the answer was done")
    func failure() {
        let text = Chat.stream([
            Self.start, .fail(ProviderFailure(.rateLimit, status: 429, message: "slow")),
        ])
        #expect(
            text.hasSuffix(
                #"data: {"error":{"message":"slow","type":"rate_limit_error","param":null,"#
                    + #""code":"rate_limit_exceeded"}}"# + "\n\n"))
        #expect(!text.contains("[DONE]"))
    }

    @Test("a failure before anything else is an error chunk too")
    func earlyFailure() {
        let text = Chat.stream([.fail(.malformed("cut"))])
        #expect(text.hasPrefix(#"data: {"error":"#))
    }

    @Test("a keep-alive is a comment")
    func keepAlive() {
        var encoder = Chat.codec.encoder(Chat.context())
        var writer = ByteWriter()
        encoder.keepAlive(into: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == ": keep-alive\n\n")
    }

    @Test("sources stand where the whole text has them")
    func citations() {
        var citation = Citation(url: "u")
        citation.range = 0..<1
        let text = Chat.stream([
            Self.start, .open(index: 0, .text), .delta(index: 0, "äb"),
            .close(index: 0, seal: nil), .open(index: 1, .text), .delta(index: 1, "c"),
            .citation(index: 1, citation),
        ])
        let annotation =
            #"{"annotations":[{"type":"url_citation","url_citation":{"url":"u","title":"u","#
            + #""start_index":2,"end_index":3}}]}"#
        #expect(text.hasSuffix(chunk(annotation)))
    }

    @Test(
        "finish reasons",
        arguments: [
            (StopReason.endTurn, "stop"), (.toolUse, "tool_calls"), (.maxTokens, "length"),
            (.stopSequence("x"), "stop"), (.refusal("x"), "content_filter"), (.pause, "stop"),
            (.contextWindow, "length"), (.other("x"), "stop"),
        ])
    func finishReasons(reason: StopReason, word: String) {
        let text = Chat.stream([Self.start, .finish(reason, Usage())])
        #expect(text.contains(#""finish_reason":"\#(word)""#))
    }

    @Test("a whole body has everything in one message")
    func whole() throws {
        let item: JSONValue = ["type": "image_generation_call", "result": "AA"]
        var answer = try Chat.answer(
            [
                .reasoning(Reasoning("hm", seal: Self.seal)), .text("a", []),
                .text("b", [Citation(url: "u")]), .toolCall(call("c1")),
                .opaque(OpaqueBlock(family: .openAI, type: "image_generation_call", value: item)),
            ], id: "msg_1")
        answer.stop = .toolUse
        answer.usage.input = 1
        answer.usage.cost = JSONNumber(0.5)
        let expected = try Chat.json(
            #"""
            {"id":"chatcmpl-msg_1","object":"chat.completion","created":7,"model":"vendor/m",
             "choices":[{"index":0,"message":{"role":"assistant","content":"ab","refusal":null,
              "reasoning_content":"hm","reasoning_details":[\#(detail)],
              "annotations":[{"type":"url_citation","url_citation":
               {"url":"u","title":"u","start_index":1,"end_index":2}}],
              "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}],
              "tool_calls":[{"id":"c1","type":"function",
               "function":{"name":"f","arguments":"{\"a\":1}"}}]},
              "logprobs":null,"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1,
              "prompt_tokens_details":{"cached_tokens":0},
              "completion_tokens_details":{"reasoning_tokens":0},"cost":0.5}}
            """#)
        #expect(Chat.codec.encoder(Chat.context()).whole(answer) == expected)
    }

    @Test("a whole body of calls alone has no content, of a refusal neither")
    func wholeWithoutText() throws {
        var answer = try Chat.answer([.toolCall(call("c1"))])
        let encoder = Chat.codec.encoder(Chat.context())
        let message = { (answer: Answer) in
            encoder.whole(answer)["choices"]?.array?.first?["message"]
        }
        #expect(message(answer)?["content"] == JSONValue.null)
        answer.parts = [.refusal("no")]
        #expect(
            message(answer)?["refusal"] == "no" && message(answer)?["content"] == JSONValue.null)
        answer.parts = []
        #expect(message(answer)?["content"] == "")
    }

    @Test("thoughts that went out come back as the same blocks")
    func roundTrip() throws {
        let thoughts = [
            Reasoning("one", seal: Self.seal), Reasoning("", seal: Self.seal),
            Reasoning("två", seal: Self.seal),
        ]
        let parts: [Answer.Part] = thoughts.map { .reasoning($0) } + [.text("x", [])]
        let answer = try Chat.answer(parts)
        let body = Chat.codec.encoder(Chat.context()).whole(answer)
        let message = try #require(body["choices"]?.array?.first?["message"])
        let turns = try Chat.turns(String(decoding: message.serialized(), as: UTF8.self))
        #expect(turns == [Turn(.assistant, thoughts.map { Block(.reasoning($0)) } + [.text("x")])])
    }

    @Test("a count is answered under OpenAI's name, and no provider is asked for one")
    func counts() {
        #expect(Chat.codec.encodeCountAnswer(5) == ["input_tokens": 5])
        #expect(Chat.codec.encodeCount([:], for: Chat.plain()) == nil)
    }

    @Test("a client of the form of 2023 gets one call of a function, and no tools")
    func functionCall() throws {
        let decoded = try Chat.decode(
            #""messages":[{"role":"user","content":"x"}],"functions":[{"name":"f"}]"#)
        #expect(decoded.readsFunctionCall && decoded.parallelToolCalls == false)
        let context = AnswerContext(id: "a1", created: 7, request: decoded)
        let call = ToolCall(id: "c", name: ToolName("f"), input: .json(#"{"a":1}"#))
        let stream = Chat.stream(
            [
                .start(AnswerStart(id: nil, model: "m")), .toolCall(index: 0, call),
                .finish(.toolUse, Usage()),
            ], context)
        #expect(stream.contains(#""delta":{"function_call":{"name":"f","arguments":"{\"a\":1}"}}"#))
        #expect(!stream.contains("tool_calls"))
        #expect(stream.contains(#""finish_reason":"function_call""#))
        var answer = try Chat.answer([.toolCall(call)])
        answer.stop = .toolUse
        let choice = Chat.codec.encoder(context).whole(answer)["choices"]?.array?.first
        #expect(choice?["finish_reason"] == "function_call")
        #expect(
            choice?["message"]
                == [
                    "role": "assistant", "content": nil, "refusal": nil,
                    "function_call": ["name": "f", "arguments": #"{"a":1}"#],
                ])
    }
}
