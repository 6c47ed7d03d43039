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
        exchange = Exchange(id: server.nextExchangeID())
    }

    /// Lets go of the provider's side, whatever its state.
    func abandonUpstream() {
        upstream?.close()
        upstream = nil
        player?.cancel()
        player = nil
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
        // A relay reads on by itself.
        if exchange?.plan?.translation != nil { upstream?.resume() }
    }

    func serverConnection(_ connection: ServerConnection, ended end: ConnectionEnd) {
        if let error = AgentRouteError(request: end), end.isAnswerable {
            if exchange == nil { begin() }
            abandonUpstream()
            return fail(error, allow: end.reason == .unknownMethod ? "GET, HEAD, POST" : nil)
        }
        // The client is gone: the provider must not go on for nobody.
        if exchange != nil { finish(.clientGone) }
        abandonUpstream()
        connection.close()
    }

    func serverConnectionClosed(_ connection: ServerConnection) {
        if exchange != nil { finish(.clientGone) }
        abandonUpstream()
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
        case .unknownMethod:
            self.init(
                .methodNotAllowed, origin: .client, retry: .useless,
                "there is no such method here")
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
