/// Comparison of runs of bytes in whole words. It is inlined, so that a run which is a literal
/// becomes constants and its length chooses the code.
@usableFromInline
enum ByteRun {
    /// Whether `count` bytes from `one` and from `other` are the same, ASCII letters without case
    /// if so asked. All of them must be readable.
    @inlinable
    @inline(__always)
    static func areEqual(
        _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, count: Int, ignoringCase: Bool
    ) -> Bool {
        // SAFETY: every load is of bytes among the `count`. The last step overlaps the one before.
        if count >= 8 {
            var offset = 0
            while offset < count &- 8 {
                guard
                    unsafe differ(one + offset, other + offset, as: UInt64.self, ignoringCase) == 0
                else { return false }
                offset &+= 8
            }
            let last = count &- 8
            return unsafe differ(one + last, other + last, as: UInt64.self, ignoringCase) == 0
        }
        if count >= 4 {
            let last = count &- 4
            return unsafe differ(one, other, as: UInt32.self, ignoringCase)
                | differ(one + last, other + last, as: UInt32.self, ignoringCase) == 0
        }
        var difference: UInt64 = 0
        for offset in 0..<max(count, 0) {
            unsafe difference |= differ(
                one + offset, other + offset, as: UInt8.self, ignoringCase)
        }
        return difference == 0
    }

    /// The bits in which two words differ.
    @inlinable
    @inline(__always)
    static func differ<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, as word: Word.Type, _ ignoringCase: Bool
    ) -> UInt64 {
        // SAFETY: the caller vouches for the bytes, and any bytes are a valid integer.
        let first = unsafe UInt64(truncatingIfNeeded: one.loadUnaligned(as: word))
        let second = unsafe UInt64(truncatingIfNeeded: other.loadUnaligned(as: word))
        return (first ^ second) & (ignoringCase ? ~caseBits(second) : .max)
    }

    /// The bit that tells a capital letter from a small one, for each of the eight bytes that is an
    /// ASCII letter. Of a literal this is a constant: nothing is computed for the other run.
    @inlinable
    @inline(__always)
    static func caseBits(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let small = (word | ones &* 0x20) & (ones &* 0x7F)
        // Bit 7 of each byte says whether `small` is "a" or more, and whether it is more than "z".
        let fromA = small &+ ones &* (0x80 - 0x61)
        let beyondZ = small &+ ones &* (0x80 - 0x7B)
        return ((fromA ^ beyondZ) & ~word & (ones &* 0x80)) &>> 2
    }
}
