import CAgentRouteIO

/// What a server connection does after a request's head.
package enum HeadAnswer: Hashable, Sendable {
    /// The body is read whole, up to `ConnectionLimits.bodyBytes`, then given to the handler.
    case gather
    /// The handler has answered, or will, with `finishAndClose`: no body is read.
    case answered
}

/// What happens on a server connection. All of it on the loop's thread, never inside a call that
/// causes it. Bytes are valid for the call unless said otherwise.
package protocol ServerConnectionHandler: AnyObject {
    /// A whole head has come.
    func serverConnection(
        _ connection: ServerConnection, received head: MessageHead
    ) -> HeadAnswer

    /// The request is whole. Its body also stays reachable by `withBody`. No further request is read
    /// before `next`.
    func serverConnection(_ connection: ServerConnection, received body: RawSpan)

    /// What waited for the client has fallen below the low mark.
    func serverConnectionDrained(_ connection: ServerConnection)

    /// The request or the connection cannot go on; told at most once. The connection is still open:
    /// unless the reason is `eof`, `reset` or `timeoutWrite` it may be answered with
    /// `finishAndClose`; else it wants `close`.
    func serverConnection(_ connection: ServerConnection, ended end: ConnectionEnd)

    /// The last event. The connection lets go of its handler afterwards.
    func serverConnectionClosed(_ connection: ServerConnection)
}

/// One accepted connection and the request on it. Loop thread only.
///
/// It lives until it is closed, referenced or not; calls after that are ignored. Bytes written that
/// the socket does not take at once are copied. A write on a connection that has ended is ignored,
/// since `ended` says so or has said so.
package final class ServerConnection {
    /// Who hears of this connection; let go after `serverConnectionClosed`.
    package var handler: (any ServerConnectionHandler)?

    /// The request's head while the request is alive: until `dropRequest`, `next` or the close.
    package var head: MessageHead? { request.head }

    /// The C connection; nil once closed.
    private(set) var handle: OpaquePointer?

    private var request = Request()

    /// The request while it is alive.
    ///
    /// SAFETY: C keeps head and body until `ar_conn_next`, `ar_conn_drop_request` or the close; each
    /// of them empties this first.
    private struct Request {
        var head: MessageHead?
        var body = ar_slice_t()
    }

    init(handle: OpaquePointer) {
        self.handle = handle
    }

    // MARK: The request

    /// Gives `use` the request's body; no bytes before it has come or after it was dropped.
    package func withBody<R, Failure: Error>(
        _ use: (RawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        try use(request.body.buffer.bytes)
    }

    /// Frees the request's head and body once nothing needs them.
    package func dropRequest() {
        forgetRequest()
        guard let handle else { return }
        ar_conn_drop_request(handle)
    }

    /// The request is answered in full: reads the next one, or, without `keepAlive`, closes once what
    /// waits is written.
    package func next(keepAlive: Bool) {
        forgetRequest()
        guard let handle else { return }
        ar_conn_next(handle, keepAlive ? 1 : 0)
    }

    // MARK: The response

    /// Sends `bytes` as they are.
    package func write(_ bytes: RawSpan) {
        guard let handle else { return }
        bytes.withSlice { slice in
            var slice = slice
            ar_conn_write(handle, &slice, 1, 0)
        }
    }

    /// Sends `first` and `second`, a head and its body say, in one system call.
    package func write(_ first: RawSpan, _ second: RawSpan) {
        guard let handle else { return }
        first.withSlice { first in
            second.withSlice { second in
                let slices: InlineArray<2, ar_slice_t> = [first, second]
                slices.withPointer { ar_conn_write(handle, $0, 2, 0) }
            }
        }
    }

    /// Sends `bytes` as one chunk of a chunked body; none at all is ignored.
    package func writeChunk(_ bytes: RawSpan) {
        guard let handle else { return }
        bytes.withSlice { slice in
            var slice = slice
            ar_conn_write_chunk(handle, &slice, 1)
        }
    }

    /// Ends a chunked body, without trailers.
    package func writeLastChunk() {
        guard let handle else { return }
        let end: StaticString = "0\r\n\r\n"
        var slice = ar_slice_t(bytes: end.utf8Start, count: end.utf8CodeUnitCount)
        ar_conn_write(handle, &slice, 1, 0)
    }

    /// Bytes written that the kernel has not taken.
    package var pendingByteCount: Int {
        guard let handle else { return 0 }
        return ar_conn_pending(handle)
    }

    // MARK: The end

    /// Writes what waits, ends this side, swallows input for a short while so that the answer is not
    /// lost to a reset, and closes.
    package func finishAndClose() {
        guard let handle else { return }
        ar_conn_finish_and_close(handle)
    }

    /// Closes at once; what waits is lost. `serverConnectionClosed` follows.
    package func close() {
        forgetRequest()
        guard let handle else { return }
        self.handle = nil
        ar_conn_close(handle)
    }

    /// Closes at once with a reset: where an orderly end would be taken for the end of the body.
    package func reset() {
        forgetRequest()
        guard let handle else { return }
        self.handle = nil
        ar_conn_reset(handle)
    }

    /// Forgets a connection its listener refuses; C closes it.
    func refuse() {
        handle = nil
    }

    private func forgetRequest() {
        request = Request()
    }
}

// MARK: - From C

extension ServerConnection {
    /// The C table of every server connection; the context is the connection, retained from the
    /// accept until `on_closed`.
    static let events = ar_conn_events_t(
        on_head: { context, head in
            borrow(context, as: ServerConnection.self) { $0.received(head) }
                ?? AR_HEAD_ANSWERED.argument
        },
        on_request: { context, body in
            borrow(context, as: ServerConnection.self) { $0.received(body) }
        },
        on_body: { _, _ in },
        on_complete: { _ in },
        on_ready: { _, _ in },
        on_drained: { context in recover(context, as: ServerConnection.self)?.drained() },
        on_end: { context, end in
            recover(context, as: ServerConnection.self)?.ended(ConnectionEnd(end.pointee))
        },
        on_closed: { context in relinquish(context, as: ServerConnection.self)?.closed() })

    private func received(_ head: UnsafePointer<ar_head_t>) -> Int32 {
        guard let handler else {
            close()
            return AR_HEAD_ANSWERED.argument
        }
        let head = MessageHead(head)
        request.head = head
        return switch handler.serverConnection(self, received: head) {
        case .gather: AR_HEAD_GATHER.argument
        case .answered: AR_HEAD_ANSWERED.argument
        }
    }

    private func received(_ body: ar_slice_t) {
        request.body = body
        guard let handler else { return close() }
        handler.serverConnection(self, received: body.buffer.bytes)
    }

    private func drained() {
        handler?.serverConnectionDrained(self)
    }

    private func ended(_ end: ConnectionEnd) {
        guard let handler else { return close() }
        handler.serverConnection(self, ended: end)
    }

    private func closed() {
        forgetRequest()
        handle = nil
        handler?.serverConnectionClosed(self)
        handler = nil
    }
}
