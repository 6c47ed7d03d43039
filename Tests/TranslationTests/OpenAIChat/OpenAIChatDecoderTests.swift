import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Chat answers, read")
struct OpenAIChatDecoderTests {
    @Test("a text: role chunk, pieces, finish, usage after it, [DONE]")
    func text() {
        var usage = Usage()
        usage.input = 10
        usage.cacheRead = 4
        usage.output = 3
        usage.reasoning = 1
        usage.cost = JSONNumber(0.5)
        usage.serviceTier = "default"
        let counts =
            #"{"id":"gen-1","choices":[],"service_tier":"default","usage":{"prompt_tokens":10,"#
            + #""completion_tokens":3,"cost":0.5,"prompt_tokens_details":{"cached_tokens":4},"#
            + #""completion_tokens_details":{"reasoning_tokens":1}}}"#
        #expect(
            Chat.events([
                Chat.delta(#""role":"assistant","content":"""#), Chat.delta(#""content":"He""#),
                Chat.delta(#""content":"y""#), Chat.end("stop"), counts, "[DONE]",
            ]) == [
                Chat.start, .text("He"), .text("y"), .stop(.endTurn), .usage(usage), .end,
            ])
    }

    @Test("[DONE] is not needed after a finish_reason, and a stream without one is cut")
    func cut() {
        let text = Chat.delta(#""content":"x""#)
        #expect(Chat.events([text, Chat.end("length")]).suffix(2) == [.stop(.maxTokens), .end])
        #expect(Chat.events([text]) == [Chat.start, .text("x")])
        guard case .failure(let failure)? = Chat.events([text, "[DONE]"]).last else {
            Issue.record("an end without a finish_reason passed")
            return
        }
        #expect(failure.status == 502)
    }

    @Test("streamed reasoning_details are joined by index and come back whole, text only once")
    func details() {
        let events = Chat.events([
            Chat.delta(
                #""reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","#
                    + #""format":"f","index":0}]"#),
            Chat.delta(
                #""reasoning":"b","reasoning_details":[{"type":"reasoning.text","text":"b","#
                    + #""format":"f","index":0}]"#),
            Chat.delta(
                #""reasoning":null,"reasoning_details":[{"type":"reasoning.text","#
                    + #""signature":"s","format":"f","index":0}]"#),
            Chat.delta(
                #""reasoning_details":[{"type":"reasoning.encrypted","data":"e","id":"r","#
                    + #""format":"f","index":1}]"#),
            Chat.delta(#""content":"x""#), Chat.end("stop"),
        ])
        let seal: JSONValue = [
            "reasoning_details": [
                [
                    "type": "reasoning.text", "text": "ab", "format": "f", "index": 0,
                    "signature": "s",
                ],
                ["type": "reasoning.encrypted", "data": "e", "id": "r", "format": "f", "index": 1],
            ]
        ]
        #expect(
            events == [
                Chat.start, .reasoning("a"), .reasoning("b"), .blockEnd(seal: seal), .text("x"),
                .stop(.endTurn), .end,
            ])
    }

    @Test(
        "plain thoughts end where text, a call or the end begins, and remember their member",
        arguments: [
            (#""reasoning_content":"hm""#, "reasoning_content"),
            (#""reasoning":"hm""#, "reasoning"),
            (#""reasoning":"hm","reasoning_content":"hm""#, "reasoning_content"),
        ])
    func plainThoughts(member: String, key: String) {
        let seal = JSONValue.object([JSONMember(key: key, value: true)])
        let next: [String] = [
            Chat.delta(#""content":"x""#), Chat.end("stop"),
            Chat.delta(#""tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]"#),
        ]
        for chunk in next {
            let events = Chat.events([Chat.delta(member), chunk], finish: false)
            #expect(events.prefix(3) == [Chat.start, .reasoning("hm"), .blockEnd(seal: seal)])
        }
    }

    @Test("text of details is thoughts where no other member has it")
    func detailText() {
        let events = Chat.events([
            Chat.delta(
                #""reasoning_details":[{"type":"reasoning.summary","summary":"s","index":0}]"#),
            Chat.end("stop"),
        ])
        let seal: JSONValue = [
            "reasoning_details": [["type": "reasoning.summary", "summary": "s", "index": 0]]
        ]
        #expect(
            events == [
                Chat.start, .reasoning("s"), .blockEnd(seal: seal), .stop(.endTurn), .end,
            ])
    }

    @Test("details that come after the text make a seal of their own at the end")
    func lateDetails() {
        let events = Chat.events([
            Chat.delta(#""content":"x""#),
            Chat.delta(#""reasoning_details":[{"type":"reasoning.encrypted","data":"e"}]"#),
            Chat.delta(#""content":"y""#), Chat.end("stop"),
        ])
        let seal: JSONValue = [
            "reasoning_details": [["type": "reasoning.encrypted", "data": "e"]]
        ]
        #expect(
            events == [
                Chat.start, .text("x"), .text("y"), .blockEnd(seal: seal), .stop(.endTurn), .end,
            ])
    }

    @Test("content in parts, thoughts among them")
    func contentParts() {
        let events = Chat.events([
            Chat.delta(
                #""content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},"#
                    + #"{"type":"text","text":"x"}]"#), Chat.end("stop"),
        ])
        #expect(
            events == [
                Chat.start, .reasoning("hm"), .blockEnd(seal: nil), .text("x"), .stop(.endTurn),
                .end,
            ])
    }

    // MARK: Calls

    /// The calls in `deltas`, elements of `tool_calls`, each in a chunk of its own.
    private func calls(_ deltas: [String]) -> [StreamEvent] {
        let chunks = deltas.map { Chat.delta(#""tool_calls":[\#($0)]"#) }
        return Chat.events(chunks, finish: false).filter { $0 != Chat.start }
    }

    private func call(
        _ key: Int, _ id: String? = nil, _ name: String? = nil, _ arguments: String? = nil
    ) -> StreamEvent {
        .toolCall(key: key, id: id, name: name, arguments: arguments)
    }

    @Test("interleaved calls are told apart by index; id and name said again are not repeated")
    func interleaved() {
        #expect(
            calls([
                #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}"#,
                #"{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}"#,
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}"#,
                #"{"index":1,"function":{"arguments":"}"}}"#,
                #"{"index":0,"id":"","function":{"name":"","arguments":"1}"}}"#,
            ]) == [
                call(0, "a", "f"), call(1, "b", "g", "{"), call(0, nil, nil, #"{"x":"#),
                call(1, nil, nil, "}"), call(0, nil, nil, "1}"),
            ])
    }

    @Test("an index given to a new id is a new call, and the old id finds its own again")
    func reusedIndex() {
        #expect(
            calls([
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#,
                #"{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}"#,
                #"{"index":0,"id":"a","function":{"arguments":"}"}}"#,
            ]) == [
                call(0, "a", "f", "{"), call(1, "b", "f", "{}"), call(0, nil, nil, "}"),
            ])
    }

    @Test("calls without ids at one index are told apart by their names")
    func namesAlone() {
        #expect(
            calls([
                #"{"index":0,"id":"","function":{"name":"f","arguments":"{}"}}"#,
                #"{"index":0,"id":"","function":{"name":"g","arguments":"{}"}}"#,
            ]) == [call(0, nil, "f", "{}"), call(1, nil, "g", "{}")])
    }

    @Test("without an index a piece belongs to its id, else to the last call")
    func noIndex() {
        #expect(
            calls([
                #"{"id":"a","function":{"name":"f","arguments":"{"}}"#,
                #"{"function":{"arguments":"}"}}"#,
                #"{"id":"b","function":{"name":"f","arguments":"{}"}}"#,
            ]) == [
                call(0, "a", "f", "{"), call(0, nil, nil, "}"), call(1, "b", "f", "{}"),
            ])
    }

    @Test("a new id without a name is the same call under another id")
    func changingID() {
        #expect(
            calls([
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#,
                #"{"index":0,"id":"z","function":{"name":null,"arguments":"}"}}"#,
            ]) == [call(0, "a", "f", "{"), call(0, nil, nil, "}")])
    }

    @Test("id and name may come late, arguments as an object, two calls in one chunk")
    func oddities() {
        #expect(
            calls([
                #"{"index":0,"function":{"arguments":"{}"}}"#,
                #"{"index":0,"id":"a","function":{"name":"f"}},{"index":1,"id":"b","function":{"name":"g","arguments":{"x":1.50}}}"#,
            ]) == [
                call(0, nil, nil, "{}"), call(0, "a", "f"), call(1, "b", "g", #"{"x":1.50}"#),
            ])
    }

    @Test("a function_call in the form of 2023")
    func legacy() {
        let events = Chat.events([
            Chat.delta(#""function_call":{"name":"f","arguments":""}"#),
            Chat.delta(#""function_call":{"arguments":"{}"}"#), Chat.end("function_call"),
        ])
        #expect(
            events == [
                Chat.start, call(0, nil, "f"), call(0, nil, nil, "{}"), .stop(.toolUse), .end,
            ])
    }

    // MARK: The rest

    @Test("refusals, sources, sound and pictures")
    func others() {
        let events = Chat.events([
            Chat.delta(#""refusal":"no""#),
            Chat.delta(
                #""content":"x","annotations":[{"type":"url_citation","url_citation":{"url":"u","#
                    + #""title":"t","content":"c","start_index":0,"end_index":1}}]"#),
            Chat.delta(#""audio":{"transcript":"said","data":"AA"}"#),
            Chat.delta(
                #""images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]"#),
            Chat.end("stop"),
        ])
        var citation = Citation(url: "u", title: "t")
        citation.citedText = "c"
        citation.range = 0..<1
        let image: JSONValue = [
            "type": "image_generation_call", "status": "completed", "result": "AA",
        ]
        #expect(
            events == [
                Chat.start, .refusal("no"), .text("x"), .citation(citation), .text("said"),
                .opaque(OpaqueBlock(family: .openAI, type: "audio", value: [:])),
                .opaque(
                    OpaqueBlock(
                        family: .openAI, type: "image_generation_call", value: image,
                        picture: Media(.base64("AA"), mediaType: "image/png"))),
                .stop(.endTurn), .end,
            ])
    }

    @Test(
        "why the model stopped",
        arguments: [
            ("stop", StopReason.endTurn), ("length", .maxTokens), ("tool_calls", .toolUse),
            ("content_filter", .refusal("content_filter")), ("model_length", .contextWindow),
            ("odd", .other("odd")),
        ])
    func stops(word: String, reason: StopReason) {
        #expect(Chat.events([Chat.end(word)]) == [Chat.start, .stop(reason), .end])
    }

    @Test("the word of the provider behind OpenRouter tells a stop sequence")
    func nativeStop() {
        let chunk = Chat.chunk(
            #""delta":{},"finish_reason":"stop","native_finish_reason":"stop_sequence""#)
        #expect(Chat.events([chunk]) == [Chat.start, .stop(.stopSequence(nil)), .end])
    }

    @Test("a finish_reason said in every chunk ends nothing early")
    func repeatedFinish() {
        let chunk = Chat.chunk(#""delta":{"content":"x"},"finish_reason":"stop""#)
        #expect(
            Chat.events([chunk, chunk, "[DONE]"])
                == [Chat.start, .text("x"), .stop(.endTurn), .text("x"), .end])
    }

    @Test("only the first choice counts")
    func otherChoices() {
        let chunk =
            #"{"id":"gen-1","model":"vendor/m","choices":[{"index":1,"delta":{"content":"no"}},"#
            + #"{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"}]}"#
        #expect(Chat.events([chunk]) == [Chat.start, .text("yes"), .stop(.endTurn), .end])
    }

    @Test(
        "what fails, and how",
        arguments: [
            ("{", ProviderFailure.Kind.server, 502), ("[]", .server, 502),
            (#"{"x":1}"#, .server, 502),
            (#"{"error":{"code":429,"message":"slow down"}}"#, .rateLimit, 429),
            (#"{"error":{"type":"server_error","message":"oops","code":null}}"#, .server, 502),
            (#"{"detail":"odd"}"#, .server, 502),
            (
                #"{"id":"g","choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"code":"server_error","message":"gone"}}"#,
                .server, 502
            ),
            (Chat.end("error"), .server, 502),
            (Chat.end("insufficient_system_resource"), .overloaded, 503),
        ])
    func failures(data: String, kind: ProviderFailure.Kind, status: Int) {
        let events = Chat.events([Chat.delta(#""content":"x""#), data, Chat.end("stop"), "[DONE]"])
        guard case .failure(let failure)? = events.last else {
            Issue.record("no failure: \(events)")
            return
        }
        #expect(failure.kind == kind && failure.status == status)
        #expect(events.count(where: { if case .failure = $0 { true } else { false } }) == 1)
    }

    // MARK: Whole bodies

    @Test("a whole body gives what its stream would; its details stay as they are")
    func whole() throws {
        let details =
            #"[{"type":"reasoning.text","text":"a"},{"type":"reasoning.text","text":"b"}]"#
        let events = try Chat.whole(
            #"""
            {"id":"gen-1","model":"vendor/m","choices":[{"index":0,"finish_reason":"tool_calls",
             "message":{"role":"assistant","content":"x","reasoning":"ab","reasoning_details":\#(details),
             "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}}],
             "usage":{"prompt_tokens":5,"completion_tokens":2}}
            """#)
        var usage = Usage()
        usage.input = 5
        usage.output = 2
        #expect(
            events == [
                Chat.start, .reasoning("ab"),
                .blockEnd(seal: ["reasoning_details": try Chat.json(details)]), .text("x"),
                call(0, "a", "f", "{}"), .stop(.toolUse), .usage(usage), .end,
            ])
    }

    @Test("a whole body that leaves out its finish_reason is whole")
    func wholeWithoutFinish() throws {
        let events = try Chat.whole(
            #"{"id":"gen-1","model":"vendor/m","choices":[{"message":{"content":"x"}}]}"#)
        #expect(events == [Chat.start, .text("x"), .stop(.endTurn), .end])
    }

    @Test(
        "a body that is no answer is a failure",
        arguments: [
            #"{"error":{"message":"no","code":402}}"#, #"{"detail":"no"}"#, #""text""#,
            #"{"id":"x","choices":[]}"#, #"{"object":"list","data":[]}"#,
        ])
    func noAnswer(body: String) throws {
        let events = try Chat.whole(body)
        guard case .failure? = events.last else {
            Issue.record("taken for an answer: \(events)")
            return
        }
        #expect(!events.contains(.end))
    }
}
