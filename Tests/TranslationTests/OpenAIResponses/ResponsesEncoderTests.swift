import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Responses answers, written")
struct ResponsesEncoderTests {
    typealias Fixture = ResponsesFixture

    private static let start = OutputEvent.start(AnswerStart(id: "chatcmpl-7", model: "up-1"))

    @Test("text: the vendor's whole grammar, and a last event that is the sum of the deltas")
    func text() throws {
        let events = try Fixture.write([
            Self.start, .open(index: 0, .text), .delta(index: 0, "Hel"), .delta(index: 0, "lo\n"),
            .citation(index: 0, Citation(url: "https://h")), .close(index: 0, seal: nil),
            .finish(.endTurn, Usage()),
        ])
        #expect(
            events.compactMap { $0["type"]?.string } == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta",
                "response.output_text.delta", "response.output_text.annotation.added",
                "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.completed",
            ])
        #expect(
            events[4]
                == (try Fixture.json(
                    """
                    {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_own_0",
                    "output_index":0,"content_index":0,"delta":"Hel","logprobs":[]}
                    """)))
        let item = try Fixture.json(
            """
            {"id":"msg_own_0","type":"message","status":"completed","role":"assistant","content":[
            {"type":"output_text","text":"Hello\\n","annotations":[{"type":"url_citation","url":"https://h",
            "title":"https://h","start_index":0,"end_index":6}],"logprobs":[]}]}
            """)
        #expect(events[7]["text"] == "Hello\n")
        #expect(events[9]["item"] == item)
        #expect(events.last?["response"]?["output"] == [item])
        #expect(events.last?["response"]?["status"] == "completed")
    }

    @Test("a call: whole arguments in one delta, the item done, its namespace kept")
    func call() throws {
        let call = ToolCall(
            id: "c1", name: ToolName("spawn", namespace: "agents"), input: .json(#"{"a":1}"#))
        let events = try Fixture.write([
            Self.start, .toolCall(index: 0, call), .finish(.toolUse, Usage()),
        ])
        #expect(
            events.dropFirst(2).dropLast()
                == (try Fixture.json(
                    """
                    [{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":
                      {"id":"fc_own_0","type":"function_call","status":"in_progress","call_id":"c1",
                      "name":"spawn","namespace":"agents","arguments":""}},
                    {"type":"response.function_call_arguments.delta","sequence_number":3,"item_id":"fc_own_0",
                      "output_index":0,"delta":"{\\"a\\":1}"},
                    {"type":"response.function_call_arguments.done","sequence_number":4,"item_id":"fc_own_0",
                      "output_index":0,"name":"spawn","arguments":"{\\"a\\":1}"},
                    {"type":"response.output_item.done","sequence_number":5,"output_index":0,"item":
                      {"id":"fc_own_0","type":"function_call","status":"completed","call_id":"c1",
                      "name":"spawn","namespace":"agents","arguments":"{\\"a\\":1}"}}]
                    """
                ).array?[...]))
    }

    @Test("empty arguments are an empty object; a custom tool's input is text")
    func inputs() throws {
        let events = try Fixture.write([
            Self.start,
            .toolCall(index: 0, ToolCall(id: "c1", name: ToolName("f"), input: .json(""))),
            .toolCall(index: 1, ToolCall(id: "c2", name: ToolName("p"), input: .text("raw"))),
            .finish(.toolUse, Usage()),
        ])
        #expect(events[3]["delta"] == "{}")
        #expect(events[7]["type"] == "response.custom_tool_call_input.delta")
        #expect(events[7]["delta"] == "raw")
        #expect(events[8]["input"] == "raw")
        let output = events.last?["response"]?["output"]?.array
        #expect(output?.first?["arguments"] == "{}")
        #expect(
            output?.last
                == (try Fixture.json(
                    """
                    {"id":"ctc_own_1","type":"custom_tool_call","status":"completed","call_id":"c2",
                    "name":"p","input":"raw"}
                    """)))
    }

    @Test("a call of the client's own shell is the item that the client runs")
    func clientTool() throws {
        let request = try Fixture.decode(#""input":"x","tools":[{"type":"local_shell"}]"#)
        let call = ToolCall(
            id: "c1", name: ToolName("local_shell"), input: .json(#"{"command":["ls"]}"#))
        let events = try Fixture.write(
            [Self.start, .toolCall(index: 0, call), .finish(.toolUse, Usage())], request: request)
        #expect(
            events[3]["item"]
                == (try Fixture.json(
                    """
                    {"id":"lsh_own_0","type":"local_shell_call","status":"completed","call_id":"c1",
                    "action":{"type":"exec","command":["ls"],"env":{}}}
                    """)))
        let wrong = ToolCall(id: "c", name: ToolName("local_shell"), input: .json("{}"))
        let other = try Fixture.write([Self.start, .toolCall(index: 0, wrong)], request: request)
        #expect(other.last?["item"]?["type"] == "function_call")
    }

    @Test("thoughts: a summary, and the envelope where the client sends it back from")
    func reasoning() throws {
        let seal = ReasoningSeal.issued(
            by: ReasoningIssuer(Fixture.upstream), payload: ["signature": "s"])
        let events = try Fixture.write([
            Self.start, .open(index: 0, .reasoning), .delta(index: 0, "Hm"),
            .close(index: 0, seal: seal), .open(index: 1, .reasoning), .close(index: 1, seal: seal),
            .finish(.endTurn, Usage()),
        ])
        #expect(
            events.compactMap { $0["type"]?.string }.dropFirst(2).dropLast() == [
                "response.output_item.added", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
                "response.reasoning_summary_part.done", "response.output_item.done",
                "response.output_item.added", "response.output_item.done",
            ])
        let output = events.last?["response"]?["output"]?.array
        #expect(output?.first?["summary"] == [["type": "summary_text", "text": "Hm"]])
        #expect(output?.last?["summary"] == [])
        #expect(output?.last?["encrypted_content"] == .string(seal.envelope))
        #expect(events[4]["summary_index"] == 0)
    }

    @Test("a refusal has a part of its own kind")
    func refusal() throws {
        let events = try Fixture.write([
            Self.start, .open(index: 0, .refusal), .delta(index: 0, "No"),
            .close(index: 0, seal: nil), .finish(.endTurn, Usage()),
        ])
        #expect(
            events.compactMap { $0["type"]?.string }[3...6] == [
                "response.content_part.added", "response.refusal.delta", "response.refusal.done",
                "response.content_part.done",
            ])
        #expect(events[5]["refusal"] == "No")
        #expect(events[6]["part"] == ["type": "refusal", "refusal": "No"])
    }

    @Test("only items of this wire are passed on")
    func opaque() throws {
        let search = OpaqueBlock(
            family: .openAI, type: "web_search_call", value: ["type": "web_search_call", "id": "w"])
        let other = OpaqueBlock(family: .openAI, type: "audio", value: [:])
        let events = try Fixture.write([
            Self.start, .opaque(index: 0, search), .opaque(index: 1, other),
            .finish(.endTurn, Usage()),
        ])
        #expect(events.last?["response"]?["output"] == [search.value])
    }

    @Test(
        "an answer that is not complete says why",
        arguments: [
            (StopReason.maxTokens, "max_output_tokens"), (.contextWindow, "max_output_tokens"),
            (.refusal("content_filter"), "content_filter"),
        ])
    func incomplete(stop: StopReason, reason: String) throws {
        let last = try Fixture.write([Self.start, .finish(stop, Usage())]).last
        #expect(last?["type"] == "response.incomplete")
        #expect(last?["response"]?["status"] == "incomplete")
        #expect(last?["response"]?["incomplete_details"] == ["reason": .string(reason)])
    }

    @Test("usage is complete, and null where nothing is known")
    func usage() throws {
        var usage = Usage()
        usage.input = 10
        usage.cacheRead = 4
        usage.output = 5
        usage.reasoning = 2
        let known = try Fixture.write([Self.start, .finish(.endTurn, usage)]).last
        #expect(
            known?["response"]?["usage"]
                == (try Fixture.json(
                    """
                    {"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":0},
                    "output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}
                    """)))
        let unknown = try Fixture.write([Self.start, .finish(.endTurn, Usage())]).last
        #expect(unknown?["response"]?["usage"] == .null)
    }

    @Test("the response has every member a client requires, and the settings it asked for")
    func response() throws {
        let request = try Fixture.decode(
            """
            "input":"x","tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],
            "tool_choice":"required","parallel_tool_calls":false,"temperature":0.2,"metadata":{"a":"b"},
            "reasoning":{"effort":"low","summary":"auto"}
            """)
        let response = try Fixture.write([Self.start], request: request).first?["response"]
        #expect(
            response
                == (try Fixture.json(
                    """
                    {"id":"resp_7","object":"response","created_at":1700000000,"model":"up-1",
                    "background":false,"completed_at":null,"frequency_penalty":0.0,"instructions":null,
                    "max_output_tokens":null,"max_tool_calls":null,"metadata":{"a":"b"},
                    "parallel_tool_calls":false,"presence_penalty":0.0,"previous_response_id":null,
                    "prompt_cache_key":null,"reasoning":{"effort":"low","summary":"auto"},
                    "safety_identifier":null,"store":false,"temperature":0.2,
                    "text":{"format":{"type":"text"}},"tool_choice":"required",
                    "tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},
                      "strict":false,"description":null}],
                    "top_logprobs":0,"top_p":1.0,"truncation":"disabled","user":null,
                    "status":"in_progress","output":[],"error":null,"incomplete_details":null,
                    "usage":null,"service_tier":"default"}
                    """)))
    }

    @Test("a keep-alive is an event with the next number")
    func keepAlive() throws {
        var writer = ByteWriter()
        var encoder = Fixture.codec.encoder(
            Fixture.context(Conversation(model: "m", family: .openAI)))
        encoder.encode(Self.start, into: &writer)
        encoder.encode(.open(index: 0, .text), into: &writer)
        encoder.keepAlive(into: &writer)
        encoder.encode(.delta(index: 0, "x"), into: &writer)
        let events = try Fixture.events(writer)
        #expect(events[4]["type"] == "response.in_progress")
        #expect(events[5]["delta"] == "x")
    }

    @Test("a failure keeps what was done, and its code tells Codex what to do")
    func failed() throws {
        let call = ToolCall(id: "c", name: ToolName("f"), input: .json("{}"))
        let failure = ProviderFailure(.rateLimit, status: 429, message: "try again in 2s")
        let last = try Fixture.write([
            Self.start, .toolCall(index: 0, call), .open(index: 1, .text), .delta(index: 1, "x"),
            .fail(failure),
        ]).last
        #expect(last?["type"] == "response.failed")
        #expect(last?["response"]?["status"] == "failed")
        #expect(
            last?["response"]?["error"]
                == ["code": "rate_limit_exceeded", "message": "try again in 2s"])
        #expect(last?["response"]?["output"]?.array?.count == 1)
    }

    @Test("an answer may fail before it starts")
    func failedAtOnce() throws {
        let events = try Fixture.write([.fail(.malformed("cut"))])
        #expect(events.count == 1)
        #expect(events.first?["response"]?["id"] == "resp_own")
        #expect(events.first?["response"]?["error"]?["code"] == "server_error")
    }

    @Test("a whole body is the last event's response")
    func whole() throws {
        let call = ToolCall(id: "c", name: ToolName("f"), input: .json("{}"))
        let sequence: [OutputEvent] = [
            Self.start, .open(index: 0, .reasoning), .delta(index: 0, "t"),
            .close(index: 0, seal: .foreign("e")), .open(index: 1, .text), .delta(index: 1, "x"),
            .citation(index: 1, Citation(url: "u", title: "T")), .close(index: 1, seal: nil),
            .open(index: 2, .refusal), .delta(index: 2, "n"), .close(index: 2, seal: nil),
            .toolCall(index: 3, call), .finish(.toolUse, Usage()),
        ]
        var fold = AnswerFold()
        for event in sequence { fold.add(event) }
        let answer = try #require(try fold.result?.get())
        let request = Conversation(model: "m", family: .openAI)
        let whole = Fixture.codec.encoder(Fixture.context(request)).whole(answer)
        #expect(try Fixture.write(sequence).last?["response"] == whole)
    }

    @Test(
        "the response's id is made of the provider's where that is a plain one",
        arguments: [
            ("resp_abc", "resp_abc"), ("chatcmpl-x-1", "resp_x-1"), ("msg_01", "resp_01"),
            ("0f3a", "resp_0f3a"), ("a b", "resp_own"), ("", "resp_own"),
        ])
    func ids(provided: String, expected: String) throws {
        let events = try Fixture.write([.start(AnswerStart(id: provided, model: "m"))])
        #expect(events.first?["response"]?["id"] == .string(expected))
    }
}
