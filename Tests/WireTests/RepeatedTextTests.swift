import AgentRouteWire
import Testing

@Suite("events that differ in their text alone")
struct RepeatedTextTests {
    private static func event(_ text: String, finish: String = "null") -> [UInt8] {
        Array(
            #"{"id":"c-1","choices":[{"delta":{"content":"\#(text)"},"finish_reason":\#(finish)}]}"#
                .utf8)
    }

    private func texts(_ events: [[UInt8]], after first: [UInt8], _ text: String) -> [String?] {
        var repeated = RepeatedText()
        repeated.learn(first.span.bytes, text)
        return events.map { repeated.text(in: $0.span.bytes) }
    }

    @Test("an event that differs in its text alone is known by it")
    func known() {
        let events = [
            Self.event("lo"), Self.event(" wörld"), Self.event("{[:,]}"), Self.event("Hel"),
        ]
        #expect(
            texts(events, after: Self.event("Hel"), "Hel") == ["lo", " wörld", "{[:,]}", "Hel"])
    }

    @Test("an event that differs elsewhere is not known")
    func unknown() {
        let events = [
            Self.event("lo", finish: #""stop""#), Array("[DONE]".utf8), Array("{}".utf8), [],
            Self.event("lo") + [0x20], Array(Self.event("lo").dropLast()),
        ]
        #expect(texts(events, after: Self.event("Hel"), "Hel").allSatisfy { $0 == nil })
    }

    @Test(
        "a text that has to be undone or could end its string is left to the reader of JSON",
        arguments: [
            #"a\nb"#, #"\u00e4"#, #"x","y":"z"#, #"a","finish_reason":"stop","b":"c"#, "a\u{1}b",
            "",
        ])
    func escaped(text: String) {
        #expect(texts([Self.event(text)], after: Self.event("Hel"), "Hel") == [nil])
    }

    @Test("bytes that are no UTF-8 are left to the reader of JSON")
    func invalid() {
        var event = Self.event("lo#")
        event[event.firstIndex(of: UInt8(ascii: "#")) ?? 0] = 0xFF
        #expect(texts([event], after: Self.event("Hel"), "Hel") == [nil])
    }

    @Test("a text that stands in an event twice, or not as it is, teaches nothing")
    func ambiguous() {
        let role = Array(#"{"role":"user","content":"user"}"#.utf8)
        let other = Array(#"{"role":"user","content":"lo"}"#.utf8)
        #expect(texts([other], after: role, "user") == [nil])
        #expect(texts([Self.event("lo")], after: Self.event(#"a\/b"#), "a/b") == [nil])
        #expect(texts([Self.event("lo")], after: Self.event("Hel"), "else") == [nil])
    }

    @Test("what is forgotten is not known")
    func forgotten() {
        var repeated = RepeatedText()
        repeated.learn(Self.event("Hel").span.bytes, "Hel")
        repeated.forget()
        #expect(repeated.text(in: Self.event("lo").span.bytes) == nil)
    }

    @Test("where each event differs, none is learnt from any more")
    func patience() {
        var repeated = RepeatedText()
        for number in 0..<8 {
            repeated.learn(Array(#"{"n":\#(number),"content":"a"}"#.utf8).span.bytes, "a")
        }
        repeated.learn(Self.event("Hel").span.bytes, "Hel")
        #expect(repeated.text(in: Self.event("lo").span.bytes) == nil)
    }
}
