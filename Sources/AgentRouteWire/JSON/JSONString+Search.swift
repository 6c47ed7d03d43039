extension JSONString {
    /// The offset of the first quote, backslash or control character from `offset` on, which is
    /// within the span; the span's end if there is none.
    @inline(__always)
    static func firstStop(in bytes: RawSpan, from offset: Int) -> Int {
        // SAFETY: the buffer is valid for the closure, and the search stays within.
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return offset }
            return unsafe firstStop(base, from: offset, to: buffer.count)
        }
    }

    /// Sixteen bytes first, since most strings are short, then 32 a step.
    private static func firstStop(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var offset = start
        // SAFETY: every load begins 16 bytes or more before `end`.
        if offset &+ 16 <= end {
            let marks = ByteMarks(stops(unsafe ByteLanes(at: base + offset)))
            if !marks.isEmpty { return offset &+ marks.first }
            offset &+= 16
        }
        while offset &+ 32 <= end {
            let former = stops(unsafe ByteLanes(at: base + offset))
            let latter = stops(unsafe ByteLanes(at: base + offset + 16))
            if !ByteMarks(former .| latter).isEmpty {
                let marks = ByteMarks(former)
                return marks.isEmpty
                    ? offset &+ 16 &+ ByteMarks(latter).first : offset &+ marks.first
            }
            offset &+= 32
        }
        while offset &+ 16 <= end {
            let marks = ByteMarks(stops(unsafe ByteLanes(at: base + offset)))
            if !marks.isEmpty { return offset &+ marks.first }
            offset &+= 16
        }
        return unsafe firstStopInTail(base, from: offset, to: end)
    }

    /// The search among the last bytes, fewer than 16.
    private static func firstStopInTail(
        _ base: UnsafeRawPointer, from start: Int, to end: Int
    ) -> Int {
        if start < end, end >= 16 {
            // The step overlaps bytes already searched, or before the beginning.
            let last = end &- 16
            // SAFETY: the 16 bytes before `end` are within the buffer.
            var marks = ByteMarks(stops(unsafe ByteLanes(at: base + last)))
            marks.dropFirst(start &- last)
            return marks.isEmpty ? end : last &+ marks.first
        }
        var offset = start
        while offset < end {
            // SAFETY: `offset` is before `end`.
            let byte = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            offset &+= 1
        }
        return offset
    }

    /// Marks the bytes that end a plain run.
    @inline(__always)
    private static func stops(_ bytes: ByteLanes) -> SIMDMask<SIMD16<Int8>> {
        // With this bit turned the quote lies where the space did, right behind the control
        // characters, which stay among themselves: one comparison finds both.
        let turned = bytes ^ ByteLanes(repeating: 0x02)
        return (turned .<= ByteLanes(repeating: 0x20))
            .| (bytes .== ByteLanes(repeating: UInt8(ascii: "\\")))
    }
}
