import AgentRouteWire
import Testing

@Suite("SSEParser")
struct SSEParserTests {
    struct Event: Equatable {
        var name = "message"
        var data: String
    }

    private func events(_ pieces: [ArraySlice<UInt8>], limit: Int = 1 << 20) throws -> [Event] {
        var parser = SSEParser(limit: limit)
        var events: [Event] = []
        for piece in pieces {
            let bytes = Array(piece)
            try parser.feed(bytes.span.bytes) { name, data in
                events.append(Event(name: text(name), data: text(data)))
            }
        }
        return events
    }

    private func events(_ stream: String) throws -> [Event] {
        try events([Array(stream.utf8)[...]])
    }

    private static let streams: [(String, [Event])] = [
        ("data: a\n\n", [Event(data: "a")]),
        ("data:a\n\ndata:  b\n\n", [Event(data: "a"), Event(data: " b")]),
        ("event: ping\ndata: {}\n\n", [Event(name: "ping", data: "{}")]),
        ("data: a\ndata: b\ndata:\n\n", [Event(data: "a\nb\n")]),
        (": comment\n\n:\ndata: a\n: in between\ndata: b\n\n", [Event(data: "a\nb")]),
        ("event: lost\n\ndata: a\n\n", [Event(data: "a")]),
        ("event: one\nevent: two\ndata: a\n\n", [Event(name: "two", data: "a")]),
        ("data\n\n", [Event(data: "")]), ("data:\n\n", [Event(data: "")]),
        ("data: a\n", []), ("data: a", []), ("", []), ("\n\n\n", []),
        ("data: a\r\n\r\ndata: b\r\n\r\n", [Event(data: "a"), Event(data: "b")]),
        ("data: a\r\ndata: b\r\n\r\n", [Event(data: "a\nb")]),
        ("data: a\r\rdata: b\r\r", [Event(data: "a"), Event(data: "b")]),
        ("data: a\r\n\ndata: b\n\r\n", [Event(data: "a"), Event(data: "b")]),
        ("\u{FEFF}data: a\n\n", [Event(data: "a")]),
        ("data: a\n\n\u{FEFF}data: b\n\n", [Event(data: "a")]),
        (" data: a\n\nDATA: b\n\ndatas: c\n\n", []),
        ("data: a:b: c\nretry: 10\nunknown: x\n\n", [Event(data: "a:b: c")]),
        ("event:\ndata: a\n\n", [Event(data: "a")]),
        ("data: é😀\n\n", [Event(data: "é😀")]),
    ]

    @Test("a stream reads as the standard says, wherever it is cut", arguments: streams)
    func standard(stream: String, expected: [Event]) throws {
        #expect(try events(stream) == expected)
        for pieces in everyCut(of: Array(stream.utf8)) {
            #expect(try events(pieces) == expected)
        }
    }

    @Test("the last id sticks, and one with NUL does not count")
    func identifiers() throws {
        var parser = SSEParser()
        func feed(_ stream: String) throws -> String {
            try withBytes(stream) { bytes throws(SSEError) in
                try parser.feed(bytes) { _, _ in }
            }
            return String(decoding: parser.lastEventID, as: UTF8.self)
        }
        #expect(try feed("id: 1\n") == "")
        #expect(try feed("data: a\n\n") == "1")
        #expect(try feed("data: b\n\n") == "1")
        #expect(try feed("id: 2\u{0}\n\n") == "1")
        #expect(try feed("id\n\n") == "")
    }

    @Test("an event past the limit is an error, whole or in pieces")
    func limit() throws {
        let allowed = "data: 123456789\n\n"
        #expect(try events([Array(allowed.utf8)[...]], limit: 16) == [Event(data: "123456789")])
        let endless = Array(repeating: UInt8(ascii: "a"), count: 17)
        let manyLines = Array(String(repeating: "data: abcd\n", count: 4).utf8)
        for bytes in [Array("data: ".utf8) + endless + [0x0A], endless, manyLines] {
            let error = SSEError.eventTooLong(limit: 16)
            #expect(throws: error) { try events([bytes[...]], limit: 16) }
            #expect(throws: error) { try events(bytes.indices.map { bytes[$0...$0] }, limit: 16) }
        }
    }

    @Test("noise never traps")
    func noise() throws {
        var dice = Dice(seed: 3)
        let alphabet = Array("data: event:id\r\n\n\u{FEFF}\u{0}".utf8)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...60, using: &dice)
            let bytes = (0..<count).compactMap { _ in alphabet.randomElement(using: &dice) }
            let whole = try events([bytes[...]])
            let cut = Int.random(in: 0...count, using: &dice)
            #expect(try events([bytes[..<cut], bytes[cut...]]) == whole)
        }
    }
}

@Suite("SSEWriter")
struct SSEWriterTests {
    private func written(_ name: StaticString?, _ data: String) -> String {
        var writer = ByteWriter()
        withBytes(data) { SSEWriter.event(name: name, data: $0, into: &writer) }
        return writer.withBytes { text($0) }
    }

    @Test("an event is its name, its data and a blank line")
    func plain() {
        #expect(written("ping", "{}") == "event: ping\ndata: {}\n\n")
        #expect(written(nil, "[DONE]") == "data: [DONE]\n\n")
        #expect(written(nil, "") == "data: \n\n")
    }

    @Test(
        "no line break in the data can forge a field",
        arguments: [
            ("a\nb", "a\nb"), ("a\r\nevent: x", "a\nevent: x"), ("a\rb\n", "a\nb\n"), ("\n", "\n"),
            ("a\n\nb", "a\n\nb"), ("a\r\r\nb", "a\n\nb"),
        ])
    func lineBreaks(data: String, expected: String) throws {
        var parser = SSEParser()
        var seen: [String] = []
        try withBytes(written("n", data)) { bytes throws(SSEError) in
            try parser.feed(bytes) { name, data in
                seen.append(text(name))
                seen.append(text(data))
            }
        }
        #expect(seen == ["n", expected])
    }
}
