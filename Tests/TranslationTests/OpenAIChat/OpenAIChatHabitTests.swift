import AgentRouteTranslation
import AgentRouteWire
import Testing

/// What providers of this wire do beyond OpenAI's reference.
@Suite("Habits of chat providers")
struct OpenAIChatHabitTests {
    // MARK: Calls without ids

    private static func call(_ arguments: String, index: Int? = nil, name: String? = "f") -> String
    {
        let place = index.map { #""index":\#($0),"# } ?? ""
        let name = name.map { #""name":"\#($0)","# } ?? ""
        let text = arguments.replacing("\"", with: "\\\"")
        return #"{\#(place)"function":{\#(name)"arguments":"\#(text)"}}"#
    }

    /// The arguments of each call in a stream of these `tool_calls`.
    private static func arguments(_ deltas: [[String]]) -> [String] {
        var texts: [Int: String] = [:]
        let lines = deltas.map { Chat.delta(#""tool_calls":[\#($0.joined(separator: ","))]"#) }
        for case .toolCall(let key, _, _, let piece?) in Chat.events(lines) {
            texts[key, default: ""] += piece
        }
        return texts.keys.sorted().map { texts[$0] ?? "" }
    }

    @Test("calls without index or id, side by side, are calls of their own")
    func sideBySide() {
        #expect(
            Self.arguments([[Self.call(#"{"a":1}"#), Self.call(#"{"a":2}"#)]])
                == [#"{"a":1}"#, #"{"a":2}"#])
        #expect(
            Self.arguments([
                [Self.call(#"{"a""#), Self.call(#"{"b""#)],
                [Self.call(":1}", name: nil), Self.call(":2}", name: nil)],
            ]) == [#"{"a":1}"#, #"{"b":2}"#])
    }

    @Test("the same name at the same index begins another call once the arguments are whole")
    func oneAfterTheOther() {
        #expect(
            Self.arguments([
                [Self.call(#"{"a":1}"#, index: 0)], [Self.call(#"{"a":2}"#, index: 0)],
            ]) == [#"{"a":1}"#, #"{"a":2}"#])
        #expect(
            Self.arguments([[Self.call(#"{"a":"#, index: 0)], [Self.call("1}", index: 0)]])
                == [#"{"a":1}"#])
    }

    @Test("a whole message's calls are as many as its elements, though they look the same")
    func wholeCalls() throws {
        let one = Self.call("{}")
        let events = try Chat.whole(
            #"{"choices":[{"message":{"tool_calls":[\#(one),\#(one)]},"finish_reason":"stop"}]}"#)
        let keys = events.compactMap {
            if case .toolCall(let key, _, _, _) = $0 { key } else { nil }
        }
        #expect(keys == [0, 1])
    }

    // MARK: Ends and counts

    @Test(
        "the sequence a server says it stopped at is told; a token's number or a finish word is none",
        arguments: [
            (#""stop_reason":"END""#, StopReason.stopSequence("END")),
            (#""matched_stop":"END""#, .stopSequence("END")),
            (#""matched_stop":151645"#, .endTurn), (#""stop_reason":null"#, .endTurn),
            (#""stop_reason":"end_turn""#, .endTurn),
        ])
    func stopSequence(member: String, reason: StopReason) {
        let end = Chat.chunk(#""delta":{},"finish_reason":"stop",\#(member)"#)
        #expect(Chat.events([end]).contains(.stop(reason)))
    }

    @Test(
        "cached tokens are known by every name they are given",
        arguments: [
            #""prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":2}"#,
            #""prompt_tokens_details":{"cached_tokens":3,"cache_creation_tokens":2}"#,
            #""prompt_tokens_details":{"cached_tokens":3,"created_cache_tokens":2}"#,
            #""cache_read_input_tokens":3,"cache_creation_input_tokens":2"#,
        ])
    func usage(members: String) {
        let chunk = #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,\#(members)}}"#
        var expected = Usage()
        expected.input = 9
        expected.output = 1
        expected.cacheRead = 3
        expected.cacheWrite = 2
        #expect(Chat.events([chunk]).contains(.usage(expected)))
    }

    @Test("usage is found where Groq puts it")
    func groqUsage() {
        let chunk = #"{"choices":[],"x_groq":{"usage":{"prompt_tokens":9,"completion_tokens":1}}}"#
        var expected = Usage()
        expected.input = 9
        expected.output = 1
        #expect(Chat.events([chunk]).contains(.usage(expected)))
    }

    // MARK: Signatures on calls

    @Test("what a provider gives with a call goes back with that call")
    func signedCalls() throws {
        let extra: JSONValue = ["google": ["thought_signature": "S"]]
        let events = Chat.events([
            Chat.delta(
                #""tool_calls":[{"index":0,"id":"c.1","extra_content":{"google":{"thought_signature":"S"}},"function":{"name":"f","arguments":"{}"}}]"#
            ), Chat.end("tool_calls"),
        ])
        let id = ToolCallID.sanitized("c.1")
        let payload: JSONValue = ["tool_calls": [["id": .string(id), "extra_content": extra]]]
        #expect(events.contains(.blockEnd(seal: payload)))

        let seal = ReasoningSeal.issued(by: ReasoningIssuer(Chat.plain()), payload: payload)
        let calls = [id, "other"].map {
            Block(.toolCall(ToolCall(id: $0, name: ToolName("f"), input: .json("{}"))))
        }
        let turn = Turn(.assistant, [Block(.reasoning(Reasoning("", seal: seal)))] + calls)
        let written = Chat.messages([turn]).messages?.array?.first?["tool_calls"]?.array
        #expect(written?.first?["extra_content"] == extra)
        #expect(written?.last?["extra_content"] == nil)
    }

    // MARK: Requests

    @Test("a turn in which nothing is said is left out, but for the user's")
    func emptyTurns() {
        let turns = [
            Turn(.user, []), Turn(.assistant, [.text("")]), Turn(.system, [.text("")]),
        ]
        #expect(Chat.messages(turns).messages == [["role": "user", "content": ""]])
    }

    @Test(
        "an answer that other families hold to its schema is held to it where OpenAI can",
        arguments: [
            (#"{"type":"object","properties":{},"additionalProperties":false}"#, true),
            (
                #"{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string"}},"required":["b"],"additionalProperties":false}}},"required":["a"],"additionalProperties":false}"#,
                true
            ),
            (#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#, false),
            (#"{"type":"object","properties":{}}"#, false),
            (#"{"type":"object","additionalProperties":false,"oneOf":[]}"#, false),
            (
                #"{"type":"object","properties":{"a":{"type":"object"}},"required":["a"],"additionalProperties":false}"#,
                false
            ),
        ])
    func strictAnswers(schema: String, isStrict: Bool) throws {
        let value = try Chat.json(schema)
        let (body, lost) = Chat.encode(
            Chat.request {
                $0.outputFormat = .jsonSchema(
                    name: nil, description: nil, schema: value, strict: nil)
            })
        let written = body["response_format"]?["json_schema"]
        #expect(written?["strict"] == (isStrict ? true : nil as JSONValue?))
        #expect(written?["schema"] == value)
        #expect(lost == (isStrict ? [] : ["strict"]))
    }

    @Test("a search that cannot be offered beside other tools is told to the model")
    func missingSearch() {
        let search = ServerTool(
            purpose: .webSearch, family: .anthropic, declaration: ["type": "web_search_20250305"])
        let (body, lost) = Chat.encode(
            Chat.request {
                $0.tools = [
                    Tool(ToolName("f"), kind: .function(schema: nil)),
                    Tool(ToolName("web_search"), kind: .server(search)),
                ]
            }, for: Chat.openRouter)
        #expect(lost == ["tools.web_search"])
        let system = body["messages"]?.array?.first
        #expect(system?["role"] == "system")
        #expect(system?["content"]?.string?.contains("web_search") == true)
    }

    @Test(
        "thinking is asked for in Anthropic's words too",
        arguments: [
            (
                #"{"type":"enabled","budget_tokens":2000}"#,
                ReasoningRequest.Mode.budget(JSONNumber(2000))
            ),
            (#"{"type":"enabled"}"#, .adaptive), (#"{"type":"adaptive"}"#, .adaptive),
            (#"{"type":"disabled"}"#, .off),
        ])
    func thinking(json: String, mode: ReasoningRequest.Mode) throws {
        let conversation = try Chat.decode(
            #""messages":[{"role":"user","content":"x"}],"thinking":\#(json)"#)
        #expect(conversation.reasoning?.mode == mode)
    }
}
