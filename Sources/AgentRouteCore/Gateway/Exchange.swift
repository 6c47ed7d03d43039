import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

/// One exchange under way: where it stands, and what its record will say. Loop thread only.
final class Exchange {
    /// Where it stands.
    enum Phase {
        /// The head was admitted; the body is being read.
        case gathering(Endpoint)
        /// The request is being translated, on another thread if it is large.
        case translating
        /// A connection to the provider is on its way.
        case connecting
        /// The request is with the provider; its head has not come.
        case waiting
        /// The response is passing.
        case relaying
        /// The answer is the gateway's own.
        case answering
    }

    var phase = Phase.answering
    var record: RequestRecord
    /// The client's connection lives on after the answer.
    var keepAlive = false
    /// The client speaks HTTP/1.0: no chunks.
    var isOldClient = false
    /// The request's method is HEAD: the answer has no body.
    var isHead = false
    /// The request was read to its end, so that a next one can follow.
    var isRead = false
    /// The provider, and how it is spoken to.
    var plan: Plan?
    /// Watches the response pass; nil before its head has come.
    var observer: UsageObserver?
    /// The response is a stream of events that can be read.
    var isEventStream = false
    /// Nothing but the end of the provider's connection ends the body.
    var endsWithConnection = false
    /// On the monotonic clock, nanoseconds.
    private let began = EventLoop.nanoseconds()

    init(id: UInt64) {
        record = RequestRecord(id: id, startedAt: WallClock.nanoseconds())
    }

    /// The time since the beginning, in nanoseconds.
    var elapsed: Int64 {
        Int64(clamping: EventLoop.nanoseconds() - began)
    }

    /// The response's head is here, and its body begins to pass.
    func begin(_ content: ResponseContent, status: Int, wire: Wire) {
        phase = .relaying
        record.status = status
        record.headersNanoseconds = elapsed
        isEventStream = content.isEventStream
        endsWithConnection = content.endsWithConnection
        observer = UsageObserver(wire: wire, isEventStream: content.isEventStream)
    }

    /// Watches body bytes pass. No allocation: this runs for every piece that is not skipped.
    func observe(_ bytes: RawSpan) {
        if record.firstByteNanoseconds < 0 { record.firstByteNanoseconds = elapsed }
        observer?.observe(bytes)
    }

    /// What is sent where.
    final class Plan {
        let target: UpstreamTarget
        let lane: UpstreamTarget.Lane
        let route: Route
        /// What takes the place of a part of the client's body; nil where it is translated.
        let splicer: (any BodySplicer)?
        /// The translation, where wires differ, or where the gateway has to count itself.
        var translation: Translation?
        var top: JSONScanner.TopLevel
        /// Gemini's model and verb in the request's target.
        var path: Endpoint.PathModel?
        /// The client's body without what another provider issued; nil to send it as it came.
        var rewritten: [UInt8]?
        /// The sidecar, where it is the target: held until the exchange is done.
        var sidecar: SidecarPassage?
        /// Tokens are to be counted, not generated.
        var countsTokens = false
        /// A second connection has been tried.
        var isRetry = false

        init(
            target: UpstreamTarget, carrier: Carrier, route: Route, top: JSONScanner.TopLevel
        ) {
            self.target = target
            self.route = route
            self.top = top
            lane = carrier.lane
            splicer = carrier.splicer
            translation = carrier.translation
        }

        /// The provider's side, as translators see it.
        var upstream: Upstream {
            Upstream(
                id: target.id, wire: lane.wire, model: route.model, dialect: lane.dialect)
        }

        /// Whether the client asks for a stream: Gemini's says so in the path, others in the body.
        var streams: Bool { path?.streams ?? top.stream ?? false }
    }

    /// A wire of the provider's, and what carries the client's to it.
    struct Carrier {
        let lane: UpstreamTarget.Lane
        let splicer: (any BodySplicer)?
        let translation: Translation?
    }
}

/// What a response's body is.
struct ResponseContent {
    /// `text/event-stream`, readable as it passes.
    var isEventStream = false
    /// Nothing but the end of the provider's connection ends it.
    var endsWithConnection = false
}
