/// How the provider behind a proxy is reached.
enum Hop: CaseIterable {
    /// Plain HTTP.
    case plain
    /// HTTP over TLS.
    case secured
}

/// What the load generator does, in its own terms (Benchmarks/load/load.c).
struct Load {
    /// Connections kept busy.
    var connections: Int
    /// The size of a request's body in bytes.
    var body = 256
    /// What the source does (Benchmarks/load/source.c).
    var settings: String
    /// By how much each connection's events come after those of the one before, in microseconds.
    var spread = 0
    /// How the provider is reached.
    var hop = Hop.plain
    /// Whose requests they are.
    var wire = ClientWire.chat
    /// Whether a body is a conversation of many turns, and not one long message.
    var hasTurns = false
}

/// A wire the load generator speaks.
enum ClientWire: String {
    /// OpenAI's chat completions, which the source speaks as well.
    case chat
    /// Anthropic's messages: a gateway has to translate.
    case messages
}

/// One kind of traffic whose cost is compared.
struct Lane {
    /// What the cost is divided by.
    enum Unit: String {
        /// Streamed events.
        case event
        /// Whole exchanges.
        case request
    }

    /// Its name in `--lanes`.
    let name: String
    /// Its name in the tables.
    let title: String
    /// What is counted.
    let unit: Unit
    /// The traffic.
    let load: Load
    /// The cost as a share of nginx's that it may have at most; nil where cost is not the question.
    var target: Double?
    /// Whether latency is the question, so that the lane is also run without a proxy.
    var measuresLatency = false

    /// Every lane. Events have 240 bytes, about a chat delta of OpenAI's; a short answer has 1 KiB.
    static let all: [Lane] = [
        Lane(
            name: "paced", title: "paced, 200 streams × 50 events/s", unit: .event,
            load: Load(
                connections: 200, settings: "events=10000000 bytes=240 interval=20000", spread: 100),
            target: 0.90, measuresLatency: true),
        Lane(
            name: "bursts", title: "500 streams in bursts", unit: .event,
            load: Load(connections: 500, settings: "events=10000000 bytes=240 interval=50000"),
            target: 0.95),
        Lane(
            name: "batches", title: "64 events in one upstream write", unit: .event,
            load: Load(
                connections: 50, settings: "events=10000000 bytes=240 group=64 interval=20000",
                spread: 400),
            target: 0.55),
        Lane(
            name: "large", title: "16 KiB events", unit: .event,
            load: Load(
                connections: 50, settings: "events=10000000 bytes=16384 interval=20000", spread: 400
            ),
            target: 0.95),
        Lane(
            name: "short", title: "short JSON exchange, 64 connections", unit: .request,
            load: Load(connections: 64, settings: "reply=1024"), target: 1.00),
        Lane(
            name: "request-32k", title: "32 KiB request", unit: .request,
            load: Load(connections: 16, body: 32 << 10, settings: "reply=1024"), target: 0.70),
        Lane(
            name: "paced-tls", title: "paced, TLS upstream", unit: .event,
            load: Load(
                connections: 200, settings: "events=10000000 bytes=240 interval=20000", spread: 100,
                hop: .secured),
            target: 0.95),
        Lane(
            name: "single", title: "short JSON exchange, one at a time", unit: .request,
            load: Load(connections: 1, settings: "reply=1024"), measuresLatency: true),
        Lane(
            name: "request-190k", title: "190 KB request, one at a time", unit: .request,
            load: Load(connections: 1, body: 190_000, settings: "reply=1024"), measuresLatency: true
        ),
    ]
}

/// A number of open streams whose memory is compared.
struct MemoryLane {
    /// Its name in `--lanes`.
    let name: String
    /// Its name in the tables.
    let title: String
    /// The traffic: each stream has an event a second.
    let load: Load
    /// The resident memory of one stream at most, in KiB.
    var target: Double?

    /// Every one.
    static let all: [MemoryLane] = [
        MemoryLane(name: "memory-1000", title: "1,000 streams", load: streams(1000)),
        MemoryLane(name: "memory-5000", title: "5,000 streams", load: streams(5000), target: 5),
        MemoryLane(
            name: "memory-tls", title: "1,000 streams, TLS upstream",
            load: streams(1000, hop: .secured), target: 40),
    ]

    private static func streams(_ count: Int, hop: Hop = .plain) -> Load {
        Load(
            connections: count, settings: "events=10000000 bytes=240 interval=1000000",
            spread: 1_000_000 / count, hop: hop)
    }
}
