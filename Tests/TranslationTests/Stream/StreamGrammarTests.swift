import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("The grammar of an answer")
struct StreamGrammarTests {
    private func output(_ events: StreamEvent..., tools: ToolMap = ToolMap()) -> [String] {
        GrammarBench.output(events, tools: tools)
    }

    @Test("text leaves as it comes, and the end closes what is open")
    func text() {
        let words = output(
            .start(id: "a", model: "big"), .text("Hel"), .text("lo"), .stop(.endTurn), .end)
        #expect(
            words == ["start a big", "open0 text", "+Hel", "+lo", "close0", "finish endTurn -1"])
    }

    @Test("nothing leaves before there is something to say")
    func quietStart() {
        #expect(output(.start(id: "a", model: "m"), .usage(Usage()), .text("")) == [])
        #expect(
            output(.start(id: "a", model: "m"), .failure(.malformed("no"))) == ["fail 502"])
    }

    @Test("one block is open at a time, whatever is interleaved")
    func oneBlock() {
        let words = output(
            .reasoning("a"), .text("b"), .reasoning("c"), .refusal("d"), .stop(.endTurn), .end)
        #expect(
            words == [
                "start - m", "open0 reasoning", "+a", "close0", "open1 text", "+b", "close1",
                "open2 reasoning", "+c", "close2", "open3 refusal", "+d", "close3",
                "finish endTurn -1",
            ])
    }

    @Test("a seal after text leaves with what follows, and not as the last of a message")
    func sealAfterText() {
        let seal = StreamEvent.blockEnd(seal: ["x": 1])
        let end: [StreamEvent] = [.stop(.endTurn), .end]
        let text = ["start - m", "open0 text", "+a", "close0"]
        let sealed = text + ["open1 reasoning", "close1 sealed"]
        #expect(output(.text("a"), seal, .stop(.endTurn), .end) == sealed + ["finish endTurn -1"])
        func message(_ events: StreamEvent...) -> [String] {
            GrammarBench.output([.text("a"), seal] + events + end, mayEndWithThoughts: false)
        }
        #expect(message() == text + ["finish endTurn -1"])
        #expect(
            message(.text("b"))
                == sealed + ["open2 text", "+b", "close2", "finish endTurn -1"])
        #expect(
            message(.toolCall(key: 0, id: "c", name: "f", arguments: "{}"))
                == sealed + ["call2 c f {}", "finish toolUse -1"])
        #expect(
            message(seal) == sealed + ["open2 reasoning", "close2 sealed", "finish endTurn -1"])
    }

    @Test("interleaved calls leave whole, in the order they began")
    func interleavedCalls() {
        let words = output(
            .toolCall(key: 0, id: "c0", name: "f", arguments: "{\"a\""),
            .toolCall(key: 1, id: "c1", name: "g", arguments: "{}"),
            .toolCall(key: 0, id: nil, name: nil, arguments: ":1}"), .stop(.toolUse), .end)
        #expect(
            words == [
                "start - m", "call0 c0 f {\"a\":1}", "call1 c1 g {}", "finish toolUse -1",
            ])
    }

    @Test("a call the provider ends leaves at once")
    func endedCall() {
        let words = output(
            .text("x"), .toolCall(key: 4, id: "c", name: "f", arguments: "{}"),
            .toolCallEnd(key: 4, arguments: nil), .text("y"))
        #expect(
            words == [
                "start - m", "open0 text", "+x", "close0", "call1 c f {}", "open2 text", "+y",
            ])
    }

    @Test("an index that comes back with a new id is another call")
    func reusedIndex() {
        let words = output(
            .toolCall(key: 0, id: "a", name: "f", arguments: "{}"),
            .toolCall(key: 0, id: "b", name: "f", arguments: "{\"a\":2}"),
            .toolCall(key: 0, id: "b", name: "f", arguments: ""), .stop(.toolUse), .end)
        #expect(
            words == ["start - m", "call0 a f {}", "call1 b f {\"a\":2}", "finish toolUse -1"])
    }

    @Test("two calls of one id get two")
    func repeatedID() {
        let words = output(
            .toolCall(key: 0, id: "a", name: "f", arguments: "{}"),
            .toolCall(key: 1, id: "a", name: "f", arguments: "{}"), .stop(.toolUse), .end)
        #expect(words[1] == "call0 a f {}" && words[2] == "call1 a_1 f {}")
    }

    @Test("a call without an id gets one")
    func missingID() {
        let words = output(
            .toolCall(key: 0, id: nil, name: "f", arguments: ""), .stop(.toolUse), .end)
        #expect(words[1] == "call0 call_x_0 f {}")
    }

    @Test("a call cut off by the limit does not leave")
    func callAtLimit() {
        let words = output(
            .text("x"), .toolCall(key: 0, id: "a", name: "f", arguments: "{\"path\":\"/"),
            .stop(.maxTokens), .end)
        #expect(words.last == "finish maxTokens -1" && !words.contains { $0.hasPrefix("call") })
    }

    @Test("a call cut off before its arguments, or within a text, does not leave")
    func emptyCallAtLimit() {
        var tools = ToolMap()
        tools.declare(ToolName("patch"), as: "patch", form: .custom, schema: nil)
        for call in [("f", ""), ("patch", "*** Beg")] {
            let words = GrammarBench.output(
                [
                    .text("x"), .toolCall(key: 0, id: "a", name: call.0, arguments: call.1),
                    .stop(.maxTokens), .end,
                ], tools: tools)
            #expect(!words.contains { $0.hasPrefix("call") }, "\(call)")
        }
    }

    @Test("a call in a stream that fails does not leave")
    func callInFailure() {
        let words = output(
            .toolCall(key: 0, id: "a", name: "f", arguments: "{}"),
            .failure(.malformed("cut")), .end, .text("late"))
        #expect(words == ["fail 502"])
    }

    @Test("arguments that are no JSON reach a tool that refuses them, and no other")
    func invalidArguments() {
        let bad: [StreamEvent] = [
            .toolCall(key: 0, id: "a", name: "f", arguments: "{\"a\": "), .stop(.toolUse), .end,
        ]
        #expect(
            GrammarBench.output(bad, tools: GrammarBench.tools("f"))[1]
                == "call0 a f {\"_invalid_arguments\":\"{\\\"a\\\": \"}")
        #expect(GrammarBench.output(bad) == ["fail 502"])
    }

    @Test("the stop reason fits what left")
    func stopReason() {
        #expect(
            output(
                .toolCall(key: 0, id: "a", name: "f", arguments: "{}"), .stop(.endTurn), .end
            ).last == "finish toolUse -1")
        #expect(output(.text("x"), .stop(.toolUse), .end).last == "finish endTurn -1")
    }

    @Test("usage may come after the stop, and in parts")
    func lateUsage() {
        var first = Usage()
        first.output = 1
        var second = Usage()
        second.output = 7
        #expect(
            output(.text("x"), .usage(first), .stop(.endTurn), .usage(second), .end).last
                == "finish endTurn 7")
    }

    @Test("a seal closes the thoughts it belongs to, or stands alone")
    func seals() {
        let words = output(
            .reasoning("a"), .blockEnd(seal: ["s": 1]), .blockEnd(seal: ["s": 2]), .text("b"))
        #expect(
            words == [
                "start - m", "open0 reasoning", "+a", "close0 sealed", "open1 reasoning",
                "close1 sealed", "open2 text", "+b",
            ])
    }

    @Test("hidden thoughts leave their seal and no text")
    func hiddenReasoning() {
        let words = GrammarBench.output(
            [.reasoning("secret"), .blockEnd(seal: ["s": 1]), .text("b")], hidesReasoning: true)
        #expect(
            words == ["start - m", "open0 reasoning", "close0 sealed", "open1 text", "+b"])
    }

    @Test("a sign of life opens the answer")
    func alive() {
        #expect(output(.start(id: "a", model: "m"), .alive) == ["start a m"])
    }

    @Test("a block of another family does not leave, and is noted")
    func opaque() {
        let block = OpaqueBlock(family: .openAI, type: "web_search_call", value: [:])
        #expect(output(.opaque(block), .text("x")).first == "start - m")
        let own = OpaqueBlock(family: .anthropic, type: "server_tool_use", value: [:])
        #expect(output(.text("x"), .opaque(own)).last == "opaque1 server_tool_use")
    }
}

@Suite("The arguments of a call")
struct ToolArgumentsTests {
    @Test(
        "whole objects stay byte for byte, known glue comes off, the rest is refused",
        arguments: [
            ("{\"a\": 1.0}", "{\"a\": 1.0}"), ("", "{}"), ("  ", "{}"), ("null", "{}"),
            ("{}{\"a\":1}", "{\"a\":1}"), ("{\"a\":1}{\"a\":1}", "{\"a\":1}"),
            ("\"{\\\"a\\\":1}\"", "{\"a\":1}"), ("{\"a\":", nil), ("[1]", nil), ("7", nil),
            ("rm -rf", nil), ("{\"a\":1}{\"b\":2}", nil),
        ] as [(String, String?)])
    func object(_ text: String, _ expected: String?) {
        #expect(ToolArguments.object(text) == expected)
    }
}
