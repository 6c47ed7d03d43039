import CAgentRouteIO

/// A parsed and framing-checked HTTP/1 head, in place: a view of memory its connection owns.
///
/// Loop thread. Valid until the connection's next message starts (`next`, `release`), the request is
/// dropped or the connection is closed; keep bytes, not the head. Ranges are offsets into the bytes
/// `withBytes` shows. Nothing here allocates.
///
/// SAFETY: the pointers come from `on_head` and are good for the time above, as the C header says.
@usableFromInline
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
    // Read for each field of each head, and so kept here, where other modules can inline it.
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline let fields: UnsafeRawPointer

    /// The number of fields, duplicates counted, trailers not.
    @usableFromInline package let fieldCount: Int

    /// A field as `ar_field_t` has it: offsets and counts of its name and its value.
    @usableFromInline
    struct Field {
        @usableFromInline let nameAt, nameCount, valueAt, valueCount: UInt32
    }

    init(_ head: UnsafePointer<ar_head_t>) {
        precondition(MemoryLayout<Field>.size == MemoryLayout<ar_field_t>.size)
        self.head = head
        bytes = UnsafeRawBufferPointer(start: head.pointee.bytes, count: Int(head.pointee.count))
        fields = UnsafeRawPointer(head.pointee.fields)
        fieldCount = Int(head.pointee.field_count)
    }

    /// The head's bytes, from the start line to the empty line.
    package var count: Int { bytes.count }

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
        Self.range(at: head.pointee.target_at, count: head.pointee.target_count)
    }

    /// A request's method; empty in a response.
    package var methodRange: Range<Int> {
        Self.range(at: head.pointee.method_at, count: head.pointee.method_count)
    }

    /// The name of the field at `index`, in the order received and the case sent.
    @inlinable
    package func nameRange(_ index: Int) -> Range<Int> {
        let field = field(index)
        return Self.range(at: field.nameAt, count: field.nameCount)
    }

    /// The value of the field at `index`, without white space around it.
    @inlinable
    package func valueRange(_ index: Int) -> Range<Int> {
        let field = field(index)
        return Self.range(at: field.valueAt, count: field.valueCount)
    }

    /// Gives `body` the head's bytes, for the call.
    @inlinable
    package func withBytes<R, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        try body(bytes.bytes)
    }

    @inlinable
    func field(_ index: Int) -> Field {
        precondition(index >= 0 && index < fieldCount, "no such header field")
        // SAFETY: the field is in the table, whose entries are four numbers each, as `Field` is.
        return fields.load(fromByteOffset: index &* MemoryLayout<Field>.size, as: Field.self)
    }

    @inlinable
    static func range(at start: UInt32, count: UInt32) -> Range<Int> {
        Int(start)..<Int(start) &+ Int(count)
    }
}
