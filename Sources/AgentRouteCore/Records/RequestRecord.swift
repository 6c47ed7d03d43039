public import AgentRouteWire

/// What became of one exchange. Exactly one for each request that reached the gateway, on every path.
/// Holds no body, no header value and no key.
public struct RequestRecord: Sendable, Equatable {
    /// The number of the exchange in this run, from 1.
    public var id: UInt64
    /// When its first byte came, since 1970-01-01T00:00:00Z.
    public var startedAt: Duration { .nanoseconds(startedNanoseconds) }
    /// The client's wire; nil where the path does not tell.
    public var wire: Wire?
    /// The alias the client asked for (`agentroute-heavy`); nil if it named the model itself.
    public var alias: String?
    /// The id of the provider it went to; nil if it went to none.
    public var provider: String?
    /// The provider's name of the model.
    public var model: String?
    /// The response's status; 0 if there was none.
    public var status = 0
    /// Until the provider's response head.
    public var timeToHeaders: Duration? { Self.duration(headersNanoseconds) }
    /// Until the first byte of the response's body.
    public var timeToFirstByte: Duration? { Self.duration(firstByteNanoseconds) }
    /// Until the end.
    public var total: Duration { .nanoseconds(totalNanoseconds) }
    /// Bytes of the request's body.
    public var requestBytes: UInt64 = 0
    /// Bytes of the response's body.
    public var responseBytes: UInt64 = 0
    /// What the provider reported, if it did.
    public var usage: TokenUsage?
    /// What the provider's wire could not express of the request, or the client's of the answer; empty
    /// where nothing was translated.
    public var degraded: [String] = []
    /// How it ended.
    public var outcome = Outcome.ok
    /// The code of the error that was answered or that cut the stream; nil if there was none.
    public var error: String?

    // The times as they are measured: a `Duration` is a division away. Negative for none.
    var startedNanoseconds: Int64
    var headersNanoseconds: Int64 = -1
    var firstByteNanoseconds: Int64 = -1
    var totalNanoseconds: Int64 = 0

    /// A record of exchange `id`, begun `startedAt` nanoseconds after 1970-01-01T00:00:00Z.
    init(id: UInt64, startedAt: Int64) {
        self.id = id
        startedNanoseconds = startedAt
    }

    /// Where the request goes.
    mutating func note(_ route: Route) {
        alias = route.alias
        provider = route.provider
        model = route.model
    }

    private static func duration(_ nanoseconds: Int64) -> Duration? {
        nanoseconds < 0 ? nil : .nanoseconds(nanoseconds)
    }

    /// How an exchange ended. New ones may come.
    public struct Outcome: RawRepresentable<String>, Hashable, Sendable {
        /// The name in logs.
        public let rawValue: String

        /// An outcome by name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Answered, whatever the provider's status.
        public static let ok = Outcome(rawValue: "ok")
        /// The gateway answered with an error of the client's making.
        public static let refused = Outcome(rawValue: "refused")
        /// The client left before the end.
        public static let clientGone = Outcome(rawValue: "client-gone")
        /// The provider could not be reached or did not answer with HTTP; the client got an error.
        public static let upstreamFailed = Outcome(rawValue: "upstream-failed")
        /// The provider's answer was cut after it had begun.
        public static let upstreamCut = Outcome(rawValue: "upstream-cut")
        /// The provider ended its stream in order but without its wire's last event.
        public static let upstreamUnfinished = Outcome(rawValue: "upstream-unfinished")
        /// The provider was silent for too long.
        public static let upstreamTimeout = Outcome(rawValue: "upstream-timeout")
        /// The gateway was stopped meanwhile.
        public static let stopped = Outcome(rawValue: "stopped")
        /// The gateway itself failed.
        public static let failed = Outcome(rawValue: "failed")
    }
}

/// The newest records, in memory.
struct RecordRing {
    private var records: [RequestRecord] = []
    private var next = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        records.reserveCapacity(capacity)
    }

    /// Takes `record`, and leaves the oldest in its place once the ring is full.
    mutating func take(_ record: inout RequestRecord) {
        if records.count < capacity {
            records.append(record)
        } else {
            swap(&records[next], &record)
            next = next &+ 1 == capacity ? 0 : next &+ 1
        }
    }

    /// The records, oldest first.
    var all: [RequestRecord] {
        Array(records[next...] + records[..<next])
    }
}
