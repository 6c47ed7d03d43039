import CAgentRouteIO

/// What happens on a client connection. All of it on the loop's thread, never inside a call that
/// causes it but for `clientConnectionReady` (see `Origin.connect`) and `clientConnectionClosed` (see
/// `ClientConnection.release`). Bytes are valid for the call.
package protocol ClientConnectionHandler: AnyObject {
    /// Connected, TLS included, or taken from the pool (`reused`): the request may be sent.
    func clientConnectionReady(_ connection: ClientConnection, reused: Bool)

    /// The final response's head; informational ones are skipped. The place to start a relay.
    func clientConnection(_ connection: ClientConnection, received head: MessageHead)

    /// Bytes of the body, decoded, as they arrive. While relaying only when observed.
    func clientConnection(_ connection: ClientConnection, received body: RawSpan)

    /// The response is complete, and given to the relay's receiver to the last byte. `release` is due.
    func clientConnectionCompleted(_ connection: ClientConnection)

    /// What waited for the provider has fallen below the low mark.
    func clientConnectionDrained(_ connection: ClientConnection)

    /// The attempt or the exchange cannot go on; told at most once. `close` is due.
    func clientConnection(_ connection: ClientConnection, ended end: ConnectionEnd)

    /// The last event of this use of the connection, which lets go of its handler afterwards.
    func clientConnectionClosed(_ connection: ClientConnection)
}

/// How a relayed body is framed for its receiver.
package enum RelayFraming: Hashable, Sendable {
    /// As received.
    case raw
    /// As chunks, for a source that ends with its connection.
    case chunked
    /// Not at all: the receiver's body ends with its connection.
    case plain
}

/// What a relayed body is.
package enum RelayContent: Hashable, Sendable {
    /// Any bytes; the handler sees them all.
    case bytes
    /// `text/event-stream`: an event goes on whole, or, beyond 64 KiB, in parts. The handler sees all
    /// of it.
    case events
    /// The same, but the handler is spared events that tell neither of usage nor of an error or an
    /// end: one JSON object without such keys, not named or named `...delta`. It sees the first.
    case eventsWithoutDeltas

    fileprivate var flags: Int32 {
        let observe: Int32 = numericCast(AR_RELAY_OBSERVE)
        let events: Int32 = numericCast(AR_RELAY_EVENTS)
        let skip: Int32 = numericCast(AR_RELAY_SKIP_DELTAS)
        return switch self {
        case .bytes: observe
        case .events: observe | events
        case .eventsWithoutDeltas: observe | events | skip
        }
    }
}

/// One use of a connection to a provider, for one exchange. Loop thread only.
///
/// It lives until `release` or `close`, referenced or not; calls after those are ignored. A write on a
/// connection that has ended is ignored, since `ended` says so or has said so.
package final class ClientConnection {
    private var handler: (any ClientConnectionHandler)?

    /// The C connection; nil before it is known and once released or closed.
    private var handle: OpaquePointer?

    /// C said "ready" (and whether from the pool) before it had returned the handle.
    private var readyWhileOpening: Bool?

    init(handler: any ClientConnectionHandler) {
        self.handler = handler
    }

    /// Takes the handle C has returned, and makes up for the event that came before it.
    func opened(_ handle: OpaquePointer) {
        self.handle = handle
        guard let reused = readyWhileOpening else { return }
        readyWhileOpening = nil
        handler?.clientConnectionReady(self, reused: reused)
    }

    /// From now on `handler` hears of this use of the connection.
    package func handOver(to handler: any ClientConnectionHandler) {
        guard handle != nil else { return }
        self.handler = handler
    }

    // MARK: The request

    /// Sends a request in one system call: its head, and its body in three parts, the middle one put
    /// in place of bytes of the client's. Empty parts are left out.
    ///
    /// What the socket does not take at once of `head` and `inserted` is copied. `before` and `after`
    /// must stay where they are, unchanged, until `pendingByteCount` is 0, of which
    /// `clientConnectionDrained` tells, or until `clientConnectionClosed`.
    package func write(
        head: RawSpan, before: RawSpan, inserted: RawSpan, after: RawSpan
    ) {
        guard let handle else { return }
        head.withSlice { head in
            before.withSlice { before in
                inserted.withSlice { inserted in
                    after.withSlice { after in
                        let slices: InlineArray<4, ar_slice_t> = [head, before, inserted, after]
                        slices.withPointer { ar_conn_write(handle, $0, 4, 0b1010) }
                    }
                }
            }
        }
    }

    /// Bytes of the request that the kernel has taken. While it is 0 the provider has seen nothing.
    package var sentByteCount: UInt64 {
        guard let handle else { return 0 }
        return ar_conn_sent(handle)
    }

    /// Bytes written that the kernel has not taken.
    package var pendingByteCount: Int {
        guard let handle else { return 0 }
        return ar_conn_pending(handle)
    }

    /// Starts the wait for the response, once the request is written.
    ///
    /// - Parameter isHead: The request's method is HEAD: no body follows whatever the head says.
    package func expectResponse(isHead: Bool) {
        guard let handle else { return }
        ar_conn_expect_response(handle, isHead ? 1 : 0)
    }

    // MARK: The response

    /// Stops reading the body. A relay does so by itself when its receiver is slow.
    package func pause() {
        guard let handle else { return }
        ar_conn_pause(handle)
    }

    /// Reads on.
    package func resume() {
        guard let handle else { return }
        ar_conn_resume(handle)
    }

    /// Sends `head` and then this response's body to `receiver`, head and first body bytes in one
    /// system call. From `clientConnection(_:received:)` with the head. Ends with
    /// `clientConnectionCompleted` or `ended`. Without an open receiver nothing is relayed.
    ///
    /// - Parameters:
    ///   - framing: How the body is framed for the receiver; `head` says the same.
    ///   - content: What the body is, and how much of it the handler sees.
    package func relay(
        to receiver: ServerConnection, head: RawSpan, framing: RelayFraming, content: RelayContent
    ) {
        guard let handle, let receiver = receiver.handle else { return }
        head.withSlice { head in
            ar_conn_relay(handle, receiver, head, framing.c.argument, content.flags)
        }
    }

    /// Bytes of the body relayed so far, seen by the handler or not.
    package var relayedByteCount: UInt64 {
        guard let handle else { return 0 }
        return ar_conn_relay_count(handle)
    }

    /// After `ended`: whether anything of the response, its head included, was handed to the receiver.
    package var relayStarted: Bool {
        guard let handle else { return false }
        return ar_conn_relay_started(handle) != 0
    }

    /// After `ended`, in the middle of a relay: gives the receiver `bytes` as the last of the body,
    /// inside the framing that is open but without its end: a reader sees them and sees the cut. An
    /// event held back as incomplete is dropped. Nothing is sent when a declared length leaves no room.
    /// The receiver then wants `finishAndClose`.
    package func relayAbort(_ bytes: RawSpan) {
        guard let handle else { return }
        bytes.withSlice { ar_conn_relay_abort(handle, $0) }
    }

    /// After `clientConnectionCompleted` of a body that ends with its connection: gives the receiver
    /// what was held back, and the end of its body. In every other case the relay has done so itself.
    package func relayFinish() {
        guard let handle else { return }
        ar_conn_relay_finish(handle)
    }

    // MARK: The end

    /// The exchange is over, its response complete: the connection goes back to the pool if it can be
    /// used again, else it is closed. `clientConnectionClosed` comes inside this call in the one case,
    /// later in the other.
    package func release() {
        guard let handle else { return }
        self.handle = nil
        ar_conn_release(handle)
    }

    /// Closes at once; what waits is lost. `clientConnectionClosed` follows.
    package func close() {
        guard let handle else { return }
        self.handle = nil
        ar_conn_close(handle)
    }
}

// MARK: - From C

extension ClientConnection {
    /// The C table of every client connection; the context is the connection, retained from
    /// `Origin.connect` until `on_closed`.
    static let events = ar_conn_events_t(
        on_head: { context, head in
            borrow(context, as: ClientConnection.self) { $0.received(MessageHead(head)) }
            return 0
        },
        on_request: { _, _ in },
        on_body: { context, bytes in
            borrow(context, as: ClientConnection.self) { $0.received(bytes) }
        },
        on_complete: { context in recover(context, as: ClientConnection.self)?.completed() },
        on_ready: { context, reused in
            borrow(context, as: ClientConnection.self) { $0.ready(reused: reused != 0) }
        },
        on_drained: { context in recover(context, as: ClientConnection.self)?.drained() },
        on_end: { context, end in
            recover(context, as: ClientConnection.self)?.ended(ConnectionEnd(end.pointee))
        },
        on_closed: { context in relinquish(context, as: ClientConnection.self)?.closed() })

    private func ready(reused: Bool) {
        if handle == nil {
            readyWhileOpening = reused
        } else {
            handler?.clientConnectionReady(self, reused: reused)
        }
    }

    private func received(_ head: MessageHead) {
        handler?.clientConnection(self, received: head)
    }

    private func received(_ bytes: ar_slice_t) {
        handler?.clientConnection(self, received: bytes.buffer.bytes)
    }

    private func completed() {
        handler?.clientConnectionCompleted(self)
    }

    private func drained() {
        handler?.clientConnectionDrained(self)
    }

    private func ended(_ end: ConnectionEnd) {
        handler?.clientConnection(self, ended: end)
    }

    private func closed() {
        handle = nil
        handler?.clientConnectionClosed(self)
        handler = nil
    }
}

extension RelayFraming {
    fileprivate var c: ar_relay_framing_t {
        switch self {
        case .raw: AR_RELAY_RAW
        case .chunked: AR_RELAY_CHUNKED
        case .plain: AR_RELAY_PLAIN
        }
    }
}
