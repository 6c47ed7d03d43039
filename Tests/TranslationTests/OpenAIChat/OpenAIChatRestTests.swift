import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("chat events that leave no trace")
struct OpenAIChatRestTests {
    /// Whether the decoder is at rest after a chunk with each of `deltas`.
    private func rests(_ deltas: [String]) -> [Bool] {
        var decoder = OpenAIChatDecoder()
        var document = JSONDocument()
        return deltas.map { delta in
            let chunk = Array(#"{"id":"c","choices":[{"index":0,"delta":\#(delta)}]}"#.utf8)
            let name = Array("message".utf8)
            decoder.event(
                name: name.span.bytes, data: chunk.span.bytes, document: &document, to: { _ in })
            return decoder.isAtRest
        }
    }

    @Test("text leaves none, nor do the role and a call")
    func plain() {
        let deltas = [
            #"{"role":"assistant","content":""}"#, #"{"content":"a"}"#, #"{"content":"b"}"#,
            #"{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]}"#,
        ]
        #expect(rests(deltas) == [true, true, true, true])
    }

    @Test("thoughts do, and so does what has to go back with text that came alone")
    func thoughts() {
        let signature = #""reasoning_details":[{"type":"reasoning.text","signature":"s"}]"#
        let deltas = [
            #"{"reasoning":"a"}"#, #"{"content":"b"}"#, #"{"content":"c",\#(signature)}"#,
            #"{"content":"d"}"#,
        ]
        #expect(rests(deltas) == [false, true, false, false])
    }
}
