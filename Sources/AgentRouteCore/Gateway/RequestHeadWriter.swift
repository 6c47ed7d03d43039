import AgentRouteIO
import AgentRouteWire

/// Writes the head of a request to a provider from the client's (RFC 9110 sections 7.2, 7.6.1 and
/// 12.5.3): the client's fields in their order and as they are, the credentials exchanged where the
/// client's stood, and the provider's configured fields last.
struct RequestHeadWriter {
    let plan: Exchange.Plan
    let bodyByteCount: Int

    func write(_ head: MessageHead, into writer: inout ByteWriter) {
        head.withBytes { bytes in
            writeRequestLine(head, bytes, into: &writer)
            writeFields(head, bytes, into: &writer)
        }
        writer.append(plan.target.headers)
        writer.append("content-length: ")
        writer.appendDecimal(UInt64(bodyByteCount))
        writer.append("\r\n\r\n")
    }

    private func writeRequestLine(
        _ head: MessageHead, _ bytes: RawSpan, into writer: inout ByteWriter
    ) {
        writer.append("POST ")
        let target = bytes.extracting(head.targetRange)
        if let path = plan.path {
            let verb = target.extracting(path.verb)
            writer.append(
                RequestPath.gemini(
                    plan.lane.path, model: plan.route.model, verb: verb.text))
        } else {
            writer.append(plan.lane.path)
            if plan.countsTokens { writer.append(plan.lane.countPath) }
        }
        writeQuery(target, into: &writer)
        writer.append(" HTTP/1.1\r\nhost: ")
        writer.append(plan.target.authority)
        writer.append("\r\n")
    }

    /// The query as it came, but for Gemini's `key`: a client's credential.
    private func writeQuery(_ target: RawSpan, into writer: inout ByteWriter) {
        guard let mark = target.offset(of: UInt8(ascii: "?")) else { return }
        let query = target.extracting((mark + 1)..<target.byteCount)
        guard plan.lane.wire == .gemini else {
            writer.append("?")
            return writer.append(query)
        }
        var isFirst = true
        var start = 0
        while start < query.byteCount {
            var end = start
            while end < query.byteCount, query.byte(at: end) != UInt8(ascii: "&") { end += 1 }
            let item = query.extracting(start..<end)
            if !Self.isKey(item) {
                writer.append(isFirst ? "?" : "&")
                writer.append(item)
                isFirst = false
            }
            start = end + 1
        }
    }

    /// Whether a part of a query is named `key`, however that is written.
    private static func isKey(_ item: RawSpan) -> Bool {
        var end = 0
        while end < item.byteCount, item.byte(at: end) != UInt8(ascii: "=") { end += 1 }
        let name = item.extracting(0..<end)
        return name.equals("key") || PercentEncoding.decode(name) == "key"
    }

    private func writeFields(
        _ head: MessageHead, _ bytes: RawSpan, into writer: inout ByteWriter
    ) {
        let connection = ConnectionField(head, bytes)
        var credentialsDue = !plan.lane.credentials.isEmpty
        var encodingDue = !plan.target.sets(named: "accept-encoding")
        for index in 0..<head.fieldCount {
            let name = bytes.extracting(head.nameRange(index))
            if HeaderRules.request(name: name) == .forward {
                if plan.target.sets(name) || connection.names(name, in: bytes) { continue }
                head.write(field: index, of: bytes, into: &writer)
            } else if credentialsDue, Self.isCredential(name) {
                writer.append(plan.lane.credentials)
                credentialsDue = false
            } else if encodingDue, name.equalsIgnoringCase("accept-encoding") {
                writer.append("accept-encoding: identity\r\n")
                encodingDue = false
            }
        }
        if credentialsDue { writer.append(plan.lane.credentials) }
        if encodingDue { writer.append("accept-encoding: identity\r\n") }
    }

    private static func isCredential(_ name: RawSpan) -> Bool {
        name.equalsIgnoringCase("authorization") || name.equalsIgnoringCase("x-api-key")
            || name.equalsIgnoringCase("x-goog-api-key")
    }
}

extension MessageHead {
    /// Writes a field as it came, with one space behind its colon. `bytes` are the head's.
    func write(field index: Int, of bytes: RawSpan, into writer: inout ByteWriter) {
        let name = nameRange(index)
        let value = valueRange(index)
        // With the space there already, as nearly always, one copy does.
        if value.lowerBound == name.upperBound + 2, bytes.byte(at: name.upperBound + 1) == 0x20 {
            writer.append(bytes.extracting(name.lowerBound..<value.upperBound))
        } else {
            writer.append(bytes.extracting(name))
            writer.append(": ")
            writer.append(bytes.extracting(value))
        }
        writer.append("\r\n")
    }
}

/// The names a head's Connection fields list, which are for one hop alone.
struct ConnectionField {
    private var values: [Range<Int>] = []

    init(_ head: MessageHead, _ bytes: RawSpan) {
        for index in 0..<head.fieldCount
        where bytes.extracting(head.nameRange(index)).equalsIgnoringCase("connection") {
            let value = bytes.extracting(head.valueRange(index))
            let isPlain =
                value.equalsIgnoringCase("keep-alive") || value.equalsIgnoringCase("close")
            if !isPlain { values.append(head.valueRange(index)) }
        }
    }

    func names(_ name: RawSpan, in bytes: RawSpan) -> Bool {
        values.contains { ConnectionTokens.contains(name, in: bytes.extracting($0)) }
    }
}

extension UpstreamTarget {
    fileprivate func sets(named name: StaticString) -> Bool {
        headerNames.contains { $0.span.bytes.equalsIgnoringCase(name) }
    }
}

extension RawSpan {
    /// The offset of the first `byte`.
    fileprivate func offset(of byte: UInt8) -> Int? {
        for index in 0..<byteCount where self.byte(at: index) == byte { return index }
        return nil
    }
}
