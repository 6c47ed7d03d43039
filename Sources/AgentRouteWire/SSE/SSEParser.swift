/// Why an event stream cannot be read on.
package enum SSEError: Error, Hashable, Sendable {
    /// An event, or a line of one, is longer than `limit` bytes.
    case eventTooLong(limit: Int)
}

/// Reads an event stream piece by piece (WHATWG HTML section 9.2.6).
///
/// Lines end with CR, LF or CRLF, and pieces may be cut anywhere. Buffers are kept between events.
/// An event that the stream's end cuts off is never delivered. `retry` fields are ignored: nothing
/// here reconnects.
package struct SSEParser: Sendable {
    /// The last event's `id`, sticky as the standard wants it; empty if there was none.
    package private(set) var lastEventID: [UInt8] = []

    private let limit: Int
    /// The beginning of a line whose end has not arrived.
    private var line: [UInt8] = []
    private var name: [UInt8] = []
    /// The event's data, each line of it ended by LF.
    private var data: [UInt8] = []
    private var id: [UInt8] = []
    private var isFirstLine = true
    /// Nothing of the next event has been read.
    private var isBetweenEvents = false
    /// The last piece ended with CR: an LF at the head of the next one belongs to it.
    private var skipsLineFeed = false

    /// A parser that refuses events with more than `limit` bytes of data, or a longer line.
    package init(limit: Int = 16 << 20) {
        self.limit = limit
    }

    /// Reads the next piece and hands over each event it completes.
    ///
    /// - Parameters:
    ///   - onComment: Called for each comment line: a sign of life.
    ///   - onEvent: Gets the event's name, `message` if it has none, and its data. Both are valid for
    ///     the call.
    /// - Throws: ``SSEError``; the parser is of no use afterwards.
    package mutating func feed(
        _ bytes: RawSpan, onComment: () -> Void = {},
        onEvent: (_ name: RawSpan, _ data: RawSpan) -> Void
    ) throws(SSEError) {
        let count = bytes.byteCount
        guard count > 0 else { return }
        var start = skipsLineFeed && bytes.byte(at: 0) == 0x0A ? 1 : 0
        skipsLineFeed = false
        var lineFeed = -1
        var carriageReturn = -1
        while start < count {
            // Each search is repeated only once passed, so a piece is searched twice at most.
            if lineFeed < start {
                lineFeed = bytes.firstOffset(of: 0x0A, in: start..<count) ?? count
            }
            if carriageReturn < start {
                carriageReturn = bytes.firstOffset(of: 0x0D, in: start..<count) ?? count
            }
            let end = min(lineFeed, carriageReturn)
            if isBetweenEvents, end == lineFeed, end - start < limit,
                Self.isPlainEvent(bytes, start..<end)
            {
                // SAFETY: the span borrows a constant.
                unsafe onEvent(Self.message.span.bytes, bytes.extracting((start + 6)..<end))
                start = end + 2
                continue
            }
            let part = bytes.extracting(start..<end)
            guard end < count else { return try keep(part) }
            try finishLine(part, onComment, onEvent)
            start = end + 1
            if end == carriageReturn {
                skipsLineFeed = start == count
                if start < count, bytes.byte(at: start) == 0x0A { start += 1 }
            }
        }
    }

    private static let message = Array("message".utf8)

    /// Whether the line in `line` is a whole event, one of data, with its blank line behind it, as
    /// nearly all are: its data need not be copied.
    @inline(__always)
    private static func isPlainEvent(_ bytes: RawSpan, _ line: Range<Int>) -> Bool {
        line.upperBound + 1 < bytes.byteCount && bytes.byte(at: line.upperBound + 1) == 0x0A
            && line.count > 6 && bytes.matches("data: ", at: line.lowerBound)
    }

    private mutating func keep(_ part: RawSpan) throws(SSEError) {
        guard line.count + part.byteCount <= limit else { throw .eventTooLong(limit: limit) }
        line.append(part)
        isBetweenEvents = false
    }

    private mutating func finishLine(
        _ part: RawSpan, _ onComment: () -> Void, _ onEvent: (RawSpan, RawSpan) -> Void
    ) throws(SSEError) {
        guard !line.isEmpty else { return try read(part, onComment, onEvent) }
        try keep(part)
        // The line is read while `self` changes: it is taken out and its memory put back.
        var whole: [UInt8] = []
        swap(&whole, &line)
        defer {
            whole.removeAll(keepingCapacity: true)
            swap(&whole, &line)
        }
        // SAFETY: the span borrows a local that does not change meanwhile.
        try read(unsafe whole.span.bytes, onComment, onEvent)
    }

    /// One whole line without its end.
    private mutating func read(
        _ line: RawSpan, _ onComment: () -> Void, _ onEvent: (RawSpan, RawSpan) -> Void
    ) throws(SSEError) {
        if isFirstLine {
            isFirstLine = false
            if line.hasPrefix("\u{FEFF}") {
                return try read(line.extracting(3..<line.byteCount), onComment, onEvent)
            }
        }
        isBetweenEvents = line.isEmpty
        guard !line.isEmpty else { return dispatch(onEvent) }
        let colon = line.firstOffset(of: UInt8(ascii: ":"), in: 0..<line.byteCount)
        if colon == 0 { return onComment() }
        let field = line.extracting(0..<(colon ?? line.byteCount))
        var valueStart = colon.map { $0 + 1 } ?? line.byteCount
        if valueStart < line.byteCount, line.byte(at: valueStart) == 0x20 { valueStart += 1 }
        let value = line.extracting(valueStart..<line.byteCount)
        if field.equals("data") {
            guard data.count + value.byteCount < limit else { throw .eventTooLong(limit: limit) }
            data.append(value)
            data.append(0x0A)
        } else if field.equals("event") {
            name.removeAll(keepingCapacity: true)
            name.append(value)
        } else if field.equals("id"), value.firstOffset(of: 0, in: 0..<value.byteCount) == nil {
            id.removeAll(keepingCapacity: true)
            id.append(value)
        }
    }

    private mutating func dispatch(_ onEvent: (RawSpan, RawSpan) -> Void) {
        if lastEventID != id { lastEventID = id }
        if !data.isEmpty {
            if name.isEmpty { name.append(contentsOf: Self.message) }
            // SAFETY: the spans borrow buffers that change only after the call.
            unsafe onEvent(
                name.span.bytes, data.span.bytes.extracting(0..<(data.count - 1)))
        }
        data.removeAll(keepingCapacity: true)
        name.removeAll(keepingCapacity: true)
    }
}
