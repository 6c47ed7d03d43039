import AgentRouteWire
import Testing

@Suite("Comparing bytes")
struct ByteRunTests {
    /// ASCII's rule spelled out, byte by byte.
    private func areAlike(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        func small(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
        return one.map(small) == other.map(small)
    }

    private func equalIgnoringCase(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.span.bytes.equalsIgnoringCase(other.span.bytes)
    }

    /// What the spans say of a literal.
    private struct Verdict: Equatable {
        var equals, equalsIgnoringCase, hasPrefix, hasPrefixIgnoringCase, hasSuffix: Bool

        init(_ text: [UInt8], _ literal: StaticString) {
            let bytes = text.span.bytes
            equals = bytes.equals(literal)
            equalsIgnoringCase = bytes.equalsIgnoringCase(literal)
            hasPrefix = bytes.hasPrefix(literal)
            hasPrefixIgnoringCase = bytes.hasPrefixIgnoringCase(literal)
            hasSuffix = bytes.hasSuffix(literal)
        }

        init(exactly: Bool, ignoringCase: Bool) {
            equals = exactly
            equalsIgnoringCase = ignoringCase
            hasPrefix = exactly
            hasPrefixIgnoringCase = ignoringCase
            hasSuffix = exactly
        }
    }

    @Test("at every length, names that differ in case alone are equal and in any other bit are not")
    func everyBit() {
        var dice = Dice(seed: 3)
        for count in 0...40 {
            let name = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
            #expect(equalIgnoringCase(name, name))
            for place in name.indices {
                for bit in 0..<8 {
                    var other = name
                    other[place] ^= 1 << bit
                    let expected = areAlike(name, other)
                    #expect(equalIgnoringCase(name, other) == expected)
                    #expect(equalIgnoringCase(other, name) == expected)
                }
            }
        }
    }

    @Test("names of different lengths are never equal")
    func lengths() {
        let name = [UInt8](repeating: 0x61, count: 41)
        for count in 0...40 {
            let shorter = Array(name.prefix(count))
            #expect(!equalIgnoringCase(shorter, name) && !equalIgnoringCase(name, shorter))
        }
    }

    private static let literals: [StaticString] = [
        "", "a", "te", "via", "host", "a-b-c", "origin", "trailer", "x-apikey", "[`@{_}^~]",
        "keep-alive", "x-auth-token", "accept-encoding", "transfer-encoding",
        "proxy-authentication-info", "access-control-request-headers-and-more-x",
    ]

    @Test("a literal is told from every text that differs in one bit", arguments: literals)
    func literal(_ literal: StaticString) {
        let text = Array(literal.description.utf8)
        #expect(Verdict(text, literal) == Verdict(exactly: true, ignoringCase: true))
        for place in text.indices {
            for bit in 0..<8 {
                var other = text
                other[place] ^= 1 << bit
                let expected = Verdict(exactly: false, ignoringCase: areAlike(text, other))
                #expect(Verdict(other, literal) == expected)
            }
        }
    }

    @Test(
        "a literal is found at either end of a longer text, not in a shorter", arguments: literals)
    func affixes(_ literal: StaticString) {
        let text = Array(literal.description.utf8)
        let front = Verdict(text + [0x2E], literal)
        #expect(front.hasPrefix && front.hasPrefixIgnoringCase)
        #expect(!front.equals && !front.equalsIgnoringCase)
        #expect(Verdict([0x2E] + text, literal).hasSuffix)
        guard !text.isEmpty else { return }
        let cut = Verdict(Array(text.dropLast()), literal)
        #expect(cut == Verdict(exactly: false, ignoringCase: false))
    }
}
