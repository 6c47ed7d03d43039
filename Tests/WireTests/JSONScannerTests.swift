import AgentRouteWire
import Testing

@Suite("JSONScanner")
struct JSONScannerTests {
    private func scan(_ body: String) throws -> JSONScanner.TopLevel {
        try withBytes(body) { try JSONScanner.scan($0) }
    }

    private func fault(in body: String) -> JSONSyntaxError? {
        do {
            _ = try withBytes(body) { bytes throws(JSONSyntaxError) in
                try JSONScanner.scan(bytes)
            }
            return nil
        } catch {
            return error
        }
    }

    private func model(of body: String) throws -> String? {
        let range = try scan(body).model
        return range.map { String(decoding: Array(body.utf8)[$0], as: UTF8.self) }
    }

    private static let models: [(String, String?)] = [
        (#"{"model":"a/b"}"#, #""a/b""#), (#"{ "model" : "a" , "x":1}"#, #""a""#),
        (#"{"x":[{"model":"no"}],"y":{"model":"no"},"model":"yes"}"#, #""yes""#),
        (#"{"model":"yes","x":{"model":"no"}}"#, #""yes""#),
        (#"{"x":"\"model\":\"no\"","model":"yes"}"#, #""yes""#),
        (#"{"model":"first","model":"last"}"#, #""last""#),
        (#"{"mod\u0065l":"m"}"#, #""m""#), (#"{"\u006d\u006F\u0064\u0065\u006C":"m"}"#, #""m""#),
        (#"{"models":"no","Model":"no","mode":"no","odel":"no"}"#, nil), ("{}", nil),
        (#"{"model":"q\"\\\u0041"}"#, #""q\"\\\u0041""#), (#"{"model":12.5e3 }"#, "12.5e3"),
        (#"{"model":{"a":[1,2]} ,"b":1}"#, #"{"a":[1,2]}"#), (#"{"model":[]}"#, "[]"),
        (#"{"model":null}"#, "null"), (#"{"a":"model","b":"x"}"#, nil),
        (#"{"model":"é😀"}"#, #""é😀""#),
    ]

    @Test("the model is the value of the last top-level key of that name", arguments: models)
    func modelRange(body: String, token: String?) throws {
        #expect(try model(of: body) == token)
    }

    @Test("only a string is a model's name")
    func modelKind() throws {
        #expect(try scan(#"{"model":"m"}"#).modelIsString)
        for value in ["1", "null", "true", "{}", "[\"m\"]", "{\"m\":\"m\"}"] {
            #expect(try !scan("{\"model\":\(value)}").modelIsString)
        }
        #expect(try scan(#"{"model":1,"model":"m"}"#).modelIsString)
        #expect(try !scan(#"{"model":"m","model":1}"#).modelIsString)
    }

    @Test("of duplicate model keys the last counts, however it is spelt; nested ones do not")
    func modelDuplicates() throws {
        let body = #"{"model":1,"m":{"model":2},"mod\u0065l":"3","n":[{"model":4}]}"#
        let range = try #require(try scan(body).model)
        #expect(String(decoding: Array(body.utf8)[range], as: UTF8.self) == "\"3\"")
        #expect(try scan("{}").model == nil)
    }

    @Test(
        "stream is the last top-level boolean of that name",
        arguments: [
            (#"{"stream":true}"#, true), (#"{"stream":false}"#, false), ("{}", nil),
            (#"{"stream":true,"stream":false}"#, false), (#"{"stream":true,"stream":1}"#, nil),
            (#"{"stream":"true"}"#, nil), (#"{"stream":[true]}"#, nil), (#"{"stream":null}"#, nil),
            (#"{"x":{"stream":true}}"#, nil), (#"{"stre\u0061m":true}"#, true),
            (#"{"stream_options":true}"#, nil), (#"{"stream":true,"x":{"stream":false}}"#, true),
        ] as [(String, Bool?)])
    func stream(body: String, stream: Bool?) throws {
        #expect(try scan(body).stream == stream)
    }

    @Test("nesting a million deep costs no stack")
    func depth() throws {
        let depth = 1_000_000
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try model(of: "{\"x\":\(nested),\"model\":\"m\"}") == "\"m\"")
        let objects = String(repeating: "{\"model\":", count: depth)
        let open = try #require(fault(in: objects))
        #expect(open.offset == objects.utf8.count)
    }

    @Test(
        "brackets must match at every depth around the machine word's edge",
        arguments: [
            1, 62, 63, 64, 65, 127, 128, 129, 200,
        ])
    func mixedNesting(depth: Int) throws {
        // One bracket of the other kind in the middle shows that kinds are kept, not just counts.
        for flipped in [0, depth / 2, depth - 1] {
            let kinds = (0..<depth).map { $0 == flipped }
            let opening = kinds.map { $0 ? "{\"k\":" : "[" }.joined()
            let closing = kinds.reversed().map { $0 ? "}" : "]" }.joined()
            #expect(try scan("{\"x\":\(opening)0\(closing)}").model == nil)
            let wrong = kinds.reversed().map { $0 ? "]" : "}" }.joined()
            #expect(fault(in: "{\"x\":\(opening)0\(wrong)}") != nil)
        }
    }

    private static let faults: [(String, Int, String)] = [
        ("", 0, "no JSON text at all"), ("  ", 2, "no JSON text at all"),
        ("[]", 0, "the top level must be an object"), ("nul", 0, "the top level must be an object"),
        ("\u{FEFF}{}", 0, "a byte order mark before the JSON text"),
        ("{} x", 3, "text after the JSON value"), ("{}{}", 2, "text after the JSON value"),
        (#"{"a":1,}"#, 7, "a trailing comma"), (#"{"a":[1,]}"#, 8, "a trailing comma"),
        (#"{"a":1"#, 6, "the text ends too early"), (#"{"a"#, 3, "the text ends too early"),
        (#"{"a":"b\"#, 8, "the text ends too early"), ("{", 1, "the text ends too early"),
        (#"{"a":"\u12"#, 10, "the text ends too early"),
        (#"{"a" 1}"#, 5, "expected ':' after a key"),
        ("{a:1}", 1, "expected a key in double quotes"),
        (#"{"a":1 "b":2}"#, 7, "expected ',' or '}'"), (#"{"a":[1 2]}"#, 8, "expected ',' or ']'"),
        (#"{"a":}"#, 5, "expected a value"), (#"{"a":tru}"#, 5, "expected a value"),
        (#"{"a":01}"#, 5, "a number with a leading zero"),
        (#"{"a":-}"#, 6, "a digit is missing in a number"),
        (#"{"a":1.}"#, 7, "a digit is missing after the decimal point"),
        (#"{"a":1e}"#, 7, "a digit is missing in the exponent"),
        (#"{"a":"\x"}"#, 6, "an unknown escape in a string"),
        (#"{"a":"\u12G4"}"#, 6, "'\\u' must be followed by four hexadecimal digits"),
        ("{\"a\":\"12345678\n\"}", 14, "a control character in a string"),
    ]

    @Test("a fault is told by its place and its kind", arguments: faults)
    func faultPlace(body: String, offset: Int, reason: String) throws {
        let found = try #require(fault(in: body))
        #expect(found.offset == offset)
        #expect(found.reason == reason)
    }

    @Test("line and column count characters from one")
    func place() throws {
        let found = try #require(fault(in: "{\n  \"é😀\": x}"))
        #expect(found.line == 2)
        #expect(found.column == 9)
        #expect(found.description == "line 2, column 9: expected a value")
    }

    @Test("a body cut short anywhere is an error, never a smaller request")
    func truncation() {
        let body = #"{"model":"m\u0041","n":[-1.5e3,{"a":null}],"stream":true,"s":"é\n"}"#
        for count in 0..<body.utf8.count {
            let bytes = Array(body.utf8.prefix(count))
            #expect(throws: JSONSyntaxError.self) { try JSONScanner.scan(bytes.span.bytes) }
        }
    }

    @Test("a string may end, escape or break at any place within a machine word")
    func alignment() throws {
        for count in 0...40 {
            let run = String(repeating: "x", count: count)
            #expect(
                try model(of: "{\"a\":\"\(run)\",\"model\":\"\(run)\\\"\"}") == "\"\(run)\\\"\"")
            let found = try #require(fault(in: "{\"\(run)\u{1F}\":1}"))
            #expect(found.offset == 2 + count)
        }
    }

    @Test("bytes that are not UTF-8 are passed over")
    func invalidUTF8() throws {
        let body: [UInt8] = Array(#"{"a":""#.utf8) + [0x80, 0xFF, 0xC3, 0xA0] + Array("\"}".utf8)
        #expect(try JSONScanner.scan(body.span.bytes).model == nil)
    }
}
