import AgentRouteTranslation
import AgentRouteWire
import Testing

/// What providers do that the vendor does not.
@Suite("Responses answers, read from providers with habits")
struct ResponsesProviderHabitsTests {
    typealias Fixture = ResponsesFixture

    private static let completed =
        #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#

    private static func added(_ id: String, _ call: String) -> String {
        #"{"type":"response.output_item.added","output_index":0,"item":"#
            + #"{"type":"function_call","id":"\#(id)","call_id":"\#(call)","name":"f","arguments":""}}"#
    }

    private static func delta(_ item: String, _ text: String) -> String {
        #"{"type":"response.function_call_arguments.delta","output_index":0,"item_id":"\#(item)","#
            + #""delta":"\#(text)"}"#
    }

    private static func done(_ id: String, _ call: String) -> String {
        #"{"type":"response.output_item.done","output_index":0,"item":"#
            + #"{"type":"function_call","id":"\#(id)","call_id":"\#(call)","name":"f","arguments":"[\#(id)]"}}"#
    }

    @Test("two calls open under one index are told apart by their items' ids")
    func sharedIndex() {
        let events = Fixture.read([
            Self.added("i1", "c1"), Self.added("i2", "c2"), Self.delta("i1", "1"),
            Self.delta("i2", "2"), Self.done("i1", "c1"), Self.done("i2", "c2"), Self.completed,
        ])
        #expect(
            events == [
                .toolCall(key: 0, id: "c1", name: "f", arguments: nil),
                .toolCall(key: 1, id: "c2", name: "f", arguments: nil),
                .toolCall(key: 0, id: nil, name: nil, arguments: "1"),
                .toolCall(key: 1, id: nil, name: nil, arguments: "2"),
                .toolCallEnd(key: 0, arguments: "[i1]"), .toolCallEnd(key: 1, arguments: "[i2]"),
                .start(id: nil, model: nil), .stop(.toolUse), .end,
            ])
    }

    @Test("one call after the other may have the same index")
    func reusedIndex() {
        let events = Fixture.read([
            Self.added("i1", "c1"), Self.done("i1", "c1"), Self.added("i2", "c2"),
            Self.done("i2", "c2"), Self.completed,
        ])
        #expect(
            events.prefix(4) == [
                .toolCall(key: 0, id: "c1", name: "f", arguments: nil),
                .toolCallEnd(key: 0, arguments: "[i1]"),
                .toolCall(key: 0, id: "c2", name: "f", arguments: nil),
                .toolCallEnd(key: 0, arguments: "[i2]"),
            ])
    }

    @Test("ids that change from event to event do not matter where indexes tell")
    func rotatingIDs() {
        let events = Fixture.read([
            Self.added("i1", "c1"), Self.delta("other", "1"), Self.done("third", "c1"),
            Self.completed,
        ])
        #expect(
            events.prefix(3) == [
                .toolCall(key: 0, id: "c1", name: "f", arguments: nil),
                .toolCall(key: 0, id: nil, name: nil, arguments: "1"),
                .toolCallEnd(key: 0, arguments: "[third]"),
            ])
    }

    @Test("reasoning by Open Responses' names, and the end by another name")
    func otherNames() {
        let events = Fixture.read([
            #"{"type":"response.reasoning.delta","output_index":0,"content_index":0,"delta":"T"}"#,
            #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"x"}"#,
            #"{"type":"response.done","response":{"status":"completed","output":[]}}"#,
        ])
        #expect(
            events == [
                .reasoning("T"), .blockEnd(seal: nil), .text("x"), .start(id: nil, model: nil),
                .stop(.endTurn), .end,
            ])
    }

    @Test(
        "failures that are called something else",
        arguments: [
            (500, "prompt is too long: 212345 tokens > 200000 maximum", 400),
            (413, "Request too large, tokens per minute", 413),
            (524, "a timeout occurred", 524),
        ])
    func failures(status: Int, message: String, expected: Int) {
        let failure = Fixture.codec.decodeFailure(
            status: status,
            body: ["error": ["message": .string(message), "code": "rate_limit_exceeded"]],
            text: "")
        #expect(failure.status == expected)
        switch expected {
        case 400: #expect(failure.kind == .contextOverflow(tokens: 212_345, limit: 200_000))
        case 413: #expect(failure.kind == .tooLarge)
        default: #expect(failure.kind == .rateLimit)
        }
    }

    @Test("a source that comes before its text is not one of the text under way")
    func earlySource() {
        let events = ResponsesFixture.read([
            #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}"#,
            #"{"type":"response.output_text.annotation.added","output_index":1,"content_index":0,"#
                + #""annotation":{"type":"url_citation","url":"u"}}"#,
            #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"b"}"#,
        ])
        #expect(
            events == [
                .text("a"), .blockEnd(seal: nil), .citation(Citation(url: "u")), .separation,
                .text("b"),
            ])
    }
}
