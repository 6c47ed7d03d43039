/// Tells events that may carry usage, an end or an error from those that cannot, at a fraction of
/// the cost of reading them. When in doubt, an event may matter.
package enum EventFilter {
    /// Whether `data`, one event's JSON, is to be read.
    @inline(__always)
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
    /// chat stream may say `"usage":null`. Looks for a quote before `u` or `e`, 64 bytes a step.
    private static func hasUsageOrError(_ data: RawSpan) -> Bool {
        // Each step looks one byte beyond itself; the last byte begins no key.
        switch data.byteCount - 1 {
        case 64...: hasUsageOrError(data, step: 64)
        case 16...: hasUsageOrError(data, step: 16)
        default: (0..<data.byteCount).contains { isUsageOrError(data, at: $0) }
        }
    }

    /// `step` is 16 or 64, and less than the data is long.
    @inline(__always)
    private static func hasUsageOrError(_ data: RawSpan, step: Int) -> Bool {
        unsafe data.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            let end = buffer.count &- 1
            var offset = 0
            while offset < end {
                // The last step overlaps the one before.
                let start = min(offset, end &- step)
                // SAFETY: `step` bytes from `start` and one more are within the buffer.
                var starts = unsafe keyStarts(at: base + start)
                if step == 64 {
                    unsafe starts .|= keyStarts(at: base + start + 16)
                    unsafe starts .|= keyStarts(at: base + start + 32)
                        .| keyStarts(at: base + start + 48)
                }
                if !ByteMarks(starts).isEmpty, hasUsageOrError(data, from: start, count: step) {
                    return true
                }
                offset &+= step
            }
            return false
        }
    }

    /// Looks closer at `count` bytes, a multiple of 16, from `offset`; one more is within the data.
    // Kept apart: most data has no such quote, and the search for one stays short.
    @inline(never)
    private static func hasUsageOrError(
        _ data: RawSpan, from offset: Int, count: Int
    ) -> Bool {
        unsafe data.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            for place in stride(from: offset, to: offset &+ count, by: 16) {
                // SAFETY: 16 bytes from `place` and one more are within the buffer.
                var marks = ByteMarks(unsafe keyStarts(at: base + place))
                while !marks.isEmpty {
                    let start = marks.first
                    if isUsageOrError(data, at: place &+ start) { return true }
                    marks.dropFirst(start &+ 1)
                }
            }
            return false
        }
    }

    /// Marks each quote in the 16 bytes from `start` that `u` or `e` follows; 17 must be readable.
    @inline(__always)
    private static func keyStarts(at start: UnsafeRawPointer) -> SIMDMask<SIMD16<Int8>> {
        let quotes = unsafe ByteLanes(at: start)
        // The two letters differ in one bit.
        let letters = unsafe ByteLanes(at: start + 1) | ByteLanes(repeating: 0x10)
        return (quotes .== ByteLanes(repeating: UInt8(ascii: "\"")))
            .& (letters .== ByteLanes(repeating: UInt8(ascii: "u")))
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
