import CAgentRouteIO

/// Why a connection, or an attempt at one, cannot go on.
package struct ConnectionEnd: Error, Hashable, Sendable {
    /// What happened, from this side's point of view.
    package enum Reason: Hashable, Sendable {
        /// The peer closed, in order, between messages. On the server's side: the client is gone.
        case eof
        /// The peer closed in the middle of a message.
        case truncated
        /// The peer reset the connection, or the socket failed otherwise.
        case reset
        /// The message is not HTTP/1 as RFC 9112 has it.
        case malformed
        /// Server: sound HTTP/1 as far as it was read, but a method of no standard.
        case unknownMethod
        /// The head exceeds `ConnectionLimits.headBytes`.
        case headTooLarge
        /// The request's body exceeds `ConnectionLimits.bodyBytes`.
        case bodyTooLarge
        /// Server: the head was not whole in time. Client: no response head came in time.
        case timeoutHead
        /// Server: the body stalled. Client: the response was silent too long.
        case timeoutBody
        /// Server: a kept-alive connection saw no request in time.
        case timeoutIdle
        /// Client: no connection in time, over all addresses.
        case timeoutConnect
        /// The peer took nothing of what waited for it for too long.
        case timeoutWrite
        /// Client: the host has no address.
        case unresolved
        /// Client: no address of the host accepted the connection.
        case refused
        /// Client: the certificate's chain does not lead to a trust anchor.
        case tlsUntrusted
        /// Client: the certificate is for another host.
        case tlsWrongHost
        /// Client: any other TLS failure.
        case tlsFailed
        /// Memory is short.
        case noMemory
    }

    /// What happened.
    package let reason: Reason
    /// libuv's error number (on Linux a negated `errno`), or 0.
    package let system: Int32
    /// One line for a person; holds no byte of the message.
    package let detail: String

    init(_ end: ar_end_t) {
        reason = Reason(ar_end_reason_t(UInt32(bitPattern: end.reason)))
        system = end.system
        detail = String(cString: end.detail)
    }
}

extension ConnectionEnd.Reason {
    init(_ reason: ar_end_reason_t) {
        self =
            switch reason {
            case AR_END_EOF: .eof
            case AR_END_TRUNCATED: .truncated
            case AR_END_MALFORMED: .malformed
            case AR_END_UNKNOWN_METHOD: .unknownMethod
            case AR_END_HEAD_TOO_LARGE: .headTooLarge
            case AR_END_BODY_TOO_LARGE: .bodyTooLarge
            case AR_END_TIMEOUT_HEAD: .timeoutHead
            case AR_END_TIMEOUT_BODY: .timeoutBody
            case AR_END_TIMEOUT_IDLE: .timeoutIdle
            case AR_END_TIMEOUT_CONNECT: .timeoutConnect
            case AR_END_TIMEOUT_WRITE: .timeoutWrite
            case AR_END_UNRESOLVED: .unresolved
            case AR_END_REFUSED: .refused
            case AR_END_TLS_UNTRUSTED: .tlsUntrusted
            case AR_END_TLS_WRONG_HOST: .tlsWrongHost
            case AR_END_TLS_FAILED: .tlsFailed
            case AR_END_NO_MEMORY: .noMemory
            // AR_END_RESET, which also stands for a socket error of no other name.
            default: .reset
            }
    }
}
