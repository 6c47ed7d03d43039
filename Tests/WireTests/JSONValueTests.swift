import AgentRouteWire
import Testing

@Suite("JSONValue")
struct JSONValueTests {
    private func parse(_ text: String, comments: Bool = false) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8), comments: comments)
    }

    private func written(_ value: JSONValue, pretty: Bool = false) -> String {
        String(decoding: value.serialized(pretty: pretty), as: UTF8.self)
    }

    private func fault(in text: String, comments: Bool = false) -> JSONSyntaxError? {
        do {
            _ = try JSONValue.parse(Array(text.utf8), comments: comments)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a text without blanks is written as it was read, digit by digit",
        arguments: [
            #"{"b":1,"a":2,"b":3}"#, "[1.10,1e5,1E+05,-0,0.1000,12345678901234567890123,1e400]",
            #"["é😀\n\"\\",null,true,false,{},[]]"#, "{}", "\"\"", "-0.0",
        ])
    func roundTrip(text: String) throws {
        #expect(written(try parse(text)) == text)
    }

    @Test("of duplicate keys the last one answers, and all are kept")
    func duplicates() throws {
        let value = try parse(#"{"a":1,"a":2}"#)
        #expect(value["a"]?.int == 2)
        #expect(value.object?.count == 2)
        #expect(value["b"] == nil)
        #expect(JSONValue.null["a"] == nil)
    }

    @Test("an accessor answers for its own kind alone")
    func accessors() throws {
        let value: JSONValue = [
            "s": "x", "i": 1, "d": 1.5, "b": true, "n": nil, "a": [1], "o": [:],
        ]
        #expect(value["s"]?.string == "x")
        #expect(value["s"]?.int == nil)
        #expect(value["i"]?.int == 1)
        #expect(value["i"]?.bool == nil)
        #expect(value["d"]?.double == 1.5)
        #expect(value["d"]?.int == nil)
        #expect(value["b"]?.bool == true)
        #expect(value["n"] == .null)
        #expect(value["a"]?.array == [1])
        #expect(value["o"]?.object == [])
        #expect(value["o"]?.array == nil)
    }

    @Test(
        "a whole number is an integer however it is written, if it is exact",
        arguments: [
            ("12", 12), ("-3", -3), ("1e3", 1000), ("2.0", 2), ("2.5", nil), ("1e30", nil),
            ("9223372036854775807", .max), ("9223372036854775808", nil), ("1e400", nil),
        ] as [(String, Int?)])
    func integers(text: String, value: Int?) throws {
        #expect(try parse(text).int == value)
    }

    @Test("a number too large for a double is none")
    func hugeDouble() throws {
        #expect(try parse("1e400").double == nil)
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(0.1)?.text == "0.1")
    }

    @Test("literals build a value that writes in the order given")
    func literals() {
        let name = "x"
        let value: JSONValue = [
            "type": "ping", "n": 3, "list": [nil, false, 0.5], "s": "a\(name)",
        ]
        #expect(written(value) == #"{"type":"ping","n":3,"list":[null,false,0.5],"s":"ax"}"#)
    }

    @Test("pretty text is indented by two spaces and reads back")
    func pretty() throws {
        let value: JSONValue = ["a": [1, ["b": nil]], "e": [], "o": [:]]
        let expected = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "e": [],
              "o": {}
            }
            """
        #expect(written(value, pretty: true) == expected)
        #expect(try parse(expected) == value)
    }

    @Test("configuration may hold comments, trailing commas and a byte order mark")
    func comments() throws {
        let text = "\u{FEFF}// head\n{ /* in */ \"a\": [1, 2,], // tail\n \"u\": \"http://x\", }\n"
        #expect(try parse(text, comments: true) == ["a": [1, 2], "u": "http://x"])
        #expect(fault(in: text) != nil)
    }

    @Test("a fault in a commented text is placed by line and column, mark or no mark")
    func commentedFault() throws {
        for mark in ["", "\u{FEFF}"] {
            let found = try #require(fault(in: mark + "{ // c\n  \"a\": ?\n}", comments: true))
            #expect(found.line == 2)
            #expect(found.column == 8)
            #expect(!found.reason.isEmpty)
        }
    }

    @Test(
        "an unclosed comment, and a mark with nothing behind it, are faults",
        arguments: [
            "", "\u{FEFF}", "/* c", "{}/* c", "// c", "{,}", "[,]", "[1,,]",
        ])
    func commentFaults(text: String) {
        #expect(fault(in: text, comments: true) != nil)
    }

    @Test("512 levels are read, 513 are refused by name")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(written(try parse(nested(512))) == nested(512))
        #expect(fault(in: nested(513))?.reason == "the text nests deeper than 512 levels")
        let objects = String(repeating: "{\"a\":", count: 513) + "1"
        let closed = objects + String(repeating: "}", count: 513)
        #expect(fault(in: closed)?.reason == "the text nests deeper than 512 levels")
        #expect(fault(in: nested(200_000)) != nil)
    }

    @Test("half a surrogate pair reads as a replacement character, as the scanner lets it pass")
    func loneSurrogates() throws {
        let text = #"{"a":"x\ud83d","b":"\\ud83d \ude00y","c":"\ud83d\ude00"}"#
        let value = try parse(text)
        #expect(value["a"]?.string == "x\u{FFFD}")
        #expect(value["b"]?.string == "\\ud83d \u{FFFD}y")
        #expect(value["c"]?.string == "😀")
        let later = try #require(fault(in: #"["\ud83d", x]"#))
        #expect(later.offset == 11)
    }

    @Test("bytes that are not UTF-8 are refused with their place")
    func invalidUTF8() {
        let text: [UInt8] = [0x5B, 0x22, 0xFF, 0x22, 0x5D]
        #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text) }
    }

    @Test("a string with NUL keeps all of it")
    func embeddedNUL() throws {
        #expect(try parse(#""a\u0000b""#).string == "a\u{0}b")
    }
}
