import Testing

@testable import AgentRouteTranslation

@Suite("Stop sequences, for providers without")
struct StopSequencesTests {
    private static func cut(_ stops: [String], _ events: [StreamEvent]) -> [StreamEvent] {
        var sequences = StopSequences(stops)
        var left: [StreamEvent] = []
        for event in events { sequences.add(event) { left.append($0) } }
        return left
    }

    @Test("text ends before the sequence, wherever it is cut into pieces")
    func splits() {
        let text = Array("Grüße: HALT-HERE and more".unicodeScalars)
        for split in 0...text.count {
            let pieces = [text[..<split], text[split...]].map {
                String(String.UnicodeScalarView($0))
            }
            let left = Self.cut(
                ["HALT-HERE"],
                pieces.filter { !$0.isEmpty }.map { .text($0) } + [.stop(.endTurn), .end])
            let said = left.compactMap { if case .text(let piece) = $0 { piece } else { nil } }
            #expect(said.joined() == "Grüße: ")
            #expect(left.suffix(2) == [.stop(.stopSequence("HALT-HERE")), .end])
        }
    }

    @Test("what only began like the sequence is said")
    func falseBeginning() {
        #expect(
            Self.cut(["abc"], [.text("xab"), .text("ab"), .blockEnd(seal: nil), .stop(.endTurn)])
                == [
                    .text("x"), .text("ab"), .text("ab"), .blockEnd(seal: nil), .stop(.endTurn),
                ])
    }

    @Test("the first to come counts, and calls begun before it are whole")
    func calls() {
        let left = Self.cut(
            ["two", "one"],
            [
                .toolCall(key: 0, id: "c", name: "f", arguments: "{"), .text("a one two"),
                .toolCall(key: 0, id: nil, name: nil, arguments: "}"),
                .toolCallEnd(key: 0, arguments: nil),
                .toolCall(key: 1, id: "d", name: "f", arguments: "{}"), .stop(.toolUse), .end,
            ])
        #expect(
            left == [
                .toolCall(key: 0, id: "c", name: "f", arguments: "{"), .text("a "),
                .toolCall(key: 0, id: nil, name: nil, arguments: "}"),
                .toolCallEnd(key: 0, arguments: nil), .stop(.stopSequence("one")), .end,
            ])
    }
}
