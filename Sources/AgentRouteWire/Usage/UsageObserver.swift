/// Watches a provider's response as it passes, in pieces cut anywhere, and reports the token usage
/// and whether the stream came to its end. Nothing of the body is kept but a line's first bytes.
///
/// Events that cannot matter, the content deltas above all, are recognised by their first bytes
/// or by a vector search and not looked into. The others are read in place by ``UsageReader``,
/// which knows a key of the response from a text that looks like one.
///
///     var observer = UsageObserver(wire: .anthropicMessages, isEventStream: true)
///     observer.observe(piece)          // for each piece of the body
///     observer.finish()                // if the body ended as its framing promised
///     record.usage = observer.usage
package struct UsageObserver {
    /// Whether the event that ends a stream of the wire has passed: Anthropic's `message_stop`,
    /// chat's `[DONE]`, the Responses API's `response.completed`, `.incomplete` and `.failed`,
    /// Gemini's `finishReason`, and an error event on any wire. Always false for other bodies.
    package private(set) var sawTerminal = false
    /// Whether an error event has passed. Always false for bodies that are no event stream.
    package private(set) var sawError = false

    private let wire: ObservedWire
    private let isEventStream: Bool
    private var reader = UsageReader()
    /// The first bytes of a line whose end has not arrived.
    private var head: [UInt8] = []
    private var cutLine = CutLine.none
    /// Something of the current event was read or noted: its end is to be heeded.
    private var eventMatters = false
    /// The current event, complete with its blank line, ends the stream; or tells of an error.
    private var eventEndsStream = false
    private var eventIsError = false

    /// What is known of a line whose end has not arrived.
    private enum CutLine {
        /// There is none.
        case none
        /// It is short and all in `head`.
        case kept
        /// It is data, and its first part was read.
        case data
        /// It is longer than any line that matters, and no data.
        case ignored
    }

    /// Room for every line that matters and is no JSON.
    private static let headLimit = 64

    /// An observer of one response of a provider that speaks `wire`.
    package init(wire: Wire, isEventStream: Bool) {
        self.wire = ObservedWire(wire)
        self.isEventStream = isEventStream
    }

    /// The usage reported so far, nil if none was. Counts that were reported again, as in
    /// Anthropic's `message_delta`, stand as reported last.
    package var usage: TokenUsage? {
        let counts = reader.counts
        var usage = TokenUsage(
            input: counts.prompt, output: counts.output, cacheRead: counts.cacheRead,
            cacheWrite: counts.cacheWrite, reasoning: counts.reasoning)
        guard usage != TokenUsage() else { return nil }
        if wire != .anthropicMessages, let prompt = counts.prompt, let cached = counts.cacheRead {
            // Only Anthropic counts the cached tokens apart.
            usage.input = prompt - min(prompt, cached)
        }
        if wire == .gemini, let reasoning = counts.reasoning {
            // Only Gemini counts the reasoning apart.
            let (sum, overflow) = (counts.output ?? 0).addingReportingOverflow(reasoning)
            usage.output = overflow ? .max : sum
        }
        return usage
    }

    /// Looks at the next piece of the body. Allocates nothing but two small buffers, once: when a
    /// line is first cut and when a key is.
    package mutating func observe(_ bytes: RawSpan) {
        guard isEventStream else { return reader.read(bytes) }
        var start = 0
        while start < bytes.byteCount {
            if case .none = cutLine, bytes.byte(at: start) == 0x0A {
                finishEvent()
                start &+= 1
                continue
            }
            let rest = start..<bytes.byteCount
            guard let end = bytes.firstOffset(of: 0x0A, in: rest) else {
                return observePart(bytes.extracting(rest))
            }
            let line = bytes.extracting(start..<end)
            if case .none = cutLine { observeLine(line) } else { finishCutLine(line) }
            start = end &+ 1
        }
    }

    /// To be called when the body has ended as its framing promised: a last event that lacks its
    /// blank line counts then. Not to be called when the connection was cut.
    package mutating func finish() {
        guard isEventStream else { return }
        if case .kept = cutLine { finishCutLine(RawSpan()) }
        finishEvent()
    }
}

// MARK: - Lines of an event stream

// What every event passes through is inlined into ``observe(_:)``; what few do is kept out of it.
extension UsageObserver {
    /// The beginning of a line, or more of it, whose end is not in the piece.
    @inline(never)
    private mutating func observePart(_ part: RawSpan) {
        switch cutLine {
        case .none, .kept: keep(part)
        case .data: reader.read(part)
        case .ignored: break
        }
    }

    /// Keeps a cut line as long as it is short; then its kind is known.
    private mutating func keep(_ part: RawSpan) {
        if head.capacity == 0 { head.reserveCapacity(Self.headLimit) }
        let room = Self.headLimit - head.count
        head.append(part.extracting(first: room))
        cutLine = .kept
        guard part.byteCount > room else { return }
        cutLine = .ignored
        withHead { observer, start in
            guard start.hasPrefix("data:") else { return }
            observer.read(start.extracting(5..<start.byteCount))
            observer.cutLine = .data
        }
        if case .data = cutLine { reader.read(part.extracting(room..<part.byteCount)) }
    }

    @inline(never)
    private mutating func finishCutLine(_ tail: RawSpan) {
        observePart(tail)
        if case .kept = cutLine { withHead { observer, line in observer.observeLine(line) } }
        head.removeAll(keepingCapacity: true)
        cutLine = .none
    }

    /// Lends `head` to a body that changes the observer: it is taken out meanwhile.
    private mutating func withHead(_ body: (inout UsageObserver, RawSpan) -> Void) {
        var bytes: [UInt8] = []
        swap(&bytes, &head)
        // SAFETY: the span borrows a local that does not change meanwhile.
        body(&self, unsafe bytes.span.bytes)
        swap(&bytes, &head)
    }

    /// One whole line, with or without the CR before its LF.
    @inline(__always)
    private mutating func observeLine(_ line: RawSpan) {
        var count = line.byteCount
        while count > 0, line.byte(at: count - 1) == 0x0D { count &-= 1 }
        if line.hasPrefix("data:") {
            let start = Self.valueStart(of: line, from: 5)
            observeData(line.extracting(start..<count))
        } else if count == 0 {
            finishEvent()
        } else if line.hasPrefix("event:") {
            let start = Self.valueStart(of: line, from: 6)
            if let type = EventType(line.extracting(start..<count)) { note(type) }
        }
    }

    /// Behind the colon and one space after it, as the standard has it.
    private static func valueStart(of line: RawSpan, from offset: Int) -> Int {
        offset < line.byteCount && line.byte(at: offset) == 0x20 ? offset + 1 : offset
    }

    @inline(__always)
    private mutating func observeData(_ data: RawSpan) {
        if wire == .openAIChat, data.equals("[DONE]") {
            eventMatters = true
            eventEndsStream = true
        } else if !reader.isAtRest || EventFilter.mayMatter(data, wire: wire) {
            read(data)
        }
    }

    @inline(never)
    private mutating func read(_ data: RawSpan) {
        eventMatters = true
        reader.read(data)
    }

    @inline(never)
    private mutating func note(_ type: EventType) {
        eventMatters = true
        if type.ends(wire) { eventEndsStream = true }
        if type.isError { eventIsError = true }
    }

    /// A blank line: only now has the client got the event too.
    @inline(__always)
    private mutating func finishEvent() {
        guard eventMatters else { return }
        finishNotedEvent()
    }

    @inline(never)
    private mutating func finishNotedEvent() {
        if let type = reader.event.type { note(type) }
        if reader.event.hasError { note(.error) }
        if reader.event.hasFinishReason, wire == .gemini { eventEndsStream = true }
        if eventEndsStream { sawTerminal = true }
        if eventIsError { sawError = true }
        eventEndsStream = false
        eventIsError = false
        eventMatters = false
        reader.reset()
    }
}
