import AgentRouteWire

/// Lends `text` as bytes.
func withBytes<Result, Failure: Error>(
    _ text: String, _ body: (RawSpan) throws(Failure) -> Result
) throws(Failure) -> Result {
    let bytes = Array(text.utf8)
    return try body(bytes.span.bytes)
}

/// The bytes of `span` as text.
func text(_ span: RawSpan) -> String {
    span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

/// Every way to cut `bytes` into two pieces, then the cut into single bytes and into threes.
func everyCut(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var cuts = bytes.indices.map { [bytes[..<$0], bytes[$0...]] }
    for size in [1, 3] {
        cuts.append(
            stride(from: 0, to: bytes.count, by: size).map {
                bytes[$0..<min($0 + size, bytes.count)]
            })
    }
    return cuts
}

/// A small deterministic generator, so that a failing case comes again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}
