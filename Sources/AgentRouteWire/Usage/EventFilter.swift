/// Tells events that may carry usage, an end or an error from those that cannot, at a fraction of
/// the cost of reading them. When in doubt, an event may matter.
package enum EventFilter {
    /// Whether `data`, one event's JSON, is to be read.
    package static func mayMatter(_ data: RawSpan, wire: ObservedWire) -> Bool {
        switch wire {
        case .anthropicMessages:
            !data.hasPrefix(#"{"type":"content_block_delta""#)
                && !data.hasPrefix(#"{"type": "content_block_delta""#)
        case .openAIResponses: !isResponseDelta(data)
        case .openAIChat: hasUsageOrError(data)
        case .gemini, .other: true
        }
    }

    /// Whether the data begins with the type of one of the Responses API's many deltas, such as
    /// `response.output_text.delta`.
    private static func isResponseDelta(_ data: RawSpan) -> Bool {
        let start: Int
        if data.hasPrefix(#"{"type":"response."#) {
            start = 18
        } else if data.hasPrefix(#"{"type": "response."#) {
            start = 19
        } else {
            return false
        }
        let range = start..<data.byteCount
        guard let end = data.firstOffset(of: UInt8(ascii: "\""), in: range) else { return false }
        return data.extracting(start..<end).hasSuffix(".delta")
    }

    /// Whether the data has a key `usage` or `error` whose value is not null: every chunk of a
    /// chat stream may say `"usage":null`. Looks for a quote before `u` or `e`, 16 bytes a step.
    private static func hasUsageOrError(_ data: RawSpan) -> Bool {
        let last = data.byteCount - 17
        guard last >= 0 else {
            return (0..<data.byteCount).contains { isUsageOrError(data, at: $0) }
        }
        var offset = 0
        while offset < last {
            if hasUsageOrError(data, in: keyStarts(in: data, at: offset), at: offset) {
                return true
            }
            offset += 16
        }
        // The last step overlaps the one before.
        return hasUsageOrError(data, in: keyStarts(in: data, at: last), at: last)
    }

    /// Looks closer at the places that `marks` names, counted from `offset`.
    @inline(__always)
    private static func hasUsageOrError(
        _ data: RawSpan, in marks: SIMD2<UInt64>, at offset: Int
    ) -> Bool {
        guard marks != .zero else { return false }
        for half in 0..<2 {
            var rest = marks[half]
            while rest != 0 {
                let lane = rest.trailingZeroBitCount >> 3
                if isUsageOrError(data, at: offset + 8 * half + lane) { return true }
                rest &= ~(0xFF << UInt64(8 * lane))
            }
        }
        return false
    }

    /// Marks, by a byte of ones, each quote in the 16 bytes from `offset` that `u` or `e` follows;
    /// the first 8 bytes in the first half. 17 bytes must be within the span (checked).
    @inline(__always)
    private static func keyStarts(in data: RawSpan, at offset: Int) -> SIMD2<UInt64> {
        typealias Lanes = SIMD16<UInt8>
        // SAFETY: any bytes are valid lanes, and the loads check their bounds.
        let quotes = unsafe data.unsafeLoadUnaligned(fromByteOffset: offset, as: Lanes.self)
        let letters = unsafe data.unsafeLoadUnaligned(fromByteOffset: offset + 1, as: Lanes.self)
        let isLetter =
            (letters .== Lanes(repeating: UInt8(ascii: "u")))
            .| (letters .== Lanes(repeating: UInt8(ascii: "e")))
        let hits = (quotes .== Lanes(repeating: UInt8(ascii: "\""))) .& isLetter
        // SAFETY: both are 16 bytes without padding.
        let marks = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
        return SIMD2(marks[0].littleEndian, marks[1].littleEndian)
    }

    /// Whether a key `usage` or `error` with a value other than null begins at `offset`. Within a
    /// string the second quote would have a backslash before it.
    private static func isUsageOrError(_ data: RawSpan, at offset: Int) -> Bool {
        guard data.matches(#""usage""#, at: offset) || data.matches(#""error""#, at: offset) else {
            return false
        }
        var value = offset + 7
        while value < data.byteCount,
            data.byte(at: value).isJSONWhitespace || data.byte(at: value) == UInt8(ascii: ":")
        {
            value += 1
        }
        return !data.matches("null", at: value)
    }
}
