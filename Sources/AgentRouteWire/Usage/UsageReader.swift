/// Reads JSON that passes in pieces and picks out what ``UsagePlace`` names: no recursion, nothing
/// buffered, one small allocation when a key is first cut. Text that is no JSON yields nothing, or
/// nonsense counts; it never fails.
struct UsageReader {
    /// The counts found.
    struct Counts {
        var prompt: UInt64?
        var output: UInt64?
        var cacheRead: UInt64?
        var cacheWrite: UInt64?
        var reasoning: UInt64?
    }

    /// What one text said of the stream it belongs to.
    struct Event {
        /// The top-level `type`, if it is one that matters.
        var type: EventType?
        /// A top-level `error` that is an object or a string.
        var hasError = false
        /// A candidate with a `finishReason`.
        var hasFinishReason = false
    }

    /// Over all texts: a count stands as found last.
    private(set) var counts = Counts()
    /// Since the last ``reset()``.
    private(set) var event = Event()
    private var place = UsagePlace.document
    /// Whether the usage object stands in an envelope.
    private var isInEnvelope = false
    /// Open containers that do not matter, all within `place`.
    private var skippedDepth = 0
    private var isInString = false
    private var isEscaped = false
    /// A string at this point is a key.
    private var isKeyNext = false
    /// The member whose value comes next.
    private var member: UsagePlace.Member?
    /// The beginning of the current string if it was cut, up to the longest one that matters.
    private var token: [UInt8] = []
    private var number = Number.none

    private enum Number {
        case none
        case whole(UInt64)
        /// Negative, fractional or too large: no count.
        case unusable
    }

    /// Longer than any key or event type that matters.
    private static let tokenLimit = 32

    /// Whether the reader stands between two texts.
    var isAtRest: Bool {
        if case .document = place { skippedDepth == 0 && !isInString } else { false }
    }

    /// Forgets an unfinished text and the event, and keeps the counts.
    mutating func reset() {
        event = Event()
        place = .document
        isInEnvelope = false
        skippedDepth = 0
        isInString = false
        isEscaped = false
        isKeyNext = false
        member = nil
        number = .none
    }

    /// Reads the next piece of the text.
    mutating func read(_ bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            if isInString {
                offset = readString(bytes, from: offset)
            } else if skippedDepth > 0 {
                offset = skip(bytes, from: offset)
            } else {
                offset = step(bytes, at: offset)
            }
        }
    }

    private mutating func readString(_ bytes: RawSpan, from start: Int) -> Int {
        var offset = start
        if isEscaped {
            isEscaped = false
            offset += 1
        }
        let stop = JSONString.firstStop(in: bytes, from: offset)
        let part = bytes.extracting(offset..<stop)
        guard stop < bytes.byteCount else {
            if skippedDepth == 0 { keep(part) }
            return stop
        }
        switch bytes.byte(at: stop) {
        case UInt8(ascii: "\""):
            isInString = false
            if skippedDepth == 0 { finishString(part) }
        case UInt8(ascii: "\\"):
            isEscaped = true
            // No key or type that matters is written with escapes: one makes the token unlike all.
            if skippedDepth == 0 { keep(bytes.extracting(offset...stop)) }
        default:
            break
        }
        return stop + 1
    }

    /// Keeps the beginning of a string whose end is still to come.
    private mutating func keep(_ part: RawSpan) {
        let room = Self.tokenLimit + 1 - token.count
        guard room > 0, !part.isEmpty else { return }
        if token.capacity == 0 { token.reserveCapacity(Self.tokenLimit + 1) }
        token.append(part.extracting(first: room))
    }

    /// Inside a container that does not matter only its end does. Returns the offset behind it, or
    /// less: in a string that has an escape or is cut, or at the end of the piece.
    private mutating func skip(_ bytes: RawSpan, from start: Int) -> Int {
        var offset = start
        var depth = skippedDepth
        while depth > 0, offset < bytes.byteCount {
            let byte = bytes.byte(at: offset)
            offset &+= 1
            if byte == UInt8(ascii: "\"") {
                guard let end = Self.stringEnd(in: bytes, from: offset) else {
                    skippedDepth = depth
                    isInString = true
                    return readString(bytes, from: offset)
                }
                offset = end
            } else if byte | 0x20 == UInt8(ascii: "{") {  // the bit that tells [ from {
                depth &+= 1
            } else if byte | 0x20 == UInt8(ascii: "}") {
                depth &-= 1
            }
        }
        skippedDepth = depth
        return offset
    }

    /// The offset behind the quote that ends a string without escapes; nil if there is none.
    @inline(__always)
    private static func stringEnd(in bytes: RawSpan, from start: Int) -> Int? {
        let stop = JSONString.firstStop(in: bytes, from: start)
        guard stop < bytes.byteCount, bytes.byte(at: stop) == UInt8(ascii: "\"") else { return nil }
        return stop &+ 1
    }

    /// Takes one byte between strings, or a whole string. Returns the offset behind it.
    @inline(__always)
    private mutating func step(_ bytes: RawSpan, at offset: Int) -> Int {
        let next = offset &+ 1
        let byte = bytes.byte(at: offset)
        switch byte {
        case UInt8(ascii: "\""):
            if let end = Self.stringEnd(in: bytes, from: next) {
                noteString(bytes.extracting(next..<end &- 1))
                return end
            }
            isInString = true
            if !token.isEmpty { token.removeAll(keepingCapacity: true) }
        case UInt8(ascii: "{"): open(object: true)
        case UInt8(ascii: "["): open(object: false)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            finishNumber()
            close()
        case UInt8(ascii: ","):
            finishNumber()
            isKeyNext = place.isObject
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            if case .count = member { addDigit(byte) }
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            number = .unusable
        default: break
        }
        return next
    }

    private mutating func open(object: Bool) {
        let next: UsagePlace? =
            switch (place, member) {
            case (.document, _): object ? .root : .document
            case (.candidates, _): object ? .candidate : nil
            case (_, .container(.candidates)): object ? nil : .candidates
            case (_, .container(let place)): object ? place : nil
            default: nil
            }
        if case .error = member, object { event.hasError = true }
        member = nil
        number = .none
        guard let next else {
            skippedDepth = 1
            return
        }
        if case .envelope = next { isInEnvelope = true }
        place = next
        isKeyNext = next.isObject
    }

    private mutating func close() {
        isKeyNext = false
        switch place {
        case .document, .root: place = .document
        case .envelope:
            isInEnvelope = false
            place = .root
        case .usage: place = isInEnvelope ? .envelope : .root
        case .inputDetails, .outputDetails: place = .usage
        case .candidates: place = .root
        case .candidate: place = .candidates
        }
    }

    /// A string that matters has ended with `part`; what came before it is in `token`.
    private mutating func finishString(_ part: RawSpan) {
        guard !token.isEmpty else { return noteString(part) }
        keep(part)
        var whole: [UInt8] = []
        swap(&whole, &token)
        // SAFETY: the span borrows a local that does not change meanwhile.
        noteString(unsafe whole.span.bytes)
        swap(&whole, &token)
    }

    private mutating func noteString(_ text: RawSpan) {
        if isKeyNext {
            isKeyNext = false
            member = place.member(text)
            return
        }
        switch member {
        case .type: event.type = EventType(text)
        case .error: event.hasError = true
        case .finishReason: event.hasFinishReason = true
        case .container, .count, nil: break
        }
        member = nil
    }

    private mutating func addDigit(_ byte: UInt8) {
        let digit = UInt64(byte - UInt8(ascii: "0"))
        switch number {
        case .none: number = .whole(digit)
        case .whole(let value):
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(digit)
            number = overflow || carry ? .unusable : .whole(sum)
        case .unusable: break
        }
    }

    private mutating func finishNumber() {
        if case .count(let count) = member, case .whole(let value) = number {
            switch count {
            case .prompt: counts.prompt = value
            case .output: counts.output = value
            case .cacheRead: counts.cacheRead = value
            case .cacheWrite: counts.cacheWrite = value
            case .reasoning: counts.reasoning = value
            }
        }
        member = nil
        number = .none
    }
}
