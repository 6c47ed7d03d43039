import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic answers, read")
struct AnthropicDecoderTests {
    private typealias Fixture = AnthropicFixture

    private let start = """
        {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",
         "model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,
         "usage":{"input_tokens":10,"cache_creation_input_tokens":20,
          "cache_read_input_tokens":300,"output_tokens":1,"service_tier":"standard"}}}
        """
    private let stop = #"{"type":"message_stop"}"#

    private func block(_ index: Int, _ json: String) -> String {
        #"{"type":"content_block_start","index":\#(index),"content_block":\#(json)}"#
    }

    private func delta(_ index: Int, _ json: String) -> String {
        #"{"type":"content_block_delta","index":\#(index),"delta":\#(json)}"#
    }

    private func end(_ index: Int) -> String {
        #"{"type":"content_block_stop","index":\#(index)}"#
    }

    private func finish(_ reason: String, sequence: String = "null") -> String {
        #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":\#(sequence)},"#
            + #""usage":{"output_tokens":7}}"#
    }

    // MARK: Streams

    @Test("a message from its start to its stop, usage with cached tokens")
    func text() {
        var first = Usage()
        first.input = 330
        first.cacheRead = 300
        first.cacheWrite = 20
        first.output = 1
        first.serviceTier = "standard"
        var last = first
        last.output = 7
        last.serviceTier = nil
        let events = Fixture.events([
            start, block(0, #"{"type":"text","text":""}"#), #"{"type":"ping"}"#,
            delta(0, #"{"type":"text_delta","text":"Hé"}"#),
            delta(0, #"{"type":"text_delta","text":"llo"}"#), end(0), finish("end_turn"), stop,
        ])
        #expect(
            events == [
                .start(id: "msg_1", model: "claude-x"), .usage(first), .alive, .text("Hé"),
                .text("llo"), .blockEnd(seal: nil), .usage(last), .stop(.endTurn), .end,
            ])
    }

    @Test("thoughts end with what has to go back: their text and signature")
    func thinking() {
        let events = Fixture.events([
            block(0, #"{"type":"thinking","thinking":"","signature":""}"#),
            delta(0, #"{"type":"thinking_delta","thinking":"a"}"#),
            delta(0, #"{"type":"thinking_delta","thinking":"b"}"#),
            delta(0, #"{"type":"signature_delta","signature":"EqQB"}"#), end(0),
            block(1, #"{"type":"redacted_thinking","data":"Rd"}"#), end(1),
            block(2, #"{"type":"thinking","thinking":"c"}"#), end(2),
        ])
        #expect(
            events == [
                .reasoning("a"), .reasoning("b"),
                .blockEnd(seal: ["thinking": "ab", "signature": "EqQB"]),
                .blockEnd(seal: ["redacted": "Rd"]), .reasoning("c"), .blockEnd(seal: nil),
            ])
    }

    @Test("a call in pieces, one without any, one with its input at the start")
    func tools() {
        let tool = #"{"type":"tool_use","id":"toolu_1","name":"f","input":{}}"#
        let events = Fixture.events([
            block(1, tool), delta(1, #"{"type":"input_json_delta","partial_json":""}"#),
            delta(1, #"{"type":"input_json_delta","partial_json":"{\"a\""}"#),
            delta(1, #"{"type":"input_json_delta","partial_json":":1}"}"#), end(1),
            block(2, tool), delta(2, #"{"type":"input_json_delta","partial_json":""}"#), end(2),
            block(3, #"{"type":"tool_use","id":"t3","name":"g","input":{"n":1.0}}"#), end(3),
        ])
        #expect(
            events == [
                .toolCall(key: 1, id: "toolu_1", name: "f", arguments: nil),
                .toolCall(key: 1, id: nil, name: nil, arguments: #"{"a""#),
                .toolCall(key: 1, id: nil, name: nil, arguments: ":1}"),
                .toolCallEnd(key: 1, arguments: nil),
                .toolCall(key: 2, id: "toolu_1", name: "f", arguments: nil),
                .toolCallEnd(key: 2, arguments: "{}"),
                .toolCall(key: 3, id: "t3", name: "g", arguments: nil),
                .toolCallEnd(key: 3, arguments: #"{"n":1.0}"#),
            ])
    }

    @Test("an object at the start of a call is not put before the pieces that follow")
    func doubledInput() {
        let events = Fixture.events([
            block(0, #"{"type":"tool_use","id":"t","name":"f","input":{"a":1}}"#),
            delta(0, #"{"type":"input_json_delta","partial_json":"{\"a\":1}"}"#), end(0),
        ])
        #expect(
            events == [
                .toolCall(key: 0, id: "t", name: "f", arguments: nil),
                .toolCall(key: 0, id: nil, name: nil, arguments: #"{"a":1}"#),
                .toolCallEnd(key: 0, arguments: nil),
            ])
    }

    @Test("calls whose pieces interleave keep their own")
    func interleaved() {
        let events = Fixture.events([
            block(0, #"{"type":"tool_use","id":"a","name":"f","input":{}}"#),
            block(1, #"{"type":"tool_use","id":"b","name":"g","input":{}}"#),
            delta(1, #"{"type":"input_json_delta","partial_json":"{"}"#),
            delta(0, #"{"type":"input_json_delta","partial_json":"{}"}"#), end(0),
            delta(1, #"{"type":"input_json_delta","partial_json":"}"}"#), end(1),
        ])
        #expect(events.last == .toolCallEnd(key: 1, arguments: nil))
        #expect(events.contains(.toolCall(key: 0, id: nil, name: nil, arguments: "{}")))
        #expect(events.count == 7)
    }

    @Test("sources on the web come with the text, places in documents without an address")
    func citations() {
        let events = Fixture.events([
            block(0, #"{"type":"text","text":""}"#),
            delta(
                0,
                #"{"type":"citations_delta","citation":{"type":"web_search_result_location","#
                    + #""url":"https://x","title":"T","cited_text":"c","encrypted_index":"e"}}"#),
            delta(
                0,
                #"{"type":"citations_delta","citation":{"type":"char_location","#
                    + #""cited_text":"c","document_index":0}}"#),
        ])
        var citation = Citation(url: "https://x", title: "T")
        citation.citedText = "c"
        var place = Citation(url: "")
        place.citedText = "c"
        #expect(events == [.citation(citation), .citation(place)])
    }

    @Test("a tool the provider runs itself is a block of its own, input put together")
    func serverTool() throws {
        let events = Fixture.events([
            block(0, #"{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"#),
            delta(0, #"{"type":"input_json_delta","partial_json":"{\"query\":"}"#),
            delta(0, #"{"type":"input_json_delta","partial_json":"\"a\"}"}"#), end(0),
        ])
        let value = try Fixture.json(
            #"{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"a"}}"#)
        #expect(
            events == [
                .opaque(OpaqueBlock(family: .anthropic, type: "server_tool_use", value: value))
            ])
    }

    @Test(
        "every reason to stop",
        arguments: [
            ("end_turn", "null", StopReason.endTurn), ("tool_use", "null", .toolUse),
            ("max_tokens", "null", .maxTokens),
            ("stop_sequence", #""END""#, .stopSequence("END")),
            ("refusal", "null", .refusal("refusal")), ("pause_turn", "null", .pause),
            ("model_context_window_exceeded", "null", .contextWindow),
            ("compaction", "null", .other("compaction")),
        ])
    func stopReasons(word: String, sequence: String, expected: StopReason) {
        let events = Fixture.events([finish(word, sequence: sequence)])
        #expect(events.contains(.stop(expected)))
    }

    @Test("a stream that ends before message_stop has no end")
    func cut() {
        let cut = Fixture.events([start, block(0, #"{"type":"text","text":"a"}"#), end(0)])
        #expect(!cut.contains(.end))
        #expect(!Fixture.events([start, finish("end_turn")]).contains(.end))
        #expect(Fixture.events([start, finish("end_turn"), stop]).last == .end)
    }

    @Test("later counts replace earlier ones, what they leave out still counts")
    func usage() {
        let events = Fixture.events([
            start,
            #"{"type":"message_delta","delta":{},"usage":{"input_tokens":11,"output_tokens":9,"#
                + #""output_tokens_details":{"thinking_tokens":4},"cost":0.012}}"#,
        ])
        var usage = Usage()
        usage.input = 331
        usage.cacheRead = 300
        usage.cacheWrite = 20
        usage.output = 9
        usage.reasoning = 4
        usage.cost = JSONNumber(0.012)
        #expect(events.last == .usage(usage))
    }

    @Test(
        "what is unknown says nothing",
        arguments: [
            #"{"type":"fallback_notice","x":1}"#, "[DONE]",
            #"{"type":"content_block_delta","index":0,"delta":{"type":"glow_delta"}}"#,
        ])
    func unknown(data: String) {
        #expect(Fixture.events([data]) == [])
    }

    @Test(
        "an error in the middle is the provider's failure",
        arguments: [
            ("overloaded_error", ProviderFailure.Kind.overloaded, 529),
            ("rate_limit_error", .rateLimit, 429), ("api_error", .server, 500),
            ("invalid_request_error", .invalidRequest, 400), ("brand_new_error", .server, 502),
        ])
    func failure(type: String, kind: ProviderFailure.Kind, status: Int) {
        let events = Fixture.events([
            #"{"type":"error","error":{"type":"\#(type)","message":"no"}}"#
        ])
        var expected = ProviderFailure(kind, status: status, message: "no")
        expected.type = type
        #expect(events == [.failure(expected)])
    }

    @Test(
        "what is no event of the wire fails the answer",
        arguments: [
            "{", "1", "{}", #"{"type":"content_block_start","index":0}"#,
            #"{"type":"content_block_delta","index":0}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","#
                + #""partial_json":"{"}}"#,
        ])
    func malformed(data: String) throws {
        let event = try #require(Fixture.events([data]).first)
        guard case .failure(let failure) = event else {
            Issue.record("no failure: \(event)")
            return
        }
        #expect(failure.kind == .server)
        #expect(failure.status == 502)
    }

    // MARK: Whole bodies

    @Test("a whole body gives the events of its stream")
    func whole() throws {
        let events = try Fixture.whole(
            """
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
              {"type":"thinking","thinking":"t","signature":"S"},
              {"type":"text","text":"a","citations":[{"type":"search_result_location",
               "source":"https://x","title":null,"cited_text":"c"}]},
              {"type":"tool_use","id":"t1","name":"f","input":{"a":1.0}}],
             "stop_reason":"tool_use","stop_sequence":null,
             "usage":{"input_tokens":1,"output_tokens":2}}
            """)
        var usage = Usage()
        usage.input = 1
        usage.output = 2
        var citation = Citation(url: "https://x")
        citation.citedText = "c"
        #expect(
            events == [
                .start(id: "msg_1", model: "claude-x"), .usage(usage), .reasoning("t"),
                .blockEnd(seal: ["thinking": "t", "signature": "S"]), .text("a"),
                .citation(citation), .blockEnd(seal: nil),
                .toolCall(key: 2, id: "t1", name: "f", arguments: nil),
                .toolCallEnd(key: 2, arguments: #"{"a":1.0}"#), .stop(.toolUse), .end,
            ])
    }

    @Test("a body with an error in the place of an answer is a failure, and so is one of no sense")
    func wholeFailures() throws {
        let error = try Fixture.whole(
            #"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#)
        var expected = ProviderFailure(.overloaded, status: 529, message: "busy")
        expected.type = "overloaded_error"
        #expect(error == [.failure(expected)])
        for body in ["{}", "[]", #"{"choices":[]}"#] {
            let events = try Fixture.whole(body)
            #expect(events.count == 1)
            guard case .failure(let failure)? = events.first else {
                Issue.record("no failure for \(body)")
                continue
            }
            #expect(failure.status == 502)
        }
    }
}
