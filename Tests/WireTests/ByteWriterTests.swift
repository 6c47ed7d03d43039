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
            0, 7, 10, 99, 100, 4505, 1_000_000, UInt64.max,
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
        #expect(writer.isEmpty)
        writer.append("ab")
        #expect(writer.withBytes { text($0) } == "ab")
    }
}
