extension RawSpan {
    /// Whether `text`, of 2 to 16 bytes, stands anywhere in these bytes.
    ///
    /// Sixteen places a step, 64 where none has both: those are looked at where the first and the
    /// last byte fit.
    package func contains(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        precondition((2...16).contains(count), "a text of 2 to 16 bytes")
        guard byteCount >= count else { return false }
        // SAFETY: the buffer is valid for the closure. A step loads 16 or 64 bytes at `offset` and at
        // `offset + count - 1`, and is taken where the latter end within the buffer.
        return unsafe withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            let first = ByteLanes(repeating: unsafe text.utf8Start[0])
            let last = ByteLanes(repeating: unsafe text.utf8Start[count - 1])
            // Which of the 16 places from `offset` on have both bytes.
            @inline(__always)
            func hits(_ offset: Int) -> SIMDMask<SIMD16<Int8>> {
                (unsafe ByteLanes(at: base + offset) .== first)
                    .& (unsafe ByteLanes(at: base + offset + count - 1) .== last)
            }
            var offset = 0
            while offset &+ count &+ 15 <= buffer.count {
                if offset &+ count &+ 63 <= buffer.count {
                    let any =
                        (hits(offset) .| hits(offset &+ 16))
                        .| (hits(offset &+ 32) .| hits(offset &+ 48))
                    if ByteMarks(any).isEmpty {
                        offset &+= 64
                        continue
                    }
                }
                var marks = ByteMarks(hits(offset))
                while !marks.isEmpty {
                    let place = marks.first
                    if unsafe isEqual(base + offset + place, text) { return true }
                    marks.dropFirst(place &+ 1)
                }
                offset &+= 16
            }
            while offset &+ count <= buffer.count {
                if unsafe isEqual(base + offset, text) { return true }
                offset &+= 1
            }
            return false
        }
    }

    private func isEqual(_ bytes: UnsafeRawPointer, _ text: StaticString) -> Bool {
        unsafe ByteRun.areEqual(
            bytes, UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount,
            ignoringCase: false)
    }
}
