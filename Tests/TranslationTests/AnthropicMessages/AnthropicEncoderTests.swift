import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic answers, written")
struct AnthropicEncoderTests {
    private typealias Fixture = AnthropicFixture

    private let start = OutputEvent.start(AnswerStart(id: "gen-1", model: "mid", inputEstimate: 40))

    private func usage() -> Usage {
        var usage = Usage()
        usage.input = 100
        usage.cacheRead = 60
        usage.cacheWrite = 30
        usage.output = 9
        usage.reasoning = 4
        return usage
    }

    @Test("a stream of every kind of block, byte for byte")
    func stream() {
        let seal = Fixture.seal(["k": 1])
        let call = ToolCall(id: "call_1", name: ToolName("f"), input: .json(#"{"a": "\n"}"#))
        let stream = Fixture.stream([
            start, .open(index: 0, .reasoning), .delta(index: 0, "hm"),
            .close(index: 0, seal: seal), .open(index: 1, .text), .delta(index: 1, "H\"é\n"),
            .citation(index: 1, Citation(url: "https://x")), .close(index: 1, seal: nil),
            .toolCall(index: 2, call), .finish(.toolUse, usage()),
        ])
        let expected = #"""
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_gen-1","type":"message","role":"assistant","model":"mid","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":40,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"\#(seal.envelope)"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"H\"é\n"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://x","title":null,"cited_text":"","encrypted_index":""}}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: content_block_start
            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"call_1","name":"f","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\": \"\\n\"}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":2}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":60,"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}

            event: message_stop
            data: {"type":"message_stop"}


            """#
        #expect(stream == expected)
    }

    @Test("hidden thoughts are a redacted block with the seal for its data")
    func redacted() {
        let seal = Fixture.seal(["k": 1])
        let stream = Fixture.stream([
            .open(index: 0, .reasoning), .close(index: 0, seal: seal),
        ])
        let block = #"{"type":"redacted_thinking","data":"\#(seal.envelope)"}"#
        #expect(
            stream == """
                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":\(block)}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}


                """)
    }

    @Test("what a client returns is the seal it was given")
    func sealReturns() throws {
        let seal = Fixture.seal(["d": "\u{1F600}\"x"])
        let whole = Fixture.codec.encoder(Fixture.context()).whole(
            try answer([
                .open(index: 0, .reasoning), .delta(index: 0, "t"),
                .close(index: 0, seal: seal), .open(index: 1, .reasoning),
                .close(index: 1, seal: seal),
            ]))
        let content = try #require(whole["content"])
        let blocks = try Fixture.blocks(
            String(decoding: content.serialized(), as: UTF8.self), role: "assistant")
        #expect(
            blocks.map(\.content) == [
                .reasoning(Reasoning("t", seal: seal)), .reasoning(Reasoning("", seal: seal)),
            ])
    }

    @Test(
        "every reason to stop",
        arguments: [
            (StopReason.endTurn, "end_turn", "null"), (.toolUse, "tool_use", "null"),
            (.maxTokens, "max_tokens", "null"),
            (.stopSequence("X"), "stop_sequence", #""X""#),
            (.stopSequence(nil), "stop_sequence", #""END""#),
            (.refusal("content_filter"), "refusal", "null"), (.pause, "pause_turn", "null"),
            (.contextWindow, "model_context_window_exceeded", "null"),
            (.other("weird"), "end_turn", "null"),
        ])
    func stops(stop: StopReason, word: String, sequence: String) {
        let context = Fixture.context { $0.sampling.stopSequences = ["END"] }
        let stream = Fixture.stream([.finish(stop, Usage())], context: context)
        #expect(
            stream.contains(#""delta":{"stop_reason":"\#(word)","stop_sequence":\#(sequence)}"#))
    }

    @Test("without counts of the provider's the estimate stands")
    func estimate() {
        let stream = Fixture.stream([start, .finish(.endTurn, Usage())])
        #expect(stream.contains(#""usage":{"input_tokens":40,"cache_creation"#))
        #expect(!stream.contains(#""input_tokens":0"#))
    }

    @Test(
        "an id is in the wire's form",
        arguments: [("msg_9", "msg_9"), ("gen-9", "msg_gen-9"), (nil, "msg_a1"), ("", "msg_a1")]
            as [(String?, String)])
    func ids(id: String?, expected: String) {
        let stream = Fixture.stream([.start(AnswerStart(id: id, model: "m"))])
        #expect(stream.contains(#""id":"\#(expected)","#))
    }

    @Test("a failure is the wire's error event, whatever was open")
    func failure() {
        let stream = Fixture.stream([
            .open(index: 0, .text),
            .fail(ProviderFailure(.overloaded, status: 529, message: "busy")),
        ])
        #expect(
            stream.hasSuffix(
                """
                event: error
                data: {"type":"error","error":{"type":"overloaded_error","message":"busy"},\
                "request_id":"req_a1"}


                """))
    }

    @Test("a waiting client gets pings")
    func keepAlive() {
        var encoder = Fixture.codec.encoder(Fixture.context())
        var writer = ByteWriter()
        encoder.keepAlive(into: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "event: ping\ndata: {\"type\":\"ping\"}\n\n")
    }

    @Test(
        "the input of a call is the text of an object, whatever it was",
        arguments: [
            (ToolCall.Input.json(#" {"a":1.50}"#), #" {"a":1.50}"#), (.json(""), "{}"),
            (.json("[1]"), #"{"input":[1]}"#), (.text("x"), #"{"input":"x"}"#),
        ])
    func input(input: ToolCall.Input, expected: String) throws {
        let call = ToolCall(id: "c.1", name: ToolName("f"), input: input)
        let stream = Fixture.stream([.toolCall(index: 0, call)])
        let data = try #require(
            stream.split(separator: "\n").first { $0.contains("input_json_delta") })
        let event = try Fixture.json(String(data.dropFirst("data: ".count)))
        #expect(event["delta"]?["partial_json"]?.string == expected)
        #expect(stream.contains(#""id":"\#(ToolCallID.sanitized("c.1"))""#))
    }

    @Test("a refusal is told by the stop reason, unless tools are called after it")
    func refusal() {
        let refusal: [OutputEvent] = [
            .open(index: 0, .refusal), .delta(index: 0, "no"), .close(index: 0, seal: nil),
        ]
        let ended = Fixture.stream(refusal + [.finish(.endTurn, usage())])
        #expect(ended.contains(#""stop_reason":"refusal""#))
        let called = Fixture.stream(refusal + [.finish(.toolUse, usage())])
        #expect(called.contains(#""stop_reason":"tool_use""#))
    }

    // MARK: Whole bodies

    private func answer(_ events: [OutputEvent]) throws -> Answer {
        var fold = AnswerFold()
        fold.add(start)
        for event in events { fold.add(event) }
        fold.add(.finish(.endTurn, usage()))
        return try #require(try fold.result?.get())
    }

    @Test("a whole body of every kind of block")
    func whole() throws {
        let call = ToolCall(id: "c", name: ToolName("f"), input: .json(#"{"n":1.0}"#))
        let answer = try answer([
            .open(index: 0, .text), .delta(index: 0, "a"),
            .citation(index: 0, Citation(url: "https://x", title: "T")),
            .close(index: 0, seal: nil), .open(index: 1, .refusal), .delta(index: 1, "no"),
            .close(index: 1, seal: nil), .toolCall(index: 2, call),
        ])
        let expected = """
            {"id":"msg_gen-1","type":"message","role":"assistant","model":"mid","content":[
              {"type":"text","text":"a","citations":[{"type":"web_search_result_location",
               "url":"https://x","title":"T","cited_text":"","encrypted_index":""}]},
              {"type":"text","text":"no"},
              {"type":"tool_use","id":"c","name":"f","input":{"n":1.0}}],
             "stop_reason":"refusal","stop_sequence":null,
             "usage":{"input_tokens":10,"cache_creation_input_tokens":30,
              "cache_read_input_tokens":60,"output_tokens":9,
              "output_tokens_details":{"thinking_tokens":4}}}
            """
        let whole = Fixture.codec.encoder(Fixture.context()).whole(answer)
        #expect(whole == (try Fixture.json(expected)))
    }
}
