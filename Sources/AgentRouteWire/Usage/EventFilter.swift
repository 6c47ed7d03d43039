/// Tells events that may carry usage, an end or an error from those that cannot, at a fraction of
/// the cost of reading them. When in doubt, an event may matter.
enum EventFilter {
    /// Whether `data`, one event's JSON, is to be read.
    static func mayMatter(_ data: RawSpan, wire: ObservedWire) -> Bool {
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
        let last = data.byteCount - 1
        var offset = 0
        while offset + 17 <= data.byteCount {
            let hits = keyStarts(in: data, at: offset)
            if hits != .zero {
                for index in offset..<(offset + 16) where isUsageOrError(data, at: index) {
                    return true
                }
            }
            offset += 16
        }
        while offset < last {
            if isUsageOrError(data, at: offset) { return true }
            offset += 1
        }
        return false
    }

    /// Nonzero if a quote followed by `u` or `e` stands in the 16 bytes from `offset`.
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
        return unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
    }

    /// Whether a key `usage` or `error` with a value other than null begins at `offset`. A quote
    /// within a string has a backslash before it.
    private static func isUsageOrError(_ data: RawSpan, at offset: Int) -> Bool {
        guard data.matches(#""usage""#, at: offset) || data.matches(#""error""#, at: offset),
            offset == 0 || data.byte(at: offset - 1) != UInt8(ascii: "\\")
        else { return false }
        var value = offset + 7
        while value < data.byteCount,
            data.byte(at: value).isJSONWhitespace || data.byte(at: value) == UInt8(ascii: ":")
        {
            value += 1
        }
        return !data.matches("null", at: value)
    }
}
