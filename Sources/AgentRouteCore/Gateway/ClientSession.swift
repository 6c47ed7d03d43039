import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

/// One client connection and, one after the other, the exchanges on it. Loop thread only.
///
/// An exchange goes through six phases, each in a file of its own: accept (here), head, route,
/// connect, relay, finish. What comes at the wrong time is decided by `Exchange.phase`.
final class ClientSession {
    let server: GatewayServer
    let connection: ServerConnection
    /// The exchange under way; nil between two.
    var exchange: Exchange?
    /// The provider's side of it, while there is one.
    var upstream: ClientConnection?
    /// The demo's answer being played, while there is one.
    var player: FramePlayer?
    /// What the finished exchange said of the connection.
    var keepAliveAfter = false

    init(server: GatewayServer, connection: ServerConnection) {
        self.server = server
        self.connection = connection
    }

    /// Answers a connection that is one too many, before it has asked anything.
    func refuseConnection(_ error: AgentRouteError) {
        begin()
        fail(error)
    }

    /// Takes no further request; closes at once if none is under way.
    func drain() {
        if exchange == nil { connection.close() }
    }

    /// Ends the exchange where it stands.
    func stop() {
        if exchange != nil { finish(.stopped) }
        abandonUpstream()
        connection.close()
    }

    /// Starts an exchange: the first of its bytes are here.
    func begin() {
        exchange = Exchange(
            record: RequestRecord(id: server.nextExchangeID(), startedAt: WallClock.now()),
            began: EventLoop.nanoseconds())
    }

    /// Lets go of the provider's side, whatever its state.
    func abandonUpstream() {
        upstream?.close()
        upstream = nil
        player?.cancel()
        player = nil
    }
}

/// One exchange under way.
struct Exchange {
    /// Where it stands.
    enum Phase {
        /// The head was admitted; the body is being read.
        case gathering(Endpoint)
        /// A connection to the provider is on its way, or the request on it.
        case connecting
        /// The request is with the provider; its head has not come.
        case waiting
        /// The response is passing.
        case relaying(Passage)
        /// The answer is the gateway's own.
        case answering
    }

    /// What is known of a response that passes.
    struct Passage {
        var observer: UsageObserver
        let isEventStream: Bool
        /// Nothing but the end of the provider's connection ends the body.
        let endsWithConnection: Bool
    }

    var phase = Phase.answering
    var record: RequestRecord
    /// On the monotonic clock, nanoseconds.
    let began: UInt64
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

    /// What is sent where.
    struct Plan {
        let target: UpstreamTarget
        let lane: UpstreamTarget.Lane
        let route: Route
        /// What takes the place of a part of the client's body.
        let handler: any RequestHandler
        let top: JSONScanner.TopLevel
        /// Gemini's model and verb in the request's target.
        var path: Endpoint.PathModel?
        /// Tokens are to be counted, not generated.
        var countsTokens = false
        /// A second connection has been tried.
        var isRetry = false

        /// Whether the client asks for a stream: Gemini's says so in the path, others in the body.
        var streams: Bool { path?.streams ?? top.stream ?? false }
    }

    init(record: RequestRecord, began: UInt64) {
        self.record = record
        self.began = began
    }

    /// The response's head is here.
    mutating func headersCame() {
        record.timeToHeaders = elapsed
    }

    /// The time since the beginning.
    var elapsed: Duration {
        .nanoseconds(Int64(clamping: EventLoop.nanoseconds() - began))
    }
}

// MARK: - From the client's connection

extension ClientSession: ServerConnectionHandler {
    func serverConnection(
        _ connection: ServerConnection, received head: MessageHead
    ) -> HeadAnswer {
        begin()
        return receive(head)
    }

    func serverConnection(_ connection: ServerConnection, received body: RawSpan) {
        exchange?.isRead = true
        exchange?.record.requestBytes = UInt64(body.byteCount)
        guard case .gathering(let endpoint)? = exchange?.phase else { return }
        route(endpoint, body: body)
    }

    func serverConnectionDrained(_ connection: ServerConnection) {
        player?.resume()
    }

    func serverConnection(_ connection: ServerConnection, ended end: ConnectionEnd) {
        if let error = AgentRouteError(request: end), end.isAnswerable {
            if exchange == nil { begin() }
            abandonUpstream()
            return fail(error)
        }
        // The client is gone: the provider must not go on for nobody.
        abandonUpstream()
        if exchange != nil { finish(.clientGone) }
        connection.close()
    }

    func serverConnectionClosed(_ connection: ServerConnection) {
        abandonUpstream()
        if exchange != nil { finish(.clientGone) }
        server.closed(self)
    }
}

extension ConnectionEnd {
    /// Whether there is still somebody to tell.
    fileprivate var isAnswerable: Bool {
        switch reason {
        case .eof, .reset, .truncated, .timeoutWrite, .timeoutIdle: false
        default: true
        }
    }
}

extension AgentRouteError {
    /// Why a request cannot be read; nil where the client has simply left or said nothing.
    fileprivate init?(request end: ConnectionEnd) {
        switch end.reason {
        case .malformed:
            self.init(
                .malformedRequest, origin: .client, retry: .useless,
                "the request is not sound HTTP/1.1: \(end.detail)")
        case .headTooLarge:
            self.init(.headTooLarge, origin: .client, retry: .useless, end.detail)
        case .bodyTooLarge:
            self.init(
                .bodyTooLarge, origin: .client, retry: .useless,
                "the request body is over the limit (limits.bodyBytes)")
        case .timeoutHead, .timeoutBody:
            self.init(.requestTimeout, origin: .client, retry: .safe, end.detail)
        case .noMemory:
            self.init(.internalError, origin: .gateway, retry: .possible, end.detail)
        default: return nil
        }
    }
}
