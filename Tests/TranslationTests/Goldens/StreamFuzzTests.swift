import AgentRouteTranslation
import AgentRouteWire
import FoundationEssentials
import Testing

/// How much the fuzz tests do: `AGENTROUTE_FUZZ_ITERATIONS` in the environment, 10,000 without.
enum FuzzBudget {
    static let iterations =
        ProcessInfo.processInfo.environment["AGENTROUTE_FUZZ_ITERATIONS"].flatMap { Int($0) }
        ?? 10_000
}

@Suite("Broken streams")
struct StreamFuzzTests {
    /// A recorded stream and its clients.
    private struct Recording {
        let stream: GoldenStream
        let bytes: [UInt8]
        let clients: [Client]

        struct Client {
            let replay: StreamReplay
            /// What it reads of the whole stream.
            let read: ReadAnswer

            /// What it reads when the provider says `bytes` instead.
            func read(_ bytes: [UInt8], pieces: () -> Int = { .max }) throws -> ReadAnswer {
                try ReadAnswer.read(replay.play(bytes, pieces: pieces).bytes, replay.pair.client)
            }
        }

        static func all(_ upstream: GoldenUpstream) throws -> [Recording] {
            let replays = try GoldenPair.of(upstream).map { try StreamReplay($0) }
            return try GoldenStream.all().filter { $0.upstream == upstream }.map { stream in
                let bytes = try stream.bytes()
                let clients = try replays.map { replay in
                    let whole = replay.play(bytes).bytes
                    let read = try ReadAnswer.read(whole, replay.pair.client)
                    return Client(replay: replay, read: read)
                }
                return Recording(stream: stream, bytes: bytes, clients: clients)
            }
        }
    }

    /// What every terminal statement of a wire has in it.
    private static func terminals(of wire: Wire) -> [String] {
        switch wire {
        case .anthropicMessages: ["message_stop"]
        case .openAIChat: ["finish_reason\":\""]
        case .openAIResponses: ["response.completed", "response.incomplete"]
        default: ["finishReason", "blockReason"]
        }
    }

    @Test(
        "a stream that is cut short never ends as finished, and what it releases is whole",
        arguments: GoldenUpstream.allCases)
    func cuts(_ upstream: GoldenUpstream) throws {
        for recording in try Recording.all(upstream) {
            var dice = Dice(seed: 1)
            for _ in 0..<40 {
                let end = Int.random(in: 0..<recording.bytes.count, using: &dice)
                let cut = Array(recording.bytes[..<end])
                for client in recording.clients {
                    let what = "\(client.replay.pair) \(recording.stream) cut at \(end)"
                    let read = try client.read(cut)
                    try judge(read, of: cut, client, what)
                    let calls = client.read.calls.prefix(read.calls.count)
                    try #require(read.calls == Array(calls), "\(what): \(read.calls)")
                }
            }
        }
    }

    @Test(
        "whatever happens to a stream, every client reads a well-formed answer with one end",
        arguments: GoldenUpstream.allCases)
    func mutations(_ upstream: GoldenUpstream) throws {
        let recordings = try Recording.all(upstream)
        for seed in 0..<(FuzzBudget.iterations / GoldenUpstream.allCases.count) {
            var dice = Dice(seed: UInt64(seed))
            let recording = recordings[Int.random(in: recordings.indices, using: &dice)]
            var mutation = StreamMutation(recording.bytes, dice: dice)
            let bytes = mutation.mutated()
            for client in recording.clients {
                let what = "\(client.replay.pair) \(recording.stream) seed \(seed)"
                do {
                    let read = try client.read(bytes) {
                        seed % 2 == 0 ? .max : Int.random(in: 1...200, using: &dice)
                    }
                    try judge(read, of: bytes, client, what)
                } catch let fault as GrammarFault {
                    Issue.record("\(what): \(fault)\n\(String(decoding: bytes, as: UTF8.self))")
                    return
                }
            }
        }
    }

    /// What holds of every answer, whatever the provider said.
    private func judge(
        _ read: ReadAnswer, of bytes: [UInt8], _ client: Recording.Client, _ what: String
    ) throws {
        try #require(read.end != nil, "no end: \(what)")
        let text = String(decoding: bytes, as: UTF8.self)
        let terminals = Self.terminals(of: client.replay.pair.upstream.wire)
        if !terminals.contains(where: { text.contains($0) }) {
            try #require(read.end == .failed, "finished without its terminal: \(what)")
        }
        for call in read.calls {
            let isPartial = client.read.calls.contains {
                $0.arguments != call.arguments && $0.arguments.hasPrefix(call.arguments)
            }
            try #require(!isPartial, "a part of a tool call: \(what): \(call)")
        }
    }
}
