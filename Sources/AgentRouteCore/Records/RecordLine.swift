import AgentRouteWire

/// Writes log lines, one record or one notice each, in logfmt or JSON. Reuses its buffer.
struct RecordLine {
    private let format: LogFormat
    private var writer = ByteWriter(capacity: 512)
    private var isFirst = true

    init(format: LogFormat) {
        self.format = format
    }

    /// The line of `record`, handed to `body` with its line end.
    mutating func write(_ record: RequestRecord, _ body: (RawSpan) -> Void) {
        begin(time: record.startedAt + record.total, level: record.level, message: "exchange")
        field("id", record.id)
        if let wire = record.wire { field("wire", wire.rawValue) }
        if let alias = record.alias { field("alias", alias) }
        if let provider = record.provider { field("provider", provider) }
        if let model = record.model { field("model", model) }
        field("status", UInt64(record.status))
        field("outcome", record.outcome.rawValue)
        if let error = record.error { field("error", error) }
        if let time = record.timeToHeaders { field("headers_ms", time) }
        if let time = record.timeToFirstByte { field("first_byte_ms", time) }
        field("total_ms", record.total)
        field("request_bytes", record.requestBytes)
        field("response_bytes", record.responseBytes)
        if let usage = record.usage { write(usage) }
        end(body)
    }

    /// A line of words alone.
    mutating func write(
        level: LogLevel, message: StaticString, fields: KeyValuePairs<StaticString, String>,
        _ body: (RawSpan) -> Void
    ) {
        begin(time: WallClock.now(), level: level, message: message)
        for (name, value) in fields { field(name, value) }
        end(body)
    }

    private mutating func write(_ usage: TokenUsage) {
        if let count = usage.input { field("input_tokens", count) }
        if let count = usage.cacheRead { field("cache_read_tokens", count) }
        if let count = usage.cacheWrite { field("cache_write_tokens", count) }
        if let count = usage.output { field("output_tokens", count) }
        if let count = usage.reasoning { field("reasoning_tokens", count) }
    }

    // MARK: The two forms

    private mutating func begin(time: Duration, level: LogLevel, message: StaticString) {
        writer.clear()
        isFirst = true
        if format == .json { writer.append("{") }
        name("time")
        if format == .json { writer.append("\"") }
        append(CalendarTime(since1970: time))
        if format == .json { writer.append("\"") }
        field("level", level.name)
        name("msg")
        if format == .json { writer.append("\"") }
        writer.append(message)
        if format == .json { writer.append("\"") }
    }

    private mutating func end(_ body: (RawSpan) -> Void) {
        writer.append(format == .json ? "}\n" : "\n")
        writer.withBytes(body)
    }

    private mutating func name(_ name: StaticString) {
        if !isFirst { writer.append(format == .json ? "," : " ") }
        isFirst = false
        if format == .json {
            writer.append("\"")
            writer.append(name)
            writer.append("\":")
        } else {
            writer.append(name)
            writer.append("=")
        }
    }

    private mutating func field(_ name: StaticString, _ value: UInt64) {
        self.name(name)
        writer.appendDecimal(value)
    }

    private mutating func field(_ name: StaticString, _ value: Duration) {
        self.name(name)
        let microseconds = UInt64(max(0, value.nanoseconds / 1_000))
        writer.appendDecimal(microseconds / 1_000)
        writer.append(".")
        append(Int(microseconds % 1_000), digits: 3)
    }

    private mutating func field(_ name: StaticString, _ value: String) {
        self.name(name)
        let isPlain = !value.isEmpty && value.utf8.allSatisfy(Self.isPlainByte)
        if format == .json || !isPlain {
            JSONString.encode(value, into: &writer)
        } else {
            writer.append(value)
        }
    }

    /// A byte that needs no quotes in logfmt.
    private static func isPlainByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
    }

    /// RFC 3339, to the millisecond.
    private mutating func append(_ time: CalendarTime) {
        append(time.year, digits: 4)
        writer.append("-")
        append(time.month, digits: 2)
        writer.append("-")
        append(time.day, digits: 2)
        writer.append("T")
        append(time.hour, digits: 2)
        writer.append(":")
        append(time.minute, digits: 2)
        writer.append(":")
        append(time.second, digits: 2)
        writer.append(".")
        append(time.millisecond, digits: 3)
        writer.append("Z")
    }

    private mutating func append(_ number: Int, digits: Int) {
        var unit = 1
        for _ in 1..<digits { unit *= 10 }
        while unit > 0 {
            writer.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
    }
}

extension RequestRecord {
    /// Failures of ours or the provider's are worth a look; a client's leaving is not.
    var level: LogLevel {
        switch outcome {
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
