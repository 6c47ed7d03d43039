import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("back-pressure")
    struct BackPressure {
        /// What the gateway may hold for one client, in bytes.
        static let bound = 256 * 1_024

        @Test(
            "a client that stops reading pauses the upstream within 256 KiB, and loses nothing",
            arguments: Flood.all)
        func slowClient(_ flood: Flood) async throws {
            try await Setup.run(.chat, script: { _ in [.bytes(flood.bytes)] }) { setup in
                let client = try setup.client(receiveBuffer: 32_768)
                client.send(setup.request())
                #expect(setup.upstream.awaitStall(), "the upstream was never paused")
                let taken = setup.upstream.seen.bytesWritten
                #expect(taken < flood.bytes.count)
                // Both connections' queues: what is in neither is in the gateway.
                let ports = [setup.upstream.port, client.localPort]
                let queued = try ports.reduce(0) { sum, port in
                    try sum + #require(KernelQueues.byteCount(ofPort: port))
                }
                #expect(taken - queued <= Self.bound, "the gateway holds \(taken - queued) bytes")
                let response = try #require(client.readResponse())
                #expect(response.end == .complete)
                #expect(response.body == flood.body)
            }
        }

        @Test("a client that goes away while the upstream is paused closes the upstream")
        func goneWhilePaused() async throws {
            let flood = Flood.all[0]
            try await Setup.run(.chat, script: { _ in [.bytes(flood.bytes)] }) { setup in
                let client = try setup.client(receiveBuffer: 32_768)
                client.send(setup.request())
                #expect(setup.upstream.awaitStall())
                client.reset()
                #expect(setup.upstream.awaitPeerClosed(timeout: .seconds(3)))
                #expect(setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["client-gone"])
            }
        }

        @Test(
            "a client that goes away closes the upstream at once, whatever it was doing",
            arguments: Departure.all)
        func gone(_ departure: Departure) async throws {
            try await Setup.run(.chat, script: { _ in departure.steps }) { setup in
                let client = try setup.client()
                client.send(setup.request())
                #expect(setup.upstream.awaitRequests(1))
                if departure.hasBegun { #expect(client.readHead()?.status == 200) }
                if departure.byReset { client.reset() } else { client.close() }
                #expect(setup.upstream.awaitPeerClosed(timeout: .seconds(3)))
                #expect(setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["client-gone"])
            }
        }

        @Test("a slow client does not hold up another")
        func others() async throws {
            let flood = Flood.all[0]
            let script: FakeUpstream.Script = {
                $0.ordinal == 0 ? [.bytes(flood.bytes)] : [Answer.plain("{}")]
            }
            try await Setup.run(.chat, script: script) { setup in
                let slow = try setup.client(receiveBuffer: 32_768)
                slow.send(setup.request())
                #expect(setup.upstream.awaitStall())
                for _ in 0..<5 { try #expect(setup.exchange(setup.request()).text == "{}") }
                slow.close()
            }
        }
    }
}

/// More bytes than all buffers between upstream and client hold.
struct Flood: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let body: [UInt8]

    static let all = [events, plain]

    private static let events: Flood = {
        let filler = String(repeating: "é-漢\\n", count: 60)
        let texts = (0..<60_000).map { "data: {\"n\":\($0),\"t\":\"\(filler)\"}\n\n" }
        return Flood(
            testDescription: "an event stream", bytes: Array(Answer.stream(texts).utf8),
            body: Array(texts.joined().utf8))
    }()

    private static let plain: Flood = {
        let block = (0..<4_093).map { UInt8(truncatingIfNeeded: $0 * $0) }
        let body = (0..<9_000).flatMap { number in
            [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)] + block
        }
        let head = Answer.head(
            "200 OK", ["Content-Type: application/json", "Content-Length: \(body.count)"])
        return Flood(
            testDescription: "a body with a length", bytes: Array(head.utf8) + body, body: body)
    }()
}

/// When and how a client leaves.
struct Departure: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [FakeUpstream.Step]
    let hasBegun: Bool
    let byReset: Bool

    static let all = [true, false].flatMap { byReset in
        let how = byReset ? "reset" : "close"
        let started = Answer.streamHead + Answer.chunk("data: 1\n\n")
        return [
            Departure(
                testDescription: "\(how) before the head", steps: [.stallUntilClosed],
                hasBegun: false,
                byReset: byReset),
            Departure(
                testDescription: "\(how) in the stream",
                steps: [.text(started), .stallUntilClosed],
                hasBegun: true, byReset: byReset),
        ]
    }
}
