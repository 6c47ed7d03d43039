import AgentRouteWire

/// Writes log lines, one record or one notice each, in logfmt or JSON. Reuses its buffer.
struct RecordLine: ~Copyable {
    private let isJSON: Bool
    private var writer = ByteWriter(capacity: 512)
    /// The second of the newest line, and the beginning of its time.
    private var second: Int64 = -1
    private var stamp: [UInt8] = []

    init(format: LogFormat) {
        isJSON = format == .json
    }

    /// The line of `record`, handed to `body` with its line end.
    mutating func write(_ record: RequestRecord, _ body: (RawSpan) -> Void) {
        begin(
            time: record.startedNanoseconds + record.totalNanoseconds, level: record.level,
            message: "exchange")
        field(.id, record.id)
        if let wire = record.wire { plainField(.wire, wire.rawValue) }
        if let alias = record.alias { plainField(.alias, alias) }
        if let provider = record.provider { plainField(.provider, provider) }
        if let model = record.model { field(.model, model) }
        field(.status, UInt64(record.status))
        plainField(.outcome, record.outcome.rawValue)
        if let error = record.error { plainField(.error, error) }
        if !record.degraded.isEmpty {
            field(.degraded, record.degraded.joined(separator: ","))
        }
        time(.headersMilliseconds, record.headersNanoseconds)
        time(.firstByteMilliseconds, record.firstByteNanoseconds)
        time(.totalMilliseconds, record.totalNanoseconds)
        field(.requestBytes, record.requestBytes)
        field(.responseBytes, record.responseBytes)
        if let usage = record.usage { write(usage) }
        end(body)
    }

    /// A line of words alone.
    mutating func write(
        level: LogLevel, message: StaticString, fields: KeyValuePairs<StaticString, String>,
        _ body: (RawSpan) -> Void
    ) {
        begin(time: WallClock.nanoseconds(), level: level, message: message)
        for (name, value) in fields {
            writer.append(isJSON ? ",\"" : " ")
            writer.append(name)
            writer.append(isJSON ? "\":" : "=")
            append(value)
        }
        end(body)
    }

    private mutating func write(_ usage: TokenUsage) {
        if let count = usage.input { field(.inputTokens, count) }
        if let count = usage.cacheRead { field(.cacheReadTokens, count) }
        if let count = usage.cacheWrite { field(.cacheWriteTokens, count) }
        if let count = usage.output { field(.outputTokens, count) }
        if let count = usage.reasoning { field(.reasoningTokens, count) }
    }

    // MARK: The two forms

    private mutating func begin(time: Int64, level: LogLevel, message: StaticString) {
        writer.clear()
        writer.append(isJSON ? "{\"time\":\"" : "time=")
        append(time: time)
        if isJSON { writer.append("\"") }
        plainField(.level, level.name)
        writer.append(isJSON ? ",\"msg\":\"" : " msg=")
        writer.append(message)
        if isJSON { writer.append("\"") }
    }

    private mutating func end(_ body: (RawSpan) -> Void) {
        writer.append(isJSON ? "}\n" : "\n")
        writer.withBytes(body)
    }

    @inline(__always)
    private mutating func name(_ name: FieldName) {
        // Not `isJSON ? a : b`: the length would be no constant, and the copy a call.
        if isJSON {
            writer.append(name.json)
        } else {
            writer.append(name.logfmt)
        }
    }

    @inline(__always)
    private mutating func field(_ name: FieldName, _ value: UInt64) {
        self.name(name)
        writer.appendDecimal(value)
    }

    /// Milliseconds, to the microsecond; nothing for a negative time.
    @inline(__always)
    private mutating func time(_ name: FieldName, _ nanoseconds: Int64) {
        guard nanoseconds >= 0 else { return }
        self.name(name)
        let microseconds = UInt64(nanoseconds / 1_000)
        writer.appendDecimal(microseconds / 1_000)
        writer.append(".")
        appendThousandths(UInt32(truncatingIfNeeded: microseconds % 1_000))
    }

    /// A value that is known to hold nothing but letters, digits and dashes.
    @inline(__always)
    private mutating func plainField(_ name: FieldName, _ value: String) {
        self.name(name)
        if isJSON { writer.append("\"") }
        writer.append(value)
        if isJSON { writer.append("\"") }
    }

    @inline(__always)
    private mutating func field(_ name: FieldName, _ value: String) {
        self.name(name)
        append(value)
    }

    /// A value of any bytes, in quotes where it needs them.
    private mutating func append(_ value: String) {
        if isJSON || !Self.isPlain(value.utf8Span.span) {
            JSONString.encode(value, into: &writer)
        } else {
            writer.append(value)
        }
    }

    /// Whether a value needs no quotes in logfmt.
    private static func isPlain(_ value: Span<UInt8>) -> Bool {
        for index in value.indices {
            let byte = value[index]
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "=")
            else { return false }
        }
        return !value.isEmpty
    }

    /// RFC 3339, to the millisecond. The calendar is worked out once a second.
    private mutating func append(time nanoseconds: Int64) {
        let time = nanoseconds / 1_000_000_000
        if time != second {
            second = time
            stamp = Self.stamp(CalendarTime(nanoseconds: nanoseconds))
        }
        writer.append(stamp)
        appendThousandths(UInt32(truncatingIfNeeded: nanoseconds / 1_000_000 % 1_000))
        writer.append("Z")
    }

    /// A time up to the point before its fraction.
    private static func stamp(_ time: CalendarTime) -> [UInt8] {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(time.year)-\(digits(time.month))-\(digits(time.day))"
        return Array(
            "\(date)T\(digits(time.hour)):\(digits(time.minute)):\(digits(time.second)).".utf8)
    }

    /// Three digits of a number below a thousand.
    private mutating func appendThousandths(_ number: UInt32) {
        writer.append(UInt8(truncatingIfNeeded: 0x30 &+ number / 100))
        writer.append(UInt8(truncatingIfNeeded: 0x30 &+ number / 10 % 10))
        writer.append(UInt8(truncatingIfNeeded: 0x30 &+ number % 10))
    }
}

/// A field's name with what stands around it, in both forms: one piece to write, not three. All of it
/// is inlined, so that a name is a few stores of constants.
private struct FieldName {
    let logfmt: StaticString
    let json: StaticString

    init(_ logfmt: StaticString, _ json: StaticString) {
        self.logfmt = logfmt
        self.json = json
    }

    static var id: FieldName { FieldName(" id=", ",\"id\":") }
    static var wire: FieldName { FieldName(" wire=", ",\"wire\":") }
    static var alias: FieldName { FieldName(" alias=", ",\"alias\":") }
    static var provider: FieldName { FieldName(" provider=", ",\"provider\":") }
    static var model: FieldName { FieldName(" model=", ",\"model\":") }
    static var status: FieldName { FieldName(" status=", ",\"status\":") }
    static var outcome: FieldName { FieldName(" outcome=", ",\"outcome\":") }
    static var error: FieldName { FieldName(" error=", ",\"error\":") }
    static var degraded: FieldName { FieldName(" degraded=", ",\"degraded\":") }
    static var headersMilliseconds: FieldName { FieldName(" headers_ms=", ",\"headers_ms\":") }
    static var firstByteMilliseconds: FieldName {
        FieldName(" first_byte_ms=", ",\"first_byte_ms\":")
    }
    static var totalMilliseconds: FieldName { FieldName(" total_ms=", ",\"total_ms\":") }
    static var requestBytes: FieldName { FieldName(" request_bytes=", ",\"request_bytes\":") }
    static var responseBytes: FieldName { FieldName(" response_bytes=", ",\"response_bytes\":") }
    static var inputTokens: FieldName { FieldName(" input_tokens=", ",\"input_tokens\":") }
    static var cacheReadTokens: FieldName {
        FieldName(" cache_read_tokens=", ",\"cache_read_tokens\":")
    }
    static var cacheWriteTokens: FieldName {
        FieldName(" cache_write_tokens=", ",\"cache_write_tokens\":")
    }
    static var outputTokens: FieldName { FieldName(" output_tokens=", ",\"output_tokens\":") }
    static var reasoningTokens: FieldName {
        FieldName(" reasoning_tokens=", ",\"reasoning_tokens\":")
    }
    static var level: FieldName { FieldName(" level=", ",\"level\":") }
}

extension RequestRecord {
    /// Failures of ours or the provider's are worth a look; a client's leaving is not.
    var level: LogLevel {
        if outcome == .ok { return .info }  // nearly all; the names compare slower
        return switch outcome {
        case .upstreamFailed, .upstreamCut, .upstreamTimeout, .upstreamUnfinished: .warn
        case .failed: .error
        default: .info
        }
    }
}

extension Duration {
    /// The whole of it in nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The whole of it in milliseconds, as the loop counts; at least 1, at most what 32 bits hold.
    var milliseconds: UInt32 {
        UInt32(clamping: max(1, nanoseconds / 1_000_000))
    }
}
