import AgentRouteTranslation
import AgentRouteWire
import Testing

/// A provider's stream among the golden files: `Fixtures/streams/<upstream>/<name>.sse`, and beside
/// it `<name>.<client>.sse` for every client of another wire.
struct GoldenStream: Sendable, CustomStringConvertible {
    let upstream: GoldenUpstream
    let name: String

    var description: String { "\(upstream.rawValue)/\(name)" }

    static func all() throws -> [GoldenStream] {
        try GoldenUpstream.allCases.flatMap { upstream in
            try Golden.names(in: "streams/\(upstream.rawValue)").compactMap { file in
                let parts = file.split(separator: ".")
                return parts.count == 2
                    ? GoldenStream(upstream: upstream, name: String(parts[0])) : nil
            }
        }
    }

    /// The provider's bytes.
    func bytes() throws -> [UInt8] { try Golden.bytes("streams/\(description).sse") }

    /// Whether it holds nothing that is passed on as a sign of life when it comes alone.
    func isSilent() throws -> Bool {
        let bytes = try bytes()
        let hasComment = bytes.split(separator: 0x0A).contains { $0.first == UInt8(ascii: ":") }
        let text = String(decoding: bytes, as: UTF8.self)
        let signs = ["ping", "sparkle", "galaxy", "response.in_progress"]
        return !hasComment && !signs.contains { text.contains($0) }
    }
}

@Suite("Golden files: streams")
struct StreamGoldenTests {
    @Test(
        "a provider's stream reaches every client as written down, by its wire's grammar",
        arguments: try GoldenStream.all())
    func whole(_ stream: GoldenStream) throws {
        for pair in GoldenPair.of(stream.upstream) {
            let outcome = try StreamReplay(pair).play(stream.bytes())
            try Golden.check(outcome.bytes, "streams/\(stream).\(pair.client.rawValue).sse")
            do throws(GrammarFault) {
                let read = try ReadAnswer.read(outcome.bytes, pair.client)
                #expect(read.end != nil, "\(pair): the stream has no end")
            } catch {
                Issue.record("\(pair): \(error)")
            }
        }
    }

    @Test("how a stream is cut into reads changes nothing", arguments: try GoldenStream.all())
    func splits(_ stream: GoldenStream) throws {
        let bytes = try stream.bytes()
        let isSilent = try stream.isSilent()
        for pair in GoldenPair.of(stream.upstream) {
            let replay = try StreamReplay(pair)
            let whole = replay.play(bytes)
            let expected = try ReadAnswer.read(whole.bytes, pair.client)
            for seed in 0...200 {
                var dice = Dice(seed: UInt64(seed))
                // The first replay is byte by byte.
                let split = replay.play(bytes) {
                    seed == 0 ? 1 : Int.random(in: 1...(seed % 20 == 0 ? 9 : 400), using: &dice)
                }
                guard split != whole else { continue }
                let read = try ReadAnswer.read(split.bytes, pair.client)
                try #require(
                    !isSilent && read == expected && split.lost == whole.lost,
                    "\(pair), seed \(seed):\n\(split)")
            }
        }
    }

    @Test("nothing is expected of a stream that is not there", arguments: GoldenUpstream.allCases)
    func orphans(_ upstream: GoldenUpstream) throws {
        let files = try Golden.names(in: "streams/\(upstream.rawValue)")
        for file in files {
            let name = file.split(separator: ".").first.map(String.init) ?? ""
            #expect(files.contains("\(name).sse"), "\(upstream.rawValue)/\(file)")
        }
    }
}
