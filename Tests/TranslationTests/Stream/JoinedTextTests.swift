import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Texts, sources and pictures on wires that have other places for them")
struct JoinedTextTests {
    private let end: [StreamEvent] = [.stop(.endTurn), .end]

    private func deltas(_ events: [StreamEvent], to client: some Codec) -> String {
        GrammarBench.output(events + end, to: client).words.filter { $0.hasPrefix("+") }.joined()
    }

    @Test("a blank line parts two texts where the wire has all text in one")
    func blankLine() {
        let events: [StreamEvent] = [
            .text("a"), .blockEnd(seal: nil), .separation, .text("b"), .text("c"),
        ]
        #expect(deltas(events, to: OpenAIChatCodec()) == "+a+\n\n+b+c")
        #expect(deltas(events, to: GeminiCodec()) == "+a+\n\n+b+c")
        #expect(deltas(events, to: OpenAIResponsesCodec()) == "+a+b+c")
        let messages = GrammarBench.output(events + end, to: AnthropicMessagesCodec()).words
        #expect(
            messages == [
                "start - m", "open0 text", "+a", "close0", "open1 text", "+b", "+c", "close1",
                "finish endTurn -1",
            ])
    }

    @Test("texts that go on with one another, and the first one, have no blank line")
    func noBlankLine() {
        let cited: [StreamEvent] = [
            .separation, .text("a"), .blockEnd(seal: nil), .text("b"), .reasoning("t"), .text("c"),
        ]
        #expect(deltas(cited, to: OpenAIChatCodec()) == "+a+b+t+c")
    }

    @Test("a refusal is a text of its own where the wire has no other place for it")
    func refusal() {
        let events: [StreamEvent] = [.text("a"), .refusal("no")]
        #expect(deltas(events, to: GeminiCodec()) == "+a+\n\n+no")
        #expect(deltas(events, to: OpenAIChatCodec()) == "+a+no")
    }

    @Test("a separation parts texts between which only what was lost has stood")
    func separatedByLoss() {
        let block = OpaqueBlock(family: .google, type: "executableCode", value: [:])
        let events: [StreamEvent] = [.text("a"), .opaque(block), .separation, .text("b")]
        let (words, lost) = GrammarBench.output(events + end, to: AnthropicMessagesCodec())
        #expect(words.contains("open1 text") && lost == ["blocks.executableCode"])
    }

    @Test("a source that comes before its text is kept for it")
    func earlySource() {
        let source = StreamEvent.citation(Citation(url: "u"))
        let early: [StreamEvent] = [
            source, .text("a"), .blockEnd(seal: nil), source,
            .toolCall(
                key: 0, id: "c", name: "f", arguments: "{}"), .toolCallEnd(key: 0, arguments: nil),
            .text("b"),
        ]
        #expect(
            GrammarBench.output(early + end, to: OpenAIResponsesCodec()).words == [
                "start - m", "open0 text", "+a", "cite u", "close0", "call1 c f {}", "open2 text",
                "+b", "cite u", "close2", "finish toolUse -1",
            ])
    }

    @Test("a source without a text, or without an address, is said to be lost")
    func lostSource() {
        let late: [StreamEvent] = [
            .text("a"), .blockEnd(seal: nil), .citation(Citation(url: "u")),
        ]
        #expect(GrammarBench.output(late + end, to: OpenAIChatCodec()).lost == ["citations"])
        let nowhere: [StreamEvent] = [.text("a"), .citation(Citation(url: ""))]
        let (words, lost) = GrammarBench.output(nowhere + end, to: OpenAIChatCodec())
        #expect(lost == ["citations"] && !words.contains("cite "))
    }

    @Test("a stop reason that the client's wire has no word for is said to be lost")
    func stopReasons() {
        let pause: [StreamEvent] = [.text("a"), .stop(.pause), .end]
        #expect(
            GrammarBench.output(pause, to: OpenAIChatCodec()).lost == ["stop_reason.pause_turn"])
        #expect(GrammarBench.output(pause, to: AnthropicMessagesCodec()).lost.isEmpty)
        let other: [StreamEvent] = [.text("a"), .stop(.other("LATER")), .end]
        #expect(
            GrammarBench.output(other, to: AnthropicMessagesCodec()).lost == ["stop_reason.LATER"])
    }

    @Test("calls for which the client's form has no room are said to be lost")
    func callLimit() {
        let calls = ["a", "b"].enumerated().flatMap { key, id -> [StreamEvent] in
            [
                .toolCall(key: key, id: id, name: "f", arguments: "{}"),
                .toolCallEnd(key: key, arguments: nil),
            ]
        }
        let (words, lost) = GrammarBench.output(
            calls + [.stop(.toolUse), .end], to: OpenAIChatCodec(), callLimit: 1)
        #expect(words == ["start - m", "call0 a f {}", "finish toolUse -1"])
        #expect(lost == ["tool_calls"])
    }

    @Test("pictures pass between the families that have them; what they have not is said")
    func pictures() {
        let made = OpenAIPicture.block(["type": "image_generation_call", "id": "i", "result": "AA"])
        let google = GeminiCodec().adapted(made)
        #expect(google?.value == ["inlineData": ["mimeType": "image/png", "data": "AA"]])
        let back = google.flatMap { OpenAIResponsesCodec().adapted($0) }
        #expect(back?.value["result"] == "AA" && back?.type == "image_generation_call")
        #expect(OpenAIChatCodec().adapted(made) != nil)
        #expect(AnthropicMessagesCodec().adapted(made) == nil)
        let search = OpaqueBlock(family: .openAI, type: "web_search_call", value: ["id": "w"])
        #expect(OpenAIChatCodec().adapted(search) == nil)
        #expect(OpenAIResponsesCodec().adapted(search) == search)
    }
}
