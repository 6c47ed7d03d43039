import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Responses answers, read")
struct ResponsesDecoderTests {
    typealias Fixture = ResponsesFixture

    private static let created =
        #"{"type":"response.created","response":{"id":"resp_1","model":"up-1","status":"in_progress"}}"#
    private static let completed =
        #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#
    private static let started = StreamEvent.start(id: "resp_1", model: "up-1")

    @Test("text, its end, its source, usage and the end")
    func text() {
        let events = Fixture.read([
            Self.created,
            #"{"type":"response.in_progress","response":{"id":"resp_1"}}"#,
            #"{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"m"}}"#,
            #"{"type":"response.content_part.added","output_index":0,"content_index":0,"part":{}}"#,
            #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hel"}"#,
            #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"lo"}"#,
            #"{"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"https://h","title":"T","start_index":0,"end_index":5}}"#,
            #"{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hello"}"#,
            #"{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello","annotations":[{"url":"https://h"}]}}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Hello"}]}}"#,
            """
            {"type":"response.completed","response":{"status":"completed","service_tier":"default",
            "output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]}],
            "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},
            "output_tokens":7,"output_tokens_details":{"reasoning_tokens":2}}}}
            """,
        ])
        var citation = Citation(url: "https://h", title: "T")
        citation.range = 0..<5
        var usage = Usage()
        usage.input = 10
        usage.cacheRead = 4
        usage.cacheWrite = 1
        usage.output = 7
        usage.reasoning = 2
        usage.serviceTier = "default"
        #expect(
            events == [
                Self.started, .text("Hel"), .text("lo"), .citation(citation), .blockEnd(seal: nil),
                .usage(usage), .stop(.endTurn), .end,
            ])
    }

    @Test("summary parts are paragraphs, and the item is their seal")
    func reasoning() throws {
        let item =
            #"{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"e=="}"#
        let events = Fixture.read([
            Self.created,
            #"{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}}"#,
            #"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a"}"#,
            #"{"type":"response.reasoning_summary_text.done","output_index":0,"summary_index":0,"text":"a"}"#,
            #"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"b"}"#,
            #"{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"raw"}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":\#(item)}"#,
            Self.completed,
        ])
        #expect(
            events == [
                Self.started, .reasoning("a"), .reasoning("\n\n"), .reasoning("b"),
                .blockEnd(seal: ["item": try Fixture.json(item)]), .stop(.endTurn), .end,
            ])
    }

    @Test("hidden thoughts are a seal alone; a summary without one is no seal")
    func hiddenReasoning() throws {
        let hidden = #"{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"e=="}"#
        let open = #"{"type":"reasoning","summary":[{"text":"s"}],"encrypted_content":null}"#
        let events = Fixture.read([
            #"{"type":"response.output_item.done","output_index":0,"item":\#(hidden)}"#,
            #"{"type":"response.output_item.done","output_index":1,"item":\#(open)}"#,
        ])
        #expect(
            events == [
                .blockEnd(seal: ["item": try Fixture.json(hidden)]), .reasoning("s"),
                .blockEnd(seal: nil),
            ])
    }

    @Test("calls are told apart by their place, and their item's input is the whole of it")
    func calls() {
        let events = Fixture.read([
            Self.created,
            #"{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":""}}"#,
            #"{"type":"response.output_item.added","output_index":2,"item":{"type":"custom_tool_call","id":"ctc","call_id":"c2","name":"p","input":""}}"#,
            #"{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"a\""}"#,
            #"{"type":"response.custom_tool_call_input.delta","output_index":2,"delta":"raw"}"#,
            #"{"type":"response.function_call_arguments.delta","output_index":1,"delta":":1}"}"#,
            #"{"type":"response.function_call_arguments.done","output_index":1,"arguments":"{\"a\":1}"}"#,
            #"{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}","status":"completed"}}"#,
            #"{"type":"response.output_item.done","output_index":2,"item":{"type":"custom_tool_call","call_id":"c2","name":"p","input":""}}"#,
            """
            {"type":"response.completed","response":{"status":"completed","output":[
            {"type":"function_call","call_id":"c1","name":"f","arguments":"{\\"a\\":1}"},
            {"type":"custom_tool_call","call_id":"c2","name":"p","input":"raw"}]}}
            """,
        ])
        #expect(
            events == [
                Self.started, .toolCall(key: 1, id: "c1", name: "f", arguments: nil),
                .toolCall(key: 2, id: "c2", name: "p", arguments: nil),
                .toolCall(key: 1, id: nil, name: nil, arguments: #"{"a""#),
                .toolCall(key: 2, id: nil, name: nil, arguments: "raw"),
                .toolCall(key: 1, id: nil, name: nil, arguments: ":1}"),
                .toolCallEnd(key: 1, arguments: #"{"a":1}"#), .toolCallEnd(key: 2, arguments: nil),
                .stop(.toolUse), .end,
            ])
    }

    @Test("what only the last event holds is taken from there")
    func lateOutput() {
        let events = Fixture.read([
            Self.created,
            """
            {"type":"response.completed","response":{"status":"completed","output":[
            {"type":"reasoning","summary":[{"text":"t"}]},
            {"type":"message","content":[{"type":"output_text","text":"Hi"},{"type":"refusal","refusal":"No"}]},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}}
            """,
        ])
        #expect(
            events == [
                Self.started, .reasoning("t"), .blockEnd(seal: nil), .text("Hi"),
                .blockEnd(seal: nil), .refusal("No"), .blockEnd(seal: nil),
                .toolCall(key: 2, id: "c", name: "f", arguments: nil),
                .toolCallEnd(key: 2, arguments: "{}"), .stop(.toolUse), .end,
            ])
    }

    @Test("text that came in one piece, or only with its item, is given once")
    func wholeText() {
        let done = Fixture.read([
            #"{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hi"}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Hi"}]}}"#,
        ])
        #expect(done == [.text("Hi"), .blockEnd(seal: nil)])
        let item = Fixture.read([
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Hi","annotations":[{"type":"url_citation","url":"u"}]}]}}"#
        ])
        #expect(item == [.text("Hi"), .citation(Citation(url: "u")), .blockEnd(seal: nil)])
    }

    @Test("a call cut short is never completed")
    func cutCall() {
        let events = Fixture.read([
            #"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f"}}"#,
            #"{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a"}"#,
            #"{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{\"a"}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a","status":"incomplete"}}"#,
            """
            {"type":"response.incomplete","response":{"status":"incomplete",
            "incomplete_details":{"reason":"max_output_tokens"},
            "output":[{"type":"function_call","call_id":"c","name":"f","arguments":"{\\"a","status":"incomplete"}]}}
            """,
        ])
        #expect(!events.contains { if case .toolCallEnd = $0 { true } else { false } })
        #expect(events.suffix(2) == [.stop(.maxTokens), .end])
    }

    @Test("the provider's own calls are passed on once")
    func opaque() throws {
        let item = #"{"type":"web_search_call","id":"ws","status":"completed"}"#
        let events = Fixture.read([
            #"{"type":"response.output_item.added","output_index":0,"item":{"type":"web_search_call","id":"ws"}}"#,
            #"{"type":"response.web_search_call.searching","output_index":0,"item_id":"ws"}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":\#(item)}"#,
            #"{"type":"response.completed","response":{"status":"completed","output":[\#(item)]}}"#,
        ])
        let block = OpaqueBlock(
            family: .openAI, type: "web_search_call", value: try Fixture.json(item))
        #expect(
            events == [.opaque(block), .start(id: nil, model: nil), .stop(.endTurn), .end])
    }

    @Test(
        "why an answer is incomplete",
        arguments: [
            ("max_output_tokens", StopReason.maxTokens),
            ("content_filter", .refusal("content_filter")), ("steered", .other("steered")),
        ])
    func incomplete(reason: String, stop: StopReason) {
        let events = Fixture.read([
            #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"\#(reason)"}}}"#
        ])
        #expect(events.suffix(2) == [.stop(stop), .end])
    }

    @Test("a stream without its last event has no end; after it, nothing counts")
    func ends() {
        let delta = #"{"type":"response.output_text.delta","output_index":0,"delta":"x"}"#
        #expect(Fixture.read([Self.created, delta]) == [Self.started, .text("x")])
        #expect(Fixture.read([Self.created, Self.completed, delta, "[DONE]", "{"]).last == .end)
    }

    @Test("only what comes after the beginning is a sign of life")
    func signsOfLife() {
        let progress = #"{"type":"response.in_progress","response":{"id":"resp_1"}}"#
        #expect(Fixture.readAll([Self.created, progress]) == [Self.started])
        #expect(Fixture.readAll([Self.created, progress, progress]) == [Self.started, .alive])
        #expect(Fixture.readAll([Self.created, #"{"type":"keepalive"}"#]).last == .alive)
    }

    @Test("sloppy events: no place, no name, unknown types")
    func sloppy() {
        let events = Fixture.read([
            Self.created, #"{"type":"keepalive"}"#, #"{"type":"response.queued"}"#,
            #"{"type":"response.output_item.added","item":{"type":"function_call","call_id":"c"}}"#,
            #"{"type":"response.function_call_arguments.delta","delta":"{}"}"#,
            #"{"type":"response.output_item.done","item":{"type":"function_call","call_id":"c","name":"f","arguments":{"a":1}}}"#,
            Self.completed,
        ])
        #expect(
            events == [
                Self.started, .toolCall(key: 0, id: nil, name: nil, arguments: "{}"),
                .toolCall(key: 0, id: "c", name: "f", arguments: nil),
                .toolCallEnd(key: 0, arguments: #"{"a":1}"#), .stop(.toolUse), .end,
            ])
    }

    @Test(
        "what is no event of this wire is a failure",
        arguments: ["{", "[]", "7", #"{"id":"chatcmpl-1","choices":[]}"#])
    func malformed(data: String) {
        guard case .failure(let failure)? = Fixture.read([Self.created, data]).last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .server)
        #expect(failure.status == 502)
    }

    @Test(
        "a failure in a stream is told with the provider's words",
        arguments: [
            (
                #"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"try again in 2s"}}}"#,
                ProviderFailure.Kind.rateLimit, "try again in 2s"
            ),
            (
                #"{"type":"error","code":"server_error","message":"boom","param":null}"#, .server,
                "boom"
            ),
            (
                #"{"type":"error","error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"too big"}}"#,
                .contextOverflow(tokens: nil, limit: nil), "too big"
            ),
            (#"{"error":{"code":429,"message":"slow"}}"#, .rateLimit, "slow"),
            (
                #"{"type":"response.completed","response":{"error":{"code":"invalid_prompt","message":"no"}}}"#,
                .contentPolicy, "no"
            ),
            (
                #"{"type":"response.cancelled","response":{"status":"cancelled"}}"#, .server,
                "the provider gave the response up"
            ),
        ])
    func failed(data: String, kind: ProviderFailure.Kind, message: String) {
        guard case .failure(let failure)? = Fixture.read([Self.created, data]).last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.message == message)
    }

    // MARK: Whole bodies

    @Test("a whole body says the same as its stream")
    func whole() throws {
        let reasoning =
            #"{"type":"reasoning","id":"rs","summary":[{"text":"t"}],"encrypted_content":"e"}"#
        let events = try Fixture.readWhole(
            """
            {"id":"resp_1","model":"up-1","object":"response","status":"completed","error":null,
            "output":[\(reasoning),
            {"type":"message","content":[{"type":"output_text","text":"Hi"}]},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"}],
            "usage":{"input_tokens":3,"output_tokens":4,"cost":0.10}}
            """)
        var usage = Usage()
        usage.input = 3
        usage.output = 4
        usage.cost = try Fixture.json("0.10").number
        #expect(
            events == [
                Self.started, .reasoning("t"),
                .blockEnd(seal: ["item": try Fixture.json(reasoning)]), .text("Hi"),
                .blockEnd(seal: nil), .toolCall(key: 2, id: "c", name: "f", arguments: "{}"),
                .toolCallEnd(key: 2, arguments: nil), .usage(usage), .stop(.toolUse), .end,
            ])
    }

    @Test(
        "a body that is an error, or no finished response, is a failure",
        arguments: [
            #"{"error":{"message":"no"}}"#, #"{"object":"chat.completion","choices":[]}"#,
            #"{"output":[],"status":"failed"}"#, #"{"output":[],"status":"queued"}"#, "[]",
        ])
    func noAnswer(body: String) throws {
        guard case .failure? = try Fixture.readWhole(body).last else {
            Issue.record("no failure")
            return
        }
    }
}

extension JSONValue {
    fileprivate var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }
}
