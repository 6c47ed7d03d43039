import AgentRouteWire
import Testing

@Suite("JSONString")
struct JSONStringTests {
    private static let pairs: [(String, String)] = [
        (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\uD83D\uDE00!""#, "😀!"), (#""é€😀""#, "é€😀"),
        (#""\u0000""#, "\u{0}"),
        (
            #""a long run before an escape\nand one behind it""#,
            "a long run before an escape\nand one behind it"
        ),
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"),
        (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\n""#, "\u{FFFD}\n"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\uffff""#, "\u{FFFF}"),
    ]

    @Test("a token reads as its text", arguments: pairs)
    func decode(token: String, text: String) {
        #expect(withBytes(token) { JSONString.decode($0) } == text)
    }

    @Test("a token equals its text and no other, without decoding it", arguments: pairs)
    func equals(token: String, text: String) {
        withBytes(token) { token in
            #expect(withBytes(text) { JSONString.equals(token, $0) })
            #expect(!withBytes(text + "x") { JSONString.equals(token, $0) })
            #expect(!withBytes("x" + text) { JSONString.equals(token, $0) })
        }
    }

    @Test("a malformed token equals nothing, not even the text it looks like")
    func unequal() {
        for (token, text) in [(#""\x""#, #"\x"#), (#""\""#, #"\"#), ("ab", ""), ("\"", "\"")] {
            withBytes(token) { token in
                #expect(!withBytes(text) { JSONString.equals(token, $0) })
            }
        }
    }

    @Test(
        "what is no token reads as nothing",
        arguments: [
            "", "\"", "plain", "\"open", "open\"", #""a"b""#, #""\x""#, #""\u12""#, #""\u12G4""#,
            "\"\\\"", "\"a\nb\"", "'a'",
        ])
    func malformed(token: String) {
        #expect(withBytes(token) { JSONString.decode($0) } == nil)
    }

    @Test("bytes that are not UTF-8 become replacement characters")
    func invalidUTF8() {
        let token: [UInt8] = [0x22, 0x61, 0xFF, 0x62, 0x22]
        #expect(JSONString.decode(token.span.bytes) == "a\u{FFFD}b")
    }

    @Test("a text written as a token reads back, at every length around a machine word")
    func roundTrip() {
        let texts = (0...40).flatMap { count in
            ["\"", "\\", "\u{0}", "\u{1F}", "\u{8}\u{C}\n\r\t", "é", "😀", "/", "\u{7F}"].map {
                String(repeating: "a", count: count) + $0 + String(repeating: "b", count: count % 9)
            }
        }
        for original in texts {
            var writer = ByteWriter()
            JSONString.encode(original, into: &writer)
            #expect(writer.withBytes { JSONString.decode($0) } == original)
        }
    }

    @Test("only what must be escaped is")
    func minimalEscapes() {
        var writer = ByteWriter()
        JSONString.encode("a/é😀\"\\\u{1}\u{1F}\u{7F}\n", into: &writer)
        #expect(writer.withBytes { text($0) } == "\"a/é😀\\\"\\\\\\u0001\\u001f\u{7F}\\n\"")
    }
}
