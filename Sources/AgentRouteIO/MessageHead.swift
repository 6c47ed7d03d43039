import CAgentRouteIO

/// A parsed and framing-checked HTTP/1 head, in place: a view of memory its connection owns.
///
/// Loop thread. Valid until the connection's next message starts (`next`, `release`), the request is
/// dropped or the connection is closed; keep bytes, not the head. Ranges are offsets into the bytes
/// `withBytes` shows. Nothing here allocates.
///
/// SAFETY: the pointer comes from `on_head` and is good for the time above, as the C header says.
package struct MessageHead {
    /// How the body after this head is delimited (RFC 9112 section 6).
    package enum Framing: Hashable, Sendable {
        /// No body follows.
        case none
        /// `Content-Length`.
        case length
        /// `Transfer-Encoding: chunked`.
        case chunked
        /// A response only: until the connection ends.
        case toEnd
    }

    private let head: UnsafePointer<ar_head_t>

    init(_ head: UnsafePointer<ar_head_t>) {
        self.head = head
    }

    /// The head's bytes, from the start line to the empty line.
    package var count: Int { Int(head.pointee.count) }

    /// A response's status; 0 in a request.
    package var status: Int { Int(head.pointee.status) }

    /// The minor version of HTTP/1: 0 or 1.
    package var minorVersion: Int { Int(head.pointee.minor) }

    /// How the body is delimited.
    package var framing: Framing {
        switch ar_framing_t(UInt32(head.pointee.framing)) {
        case AR_BODY_LENGTH: .length
        case AR_BODY_CHUNKED: .chunked
        case AR_BODY_TO_END: .toEnd
        default: .none
        }
    }

    /// The body's bytes, or nil when no `Content-Length` delimits it.
    package var contentLength: UInt64? {
        framing == .length ? head.pointee.content_length : nil
    }

    /// Whether the sender lets the connection live after this message.
    package var keepAlive: Bool { head.pointee.keep_alive != 0 }

    /// Whether a request asks for another protocol; it is not granted.
    package var wantsUpgrade: Bool { head.pointee.upgrade != 0 }

    /// A request's target as sent; empty in a response.
    package var targetRange: Range<Int> {
        range(at: head.pointee.target_at, count: head.pointee.target_count)
    }

    /// A request's method; empty in a response.
    package var methodRange: Range<Int> {
        range(at: head.pointee.method_at, count: head.pointee.method_count)
    }

    /// The number of fields, duplicates counted, trailers not.
    package var fieldCount: Int { Int(head.pointee.field_count) }

    /// The name of the field at `index`, in the order received and the case sent.
    package func nameRange(_ index: Int) -> Range<Int> {
        let field = field(index)
        return range(at: field.name_at, count: field.name_count)
    }

    /// The value of the field at `index`, without white space around it.
    package func valueRange(_ index: Int) -> Range<Int> {
        let field = field(index)
        return range(at: field.value_at, count: field.value_count)
    }

    /// Gives `body` the head's bytes, for the call.
    package func withBytes<R, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        let bytes = UnsafeRawBufferPointer(start: head.pointee.bytes, count: count)
        return try body(bytes.bytes)
    }

    private func field(_ index: Int) -> ar_field_t {
        precondition(index >= 0 && index < fieldCount, "no such header field")
        return head.pointee.fields[index]
    }

    private func range(at start: UInt32, count: UInt32) -> Range<Int> {
        Int(start)..<Int(start) + Int(count)
    }
}
