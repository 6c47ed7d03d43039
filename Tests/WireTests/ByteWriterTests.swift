import AgentRouteWire
import Testing

@Suite("ByteWriter")
struct ByteWriterTests {
    @Test("appended pieces stand in their order")
    func order() {
        var writer = ByteWriter()
        let literal: StaticString = "static "
        writer.append(literal)
        writer.append("é ")
        writer.append([0x41, 0x42])
        withBytes(" span") { writer.append($0) }
        writer.append(0x21)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "static é AB span!")
        #expect(writer.count == 18)
    }

    @Test(
        "decimal digits are exact from zero to the largest number",
        arguments: [
            0, 7, 9, 10, 99, 100, 4505, 1_000_000, 9_999_999_999_999_999_999,
            10_000_000_000_000_000_000, UInt64.max,
        ])
    func decimal(number: UInt64) {
        var writer = ByteWriter()
        writer.append("x")
        writer.appendDecimal(number)
        #expect(writer.bytes == Array("x\(number)".utf8))
    }

    @Test("clearing forgets the content and lends nothing of it")
    func clear() {
        var writer = ByteWriter(capacity: 64)
        writer.append("secret")
        writer.clear()
        #expect(writer.isEmpty == true)
        writer.append("ab")
        #expect(writer.withBytes { text($0) } == "ab")
    }

    @Test("whatever the room left, a piece is appended whole and the bytes before it stay")
    func growth() {
        for capacity in [0, 1, 64, 100] {
            for room in 0...70 {
                var writer = ByteWriter(capacity: capacity)
                let before = String(repeating: "b", count: 130 - room)
                writer.append(before)
                writer.append("a piece of 24 characters")
                writer.append([])
                writer.append(0x21)
                writer.appendDecimal(.max)
                writer.reserve(1000)
                let expected = before + "a piece of 24 characters!18446744073709551615"
                #expect(writer.bytes == Array(expected.utf8))
            }
        }
    }

    @Test("strings of every length and storage are written as UTF-8")
    func strings() {
        for count in 0...40 {
            for character in ["a", "é", "😀"] {
                let text = String(repeating: character, count: count)
                var writer = ByteWriter()
                writer.append(text)
                writer.append(String(text.dropFirst()))
                #expect(writer.bytes == Array(text.utf8) + Array(text.dropFirst().utf8))
            }
        }
    }
}
