import AgentRouteIO
import AgentRouteWire

/// Writes the head of a response to the client from the provider's: its status, its fields in their
/// order and as they are (RFC 9110 section 7.6.1), and framing the client understands.
struct ResponseHeadWriter {
    /// How the body goes on.
    let framing: RelayFraming
    let isOldClient: Bool
    let keepAlive: Bool
    /// What the request had to go without; told beside the provider's own fields.
    let degraded: [String]

    /// Seconds a client is told to wait where the provider names none: a client may give up at once
    /// on a 429 without a word about when to come back.
    static let retryAfter = 2

    func write(_ head: MessageHead, into writer: inout ByteWriter) {
        head.withBytes { bytes in
            writeStatusLine(head, bytes, into: &writer)
            let saysWhen = writeFields(head, bytes, into: &writer)
            if head.status == 429, !saysWhen {
                writer.append("retry-after: ")
                writer.appendDecimal(UInt64(Self.retryAfter))
                writer.append("\r\n")
            }
        }
        if !degraded.isEmpty {
            writer.appendField(DegradedField.name, DegradedField.value(degraded))
        }
        writeFraming(head, into: &writer)
        if isOldClient, keepAlive { writer.append("connection: keep-alive\r\n") }
        if !keepAlive { writer.append("connection: close\r\n") }
        writer.append("\r\n")
    }

    /// The provider's own reason phrase is kept.
    private func writeStatusLine(
        _ head: MessageHead, _ bytes: RawSpan, into writer: inout ByteWriter
    ) {
        var start = 0
        while start < bytes.byteCount, bytes.byte(at: start) != 0x20 { start += 1 }
        var end = start
        while end < bytes.byteCount, bytes.byte(at: end) >= 0x20 { end += 1 }
        writer.append("HTTP/1.1")
        writer.append(bytes.extracting(start..<end))
        writer.append("\r\n")
    }

    /// Answers whether a Retry-After was among them.
    private func writeFields(
        _ head: MessageHead, _ bytes: RawSpan, into writer: inout ByteWriter
    ) -> Bool {
        let connection = ConnectionField(head, bytes)
        var saysWhen = false
        for index in 0..<head.fieldCount {
            let name = bytes.extracting(head.nameRange(index))
            guard HeaderRules.response(name: name) == .forward,
                !connection.names(name, in: bytes)
            else { continue }
            if name.equalsIgnoringCase("retry-after") { saysWhen = true }
            head.write(field: index, of: bytes, into: &writer)
        }
        return saysWhen
    }

    private func writeFraming(_ head: MessageHead, into writer: inout ByteWriter) {
        switch (head.framing, framing) {
        case (.none, _):
            if head.status != 204, head.status != 304 {
                writer.append("content-length: 0\r\n")
            }
        case (.length, _):
            writer.append("content-length: ")
            writer.appendDecimal(head.contentLength ?? 0)
            writer.append("\r\n")
        case (_, .plain):
            break
        default:
            writer.append("transfer-encoding: chunked\r\n")
        }
    }
}
