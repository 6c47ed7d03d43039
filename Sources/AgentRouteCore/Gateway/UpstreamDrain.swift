import AgentRouteIO

/// Reads what is left of a provider's body after its client has had the whole answer, so that the
/// connection can be used again: often it is but the last, empty chunk. Loop thread only.
final class UpstreamDrain: ClientConnectionHandler {
    /// More than that is cheaper to cut off.
    private static let limit = 64 << 10
    /// When it is too late, on the monotonic clock in nanoseconds.
    let deadline = EventLoop.nanoseconds() + 2_000_000_000
    private let connection: ClientConnection
    private let done: (UpstreamDrain) -> Void
    private var byteCount = 0

    /// Takes `connection` over; `done` is called when it is closed or back in its pool.
    init(_ connection: ClientConnection, done: @escaping (UpstreamDrain) -> Void) {
        self.connection = connection
        self.done = done
        connection.handOver(to: self)
    }

    func close() {
        connection.close()
    }

    func clientConnectionReady(_ connection: ClientConnection, reused: Bool) {}
    func clientConnection(_ connection: ClientConnection, received head: MessageHead) {}
    func clientConnectionDrained(_ connection: ClientConnection) {}

    func clientConnection(_ connection: ClientConnection, received body: RawSpan) {
        byteCount += body.byteCount
        if byteCount > Self.limit { connection.close() }
    }

    func clientConnectionCompleted(_ connection: ClientConnection) {
        connection.release()
    }

    func clientConnection(_ connection: ClientConnection, ended end: ConnectionEnd) {
        connection.close()
    }

    func clientConnectionClosed(_ connection: ClientConnection) {
        done(self)
    }
}
