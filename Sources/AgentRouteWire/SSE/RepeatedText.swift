/// Knows the events of a stream that differ from one before in their piece of text alone, as nearly all
/// do: their JSON need not be read.
///
/// Everything up to the text and everything behind it must be the same bytes, and the text must have
/// nothing in it that is escaped or ends a string. Then the event is the same JSON but for the value of
/// one string, and whoever makes the same of such events is spared the reading.
package struct RepeatedText: Sendable {
    /// The event up to its text, the quote included, and from the quote behind it; empty when none is
    /// known.
    private var before: [UInt8] = []
    private var after: [UInt8] = []
    /// How many more events are learnt from before one of them has helped: where each has a number of
    /// its own, none will.
    private var patience = Self.greatestPatience
    private static let greatestPatience = 8

    /// Knows none.
    package init() {}

    /// The piece of text in `event`, if nothing else is new in it. Never empty.
    package mutating func text(in event: RawSpan) -> String? {
        guard isKnown(event) else { return nil }
        let content = event.extracting(before.count..<(event.byteCount - after.count))
        guard !content.isEmpty, JSONString.firstStop(in: content, from: 0) == content.byteCount
        else { return nil }
        guard let valid = try? UTF8Span(validating: Span(_bytes: content)) else { return nil }
        patience = Self.greatestPatience
        return String(copying: valid)
    }

    /// Learns from an event whose one piece of text is `text`.
    package mutating func learn(_ event: RawSpan, _ text: String) {
        guard patience > 0, !isKnown(event) else { return }
        forget()
        patience -= 1
        // SAFETY: the span borrows `text`, which outlives the call.
        guard let place = Self.onlyPlace(of: unsafe text.utf8Span.span.bytes, in: event) else {
            return
        }
        before.append(event.extracting(0..<place.lowerBound))
        after.append(event.extracting(place.upperBound..<event.byteCount))
    }

    /// What was known does not hold any more.
    package mutating func forget() {
        before.removeAll(keepingCapacity: true)
        after.removeAll(keepingCapacity: true)
    }

    private func isKnown(_ event: RawSpan) -> Bool {
        guard !before.isEmpty, event.byteCount >= before.count + after.count else { return false }
        // SAFETY: the spans borrow arrays that do not change meanwhile.
        return unsafe event.matches(before.span.bytes, at: 0, ignoringCase: false)
            && event.matches(
                after.span.bytes, at: event.byteCount - after.count, ignoringCase: false)
    }

    /// Where the one string of `event` is whose value is `text`, without its quotes. Nil if there are
    /// more, or if anything in the event is escaped: values could not be told by their bytes.
    private static func onlyPlace(of text: RawSpan, in event: RawSpan) -> Range<Int>? {
        let quote = UInt8(ascii: "\"")
        let end = event.byteCount
        guard event.firstOffset(of: UInt8(ascii: "\\"), in: 0..<end) == nil else { return nil }
        var found: Range<Int>?
        var offset = 0
        while let start = event.firstOffset(of: quote, in: offset..<end) {
            offset = start + 1
            let behind = offset + text.byteCount
            guard behind < end, event.byte(at: behind) == quote,
                event.matches(text, at: offset, ignoringCase: false)
            else { continue }
            guard found == nil else { return nil }
            found = offset..<behind
        }
        return found
    }
}
