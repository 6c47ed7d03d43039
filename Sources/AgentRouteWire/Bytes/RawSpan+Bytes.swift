#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension RawSpan {
    /// The byte at `offset`, which must be within the span (checked).
    @inline(__always)
    package func byte(at offset: Int) -> UInt8 {
        // SAFETY: any byte is a valid `UInt8`, and the load checks its bounds.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes from `offset`, the first in the lowest place; all within the span (checked).
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // SAFETY: any bytes are a valid `UInt64`, and the load checks its bounds.
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The offset of the first `byte` in `range`, or nil.
    @inline(__always)
    func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        // SAFETY: `memchr` reads within the buffer and answers with an address inside it.
        unsafe extracting(range).withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress,
                let hit = unsafe memchr(base, Int32(byte), buffer.count)
            else { return nil }
            return unsafe range.lowerBound + base.distance(to: UnsafeRawPointer(hit))
        }
    }

    /// Whether the bytes are exactly those of `text`.
    @inline(__always)
    package func equals(_ text: StaticString) -> Bool {
        byteCount == text.utf8CodeUnitCount && hasPrefix(text)
    }

    /// Whether the span begins with the bytes of `text`.
    @inline(__always)
    package func hasPrefix(_ text: StaticString) -> Bool {
        matches(text, at: 0)
    }

    /// Whether the span ends with the bytes of `text`.
    @inline(__always)
    package func hasSuffix(_ text: StaticString) -> Bool {
        matches(text, at: byteCount - text.utf8CodeUnitCount)
    }

    /// Whether the bytes of `text` stand at `offset`; false where they would not fit.
    @inline(__always)
    func matches(_ text: StaticString, at offset: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset >= 0, count <= byteCount - offset else { return false }
        // SAFETY: `count` bytes from `offset` were checked to lie within the buffer.
        return unsafe withUnsafeBytes { buffer in
            text.withUTF8Buffer { expected in
                guard let base = buffer.baseAddress, let wanted = expected.baseAddress else {
                    return true
                }
                return unsafe memcmp(base + offset, wanted, count) == 0
            }
        }
    }

    /// Whether the bytes are those of `lowercase`, ASCII letters compared without case.
    /// `lowercase` holds no capital letter.
    @inline(__always)
    package func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        byteCount == lowercase.utf8CodeUnitCount && hasPrefixIgnoringCase(lowercase)
    }

    /// Whether the span begins with `lowercase`, ASCII letters compared without case.
    package func hasPrefixIgnoringCase(_ lowercase: StaticString) -> Bool {
        matchesIgnoringCase(lowercase, at: 0)
    }

    /// Whether the span ends with `lowercase`, ASCII letters compared without case.
    func hasSuffixIgnoringCase(_ lowercase: StaticString) -> Bool {
        matchesIgnoringCase(lowercase, at: byteCount - lowercase.utf8CodeUnitCount)
    }

    private func matchesIgnoringCase(_ lowercase: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, lowercase.utf8CodeUnitCount <= byteCount - offset else { return false }
        // SAFETY: the index is one of the buffer's own, and the span checks its bounds.
        return lowercase.withUTF8Buffer { expected in
            for index in expected.indices
            where byte(at: offset + index).asciiLowercased != (unsafe expected[index]) {
                return false
            }
            return true
        }
    }

    /// Whether both spans hold the same bytes, ASCII letters compared without case.
    package func equalsIgnoringCase(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for index in 0..<byteCount
        where byte(at: index).asciiLowercased != other.byte(at: index).asciiLowercased {
            return false
        }
        return true
    }
}

extension [UInt8] {
    /// Appends a copy of `bytes`.
    mutating func append(_ bytes: RawSpan) {
        // SAFETY: the buffer is valid for the closure, which copies it.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

extension UInt8 {
    /// The byte, an ASCII capital letter turned into a small one.
    @inline(__always)
    var asciiLowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }

    /// Whether the byte is an ASCII digit.
    @inline(__always)
    var isASCIIDigit: Bool {
        self &- 0x30 < 10
    }

    /// Whether the byte is one of JSON's four whitespace characters (RFC 8259 section 2).
    @inline(__always)
    var isJSONWhitespace: Bool {
        self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09
    }

    /// The value of an ASCII hexadecimal digit, or nil.
    @inline(__always)
    var hexDigitValue: UInt32? {
        let digit = self &- 0x30
        if digit < 10 { return UInt32(digit) }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? UInt32(letter) + 10 : nil
    }
}
