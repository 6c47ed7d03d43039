import AgentRouteWire
import Testing

/// The searches that look at many bytes a step, against the plain rule at every length around one.
@Suite("Searching bytes")
struct ByteSearchTests {
    /// Where a string whose content begins at 1 stops being a token, by the rules of RFC 8259.
    private func isToken(_ content: [UInt8]) -> Bool {
        !content.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }
    }

    private func scans(_ content: [UInt8], tail: [UInt8]) -> Bool {
        let text = Array(#"{"k":""#.utf8) + content + [0x22] + tail
        return (try? JSONScanner.scan(text.span.bytes)) != nil
    }

    @Test("every byte is judged alike at every place of a string, however much follows")
    func everyByte() {
        let tails = [0, 1, 14, 15, 16, 17, 40].map {
            [UInt8](repeating: 0x20, count: $0) + [0x7D]
        }
        for count in [1, 2, 15, 16, 17, 31, 32, 33, 48, 49] {
            for place in 0..<count {
                for byte: UInt8 in [
                    0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5C, 0x7F, 0x82, 0xA2, 0xDC,
                ] {
                    var content = [UInt8](repeating: 0x61, count: count)
                    content[place] = byte
                    // An escape of what follows it is legal or not; 'a' is no escape.
                    let expected = isToken(content)
                    for tail in tails { #expect(scans(content, tail: tail) == expected) }
                }
            }
        }
    }

    @Test("an escape is found at every place, and the text around it is kept")
    func escapes() {
        for count in 0...70 {
            for place in 0...count {
                let front = String(repeating: "a", count: place)
                let back = String(repeating: "b", count: count - place)
                let read = withBytes("\"\(front)\\n\(back)\"") { JSONString.decode($0) }
                #expect(read == "\(front)\n\(back)")
            }
        }
    }

    private func holdsText(_ bytes: [UInt8]) -> Bool {
        let isFound = bytes.span.bytes.contains("AgentRouteSeal1x")
        return isFound
    }

    @Test("a text is found at every place among others that begin and end like it, and only there")
    func text() {
        let text = Array("AgentRouteSeal1x".utf8)
        let alike = Array("AgentRouteSeal1xAgentRouteSeal0x".utf8)[1...]
        for count in 0...200 {
            var bytes = (0..<count).map { alike[1 + $0 % alike.count] }
            for index in 0..<count where bytes[index...].starts(with: text) { bytes[index] = 0 }
            #expect(!holdsText(bytes), "\(count)")
            guard count >= text.count else { continue }
            for place in 0...count - text.count {
                var found = bytes
                found.replaceSubrange(place..<place + text.count, with: text)
                #expect(holdsText(found), "\(place) of \(count)")
            }
        }
    }

    /// The rule of the filter for chat events, without steps.
    private func mayMatter(_ data: [UInt8]) -> Bool {
        let keys = [Array(#""usage""#.utf8), Array(#""error""#.utf8)]
        return data.indices.contains { place in
            guard keys.contains(where: { data[place...].starts(with: $0) }) else { return false }
            let value = data[place...].dropFirst(7).drop {
                [0x20, 0x0A, 0x0D, 0x09, 0x3A].contains($0)
            }
            return !value.starts(with: Array("null".utf8))
        }
    }

    @Test("a key that matters is found at every place, and a null one passed over")
    func keys() {
        for count in 0...150 {
            for key in [
                #""usage":1"#, #""error":{"#, #""usage":null"#, #""error" : null"#, #""usage"#,
            ] {
                for after in [0, 1, 8, 9, 10, 55, 64] {
                    let data = Array(
                        (String(repeating: "x", count: count) + key
                            + String(repeating: "\"e", count: after)).utf8)
                    #expect(
                        EventFilter.mayMatter(data.span.bytes, wire: .openAIChat)
                            == mayMatter(data))
                }
            }
        }
    }

    @Test("random data is judged as the plain rule judges it")
    func random() {
        var dice = Dice(seed: 11)
        let pieces = [
            #""usage""#, #""error""#, ":", " ", "null", "{", "\"", "u", "e", "usage", "\"us", "x",
            "content", "\\\"",
        ]
        for _ in 0..<4_000 {
            let count = Int.random(in: 0...40, using: &dice)
            let data = Array(
                (0..<count).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined().utf8)
            #expect(
                EventFilter.mayMatter(data.span.bytes, wire: .openAIChat) == mayMatter(data))
        }
    }
}
