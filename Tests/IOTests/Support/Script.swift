import AgentRouteIO
import Testing

/// A server connection's handler whose reactions the test writes down. What it does not, gathers
/// bodies and closes what has ended.
final class ServerScript: ServerConnectionHandler {
    var onHead: (ServerConnection, MessageHead) -> HeadAnswer = { _, _ in .gather }
    var onRequest: (ServerConnection, RawSpan) -> Void = { _, _ in }
    var onDrained: (ServerConnection) -> Void = { _ in }
    var onEnd: (ServerConnection, ConnectionEnd) -> Void = { _, _ in }
    var onClosed: () -> Void = {}

    func serverConnection(
        _ connection: ServerConnection, received head: MessageHead
    ) -> HeadAnswer { onHead(connection, head) }

    func serverConnection(_ connection: ServerConnection, received body: RawSpan) {
        onRequest(connection, body)
    }

    func serverConnectionDrained(_ connection: ServerConnection) { onDrained(connection) }

    func serverConnection(_ connection: ServerConnection, ended end: ConnectionEnd) {
        onEnd(connection, end)
        connection.close()
    }

    func serverConnectionClosed(_ connection: ServerConnection) { onClosed() }
}

/// A client connection's handler: sends `request` when it may, notes what comes, and releases the
/// connection when the response is complete.
final class ClientScript: ClientConnectionHandler {
    /// In place of sending the request, when given.
    var onReady: ((ClientConnection) -> Void)?
    var onHead: (ClientConnection, MessageHead) -> Void = { _, _ in }
    var onCompleted: (ClientConnection) -> Void = { $0.release() }
    var onDrained: (ClientConnection) -> Void = { _ in }
    var onEnd: (ClientConnection, ConnectionEnd) -> Void = { _, _ in }
    var onClosed: () -> Void = {}
    private let request: String
    private(set) var reused: Bool?
    private(set) var status = 0
    private(set) var body: [UInt8] = []
    private(set) var end: ConnectionEnd?

    init(request: String) {
        self.request = request
    }

    func clientConnectionReady(_ connection: ClientConnection, reused: Bool) {
        self.reused = reused
        if let onReady { return onReady(connection) }
        request.withSpan { head in
            connection.write(
                head: head, before: RawSpan(), inserted: RawSpan(), after: RawSpan())
        }
        connection.expectResponse(isHead: request.hasPrefix("HEAD "))
    }

    func clientConnection(_ connection: ClientConnection, received head: MessageHead) {
        status = head.status
        onHead(connection, head)
    }

    func clientConnection(_ connection: ClientConnection, received body: RawSpan) {
        self.body += body.array
    }

    func clientConnectionCompleted(_ connection: ClientConnection) { onCompleted(connection) }

    func clientConnectionDrained(_ connection: ClientConnection) { onDrained(connection) }

    func clientConnection(_ connection: ClientConnection, ended end: ConnectionEnd) {
        self.end = end
        onEnd(connection, end)
        connection.close()
    }

    func clientConnectionClosed(_ connection: ClientConnection) { onClosed() }
}

/// A listener on a free port and an origin that leads to it, on one loop.
struct Wired {
    let loop: EventLoop
    let listener: Listener
    let origin: Origin

    /// - Parameter accept: Names the handler of the listener's connections.
    init(accept: @escaping (ServerConnection) -> (any ServerConnectionHandler)?) throws {
        let loop = try EventLoop()
        try self.init(loop: loop, accept: accept)
    }

    init(
        loop: EventLoop, accept: @escaping (ServerConnection) -> (any ServerConnectionHandler)?
    ) throws {
        self.loop = loop
        listener = try Listener(
            loop: loop, host: "127.0.0.1", port: 0, limits: ConnectionLimits(), accept: accept)
        origin = Origin(
            loop: loop, options: OriginOptions(host: "127.0.0.1", port: listener.port))
    }

    /// Runs one exchange to its close.
    func exchange(_ client: ClientScript, pooled: Bool = true) {
        client.onClosed = { [loop] in loop.stop() }
        _ = origin.connect(handler: client, pooled: pooled)
        runUntilStopped(loop)
    }
}

let get = "GET /a?b=c HTTP/1.1\r\nHost: test\r\n\r\n"

extension ServerConnection {
    /// Answers with `text`, length declared.
    func answer(_ text: String, keepAlive: Bool = true) {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n"
        head.withSpan { head in text.withSpan { write(head, $0) } }
        next(keepAlive: keepAlive)
    }
}
