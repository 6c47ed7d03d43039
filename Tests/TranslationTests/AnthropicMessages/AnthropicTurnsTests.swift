import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic requests: the order of messages")
struct AnthropicTurnsTests {
    private typealias Fixture = AnthropicFixture

    private func call(_ id: String, _ input: String = "{}") -> Block {
        Block(.toolCall(ToolCall(id: id, name: ToolName("f"), input: .json(input))))
    }

    private func result(_ id: String, _ text: String) -> Block {
        Block(.toolResult(ToolResult(callID: id, content: [.text(text)])))
    }

    /// The messages of a request of `turns`, expected as JSON.
    private func expect(
        _ turns: [Turn], model: String = "claude-sonnet-4-5", _ expected: String,
        at place: SourceLocation = #_sourceLocation
    ) throws {
        let (request, _) = Fixture.encoded(Fixture.conversation(turns), model: model)
        let messages = try #require(request["messages"], sourceLocation: place)
        #expect(messages == (try Fixture.json(expected)), sourceLocation: place)
    }

    @Test("turns of one side become one message")
    func merged() throws {
        try expect(
            [
                Turn(.user, [.text("a")]), Turn(.user, [.text("b")]),
                Turn(.assistant, [.text("c")]), Turn(.user, [.text("d")]),
            ],
            """
            [{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
             {"role":"assistant","content":"c"},{"role":"user","content":"d"}]
            """)
    }

    @Test("calls in turns of their own are answered in one message, results first")
    func parallelCalls() throws {
        try expect(
            [
                Turn(.user, [.text("a")]), Turn(.assistant, [call("c1", #"{"n":1.0}"#)]),
                Turn(.assistant, [call("c2")]), Turn(.user, [result("c2", "two")]),
                Turn(.user, [.text("and")]), Turn(.user, [result("c1", "one")]),
            ],
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":[
              {"type":"tool_use","id":"c1","name":"f","input":{"n":1.0}},
              {"type":"tool_use","id":"c2","name":"f","input":{}}]},
             {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c1","content":"one"},
              {"type":"tool_result","tool_use_id":"c2","content":"two"},
              {"type":"text","text":"and"}]}]
            """)
    }

    @Test("calls one after the other stay apart")
    func sequentialCalls() throws {
        try expect(
            [
                Turn(.user, [.text("a")]), Turn(.assistant, [call("c1")]),
                Turn(.user, [result("c1", "one")]), Turn(.assistant, [call("c2")]),
                Turn(.user, [result("c2", "two")]),
            ],
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},
             {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c1","content":"one"}]},
             {"role":"assistant","content":[{"type":"tool_use","id":"c2","name":"f","input":{}}]},
             {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c2","content":"two"}]}]
            """)
    }

    @Test("a call nobody answered gets an error for its result")
    func unanswered() throws {
        let missing =
            #"{"type":"tool_result","tool_use_id":"c1","content":"no result was given for this call","#
            + #""is_error":true}"#
        try expect(
            [
                Turn(.user, [.text("a")]), Turn(.assistant, [call("c1")]),
                Turn(.user, [.text("stop")]),
            ],
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},
             {"role":"user","content":[\(missing),{"type":"text","text":"stop"}]}]
            """)
        try expect(
            [Turn(.user, [.text("a")]), Turn(.assistant, [call("c1")])],
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},
             {"role":"user","content":[\(missing)]}]
            """)
    }

    @Test("a result nobody asked for is told in words, and said to be")
    func orphan() throws {
        let conversation = Fixture.conversation([Turn(.user, [result("x", "one"), .text("a")])])
        let (request, lost) = Fixture.encoded(conversation)
        #expect(
            request["messages"]
                == (try Fixture.json(
                    """
                    [{"role":"user","content":[
                     {"type":"text","text":"[result of an earlier tool call]"},
                     {"type":"text","text":"one"},{"type":"text","text":"a"}]}]
                    """)))
        #expect(lost == ["tool_result"])
    }

    @Test("ids used twice, or of other letters, are made good on both sides")
    func ids() throws {
        try expect(
            [
                Turn(.user, [.text("a")]), Turn(.assistant, [call("c")]),
                Turn(.user, [result("c", "one")]), Turn(.assistant, [call("c")]),
                Turn(.user, [result("c", "two")]), Turn(.assistant, [.text("b")]),
                Turn(.user, [.text("d")]),
            ],
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},
             {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c","content":"one"}]},
             {"role":"assistant","content":[{"type":"tool_use","id":"c_2","name":"f","input":{}}]},
             {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c_2","content":"two"}]},
             {"role":"assistant","content":"b"},{"role":"user","content":"d"}]
            """)
        let odd = Fixture.conversation([
            Turn(.user, [.text("a")]), Turn(.assistant, [call("functions.f:0")]),
            Turn(.user, [result("functions.f:0", "one")]),
        ])
        let messages = try #require(Fixture.encoded(odd).request["messages"]?.array)
        let sent = try #require(messages[1]["content"]?.array?.first?["id"]?.string)
        #expect(sent == ToolCallID.sanitized("functions.f:0"))
        #expect(messages[2]["content"]?.array?.first?["tool_use_id"]?.string == sent)
    }

    @Test("the user speaks first, and something is said")
    func opening() throws {
        let opening = #"{"role":"user","content":"[start of the conversation]"}"#
        try expect([], "[\(opening)]")
        try expect(
            [Turn(.assistant, [.text("a")]), Turn(.user, [.text("b")])],
            """
            [\(opening),{"role":"assistant","content":"a"},{"role":"user","content":"b"}]
            """)
    }

    @Test("text without a word in it is left out, with the message it leaves empty")
    func blank() throws {
        try expect(
            [
                Turn(.user, [.text("a"), .text(" \n")]), Turn(.assistant, [.text("")]),
                Turn(.user, [.text("b")]),
            ],
            """
            [{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]
            """)
    }

    @Test("words to be continued end without white space; newer models get a request instead")
    func prefill() throws {
        let turns = [Turn(.user, [.text("a")]), Turn(.assistant, [.text("so: \n")])]
        try expect(turns, #"[{"role":"user","content":"a"},{"role":"assistant","content":"so:"}]"#)
        let (request, lost) = Fixture.encoded(
            Fixture.conversation(turns), model: "anthropic/claude-opus-4.7")
        let messages = try #require(request["messages"]?.array)
        #expect(messages.map { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(lost == ["prefill"])
    }

    @Test(
        "the input of a call is an object, whatever it was",
        arguments: [
            (ToolCall.Input.json(#"{"a":1e400}"#), #"{"a":1e400}"#), (.json(""), "{}"),
            (.json("[1]"), #"{"input":[1]}"#), (.json("{oops"), #"{"input":"{oops"}"#),
            (.text("*** Begin"), #"{"input":"*** Begin"}"#),
        ])
    func input(input: ToolCall.Input, expected: String) throws {
        let call = ToolCall(id: "c", name: ToolName("f"), input: input)
        try expect(
            [
                Turn(.user, [.text("a")]), Turn(.assistant, [Block(.toolCall(call))]),
                Turn(.user, [result("c", "one")]),
            ],
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":[
              {"type":"tool_use","id":"c","name":"f","input":\(expected)}]},
             {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c","content":"one"}]}]
            """)
    }
}
