import AgentRouteTranslation
import AgentRouteWire

/// Plays a provider's stream to a client of another wire. The client's request is
/// `Fixtures/streams/clients/<wire>.json`: its tools are those the streams call.
struct StreamReplay {
    /// The two sides.
    let pair: GoldenPair
    private let request: TranslatedRequest

    /// What came of it.
    struct Outcome: Hashable, CustomStringConvertible {
        /// What the client got.
        var bytes: [UInt8] = []
        /// Blocks it could not be given.
        var lost: [String] = []

        var description: String { String(decoding: bytes, as: UTF8.self) }
    }

    init(_ pair: GoldenPair) throws {
        self.pair = pair
        var call = RequestCall()
        if pair.client == .gemini {
            call.model = "agentroute-balanced"
            call.streams = true
        }
        let body = try Golden.bytes("streams/clients/\(pair.client.rawValue).json")
        request = try pair.handler().translate(body, call, isStrict: false)
    }

    /// Plays `stream`, which comes in pieces of the sizes that `pieces` gives, the last one as long as
    /// it is, and then ends in order.
    func play(_ stream: [UInt8], pieces: () -> Int = { .max }) -> Outcome {
        let answer = NativeAnswer(
            to: request, id: "golden1", created: 1_763_600_000, inputEstimate: nil,
            wantsEvents: true)
        answer.begin(isEventStream: true)
        var outcome = Outcome()
        var rest = stream[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces()))
            rest = rest.dropFirst(piece.count)
            Self.collect(in: &outcome) { answer.feed(piece.span.bytes, into: &$0) }
        }
        Self.collect(in: &outcome) { answer.finish(into: &$0) }
        outcome.lost = answer.degradations.map(\.name)
        return outcome
    }

    /// Every call has a writer of its own, as every read of the gateway has.
    private static func collect(in outcome: inout Outcome, _ write: (inout ByteWriter) -> Void) {
        var writer = ByteWriter()
        write(&writer)
        outcome.bytes += writer.bytes
    }
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
