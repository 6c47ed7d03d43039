import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Pass-through")
struct PassThroughTranslatorTests {
    /// What a handler makes of `body`.
    private func edited(_ body: String, wire: Wire, model: String) throws -> String? {
        let upstream = Upstream(id: "lab", wire: wire, model: model)
        guard
            case .splice(let handler)? = PassThroughTranslator(wire: wire).handler(
                upstream: upstream)
        else {
            return nil
        }
        let bytes = Array(body.utf8)
        let top = try JSONScanner.scan(bytes.span.bytes)
        var inserted = ByteWriter()
        guard let range = handler.edit(top, inserting: &inserted) else { return body }
        return String(
            decoding: bytes[..<range.lowerBound] + inserted.bytes + bytes[range.upperBound...],
            as: UTF8.self)
    }

    @Test("another wire is not its business", arguments: Wire.all)
    func otherWire(wire: Wire) {
        for other in Wire.all {
            let upstream = Upstream(id: "lab", wire: other, model: "m")
            let handler = PassThroughTranslator(wire: wire).handler(upstream: upstream)
            #expect((handler != nil) == (other == wire))
        }
    }

    @Test(
        "of a body only the model's name changes",
        arguments: [
            (#"{"model":"a"}"#, #"{"model":"vendor/x"}"#),
            (
                #"{ "n" : 1e400,"model" :  "a" , "z":[{"model":"a"}]}"#,
                #"{ "n" : 1e400,"model" :  "vendor/x" , "z":[{"model":"a"}]}"#
            ),
            (#"{"model":"a","model":"b"}"#, #"{"model":"a","model":"vendor/x"}"#),
            (#"{"mod\u0065l":"a"}"#, #"{"mod\u0065l":"vendor/x"}"#),
        ])
    func modelAlone(body: String, expected: String) throws {
        #expect(try edited(body, wire: .openAIChat, model: "vendor/x") == expected)
    }

    @Test("a model's name is written as JSON")
    func escaped() throws {
        let result = try edited(#"{"model":"a"}"#, wire: .anthropicMessages, model: "q\"\\\u{1}é")
        #expect(result == #"{"model":"q\"\\\u0001é"}"#)
    }

    @Test("Gemini's body is left alone: its model is in the path")
    func gemini() throws {
        let body = #"{"model":"models/a","contents":[]}"#
        #expect(try edited(body, wire: .gemini, model: "x") == body)
    }
}
