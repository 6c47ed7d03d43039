import AgentRouteWire
import Testing

@Suite("JSON read in place")
struct JSONDocumentTests {
    private func text(_ json: String) throws(JSONSyntaxError) -> String? {
        var document = JSONDocument()
        let bytes = Array(json.utf8)
        return try document.read(bytes.span.bytes) { $0["a"]?.string }
    }

    @Test(
        "half a surrogate pair reads as a replacement character, as in a copied value",
        arguments: [
            (#"{"a":"x\ud83d"}"#, "x\u{FFFD}"), (#"{"a":"\ude00y"}"#, "\u{FFFD}y"),
            (#"{"a":"\ud83d\ude00"}"#, "😀"), (#"{"b":"\ud83d","a":"\u00e9"}"#, "é"),
        ])
    func loneSurrogates(json: String, expected: String) throws {
        #expect(try text(json) == expected)
    }

    @Test("another fault beside half a pair is told with its place in the text as it came")
    func faultBesideSurrogate() {
        let json = #"{"a":"\ud83d",x}"#
        #expect { try text(json) } throws: { ($0 as? JSONSyntaxError)?.offset == 14 }
    }
}
