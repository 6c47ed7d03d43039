#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension RawSpan {
    /// The byte at `offset`, which must be within the span (checked).
    @inlinable
    @inline(__always)
    package func byte(at offset: Int) -> UInt8 {
        // SAFETY: any byte is a valid `UInt8`, and the load checks its bounds.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The offset of the first `byte` in `range`, or nil.
    @inline(__always)
    func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        // SAFETY: `memchr` reads within the buffer and answers with an address inside it.
        unsafe extracting(range).withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress,
                let hit = unsafe memchr(base, Int32(byte), buffer.count)
            else { return nil }
            return unsafe range.lowerBound &+ base.distance(to: UnsafeRawPointer(hit))
        }
    }

    /// Whether the bytes are exactly those of `text`.
    @inlinable
    @inline(__always)
    package func equals(_ text: StaticString) -> Bool {
        byteCount == text.utf8CodeUnitCount && matches(text, at: 0, ignoringCase: false)
    }

    /// Whether the span begins with the bytes of `text`.
    @inlinable
    @inline(__always)
    package func hasPrefix(_ text: StaticString) -> Bool {
        matches(text, at: 0, ignoringCase: false)
    }

    /// Whether the span ends with the bytes of `text`.
    @inlinable
    @inline(__always)
    package func hasSuffix(_ text: StaticString) -> Bool {
        matches(text, at: byteCount - text.utf8CodeUnitCount, ignoringCase: false)
    }

    /// Whether the bytes of `text` stand at `offset`; false where they would not fit.
    @inline(__always)
    func matches(_ text: StaticString, at offset: Int) -> Bool {
        matches(text, at: offset, ignoringCase: false)
    }

    /// Whether the bytes are those of `text`, ASCII letters compared without case.
    @inlinable
    @inline(__always)
    package func equalsIgnoringCase(_ text: StaticString) -> Bool {
        byteCount == text.utf8CodeUnitCount && matches(text, at: 0, ignoringCase: true)
    }

    /// Whether the span begins with `text`, ASCII letters compared without case.
    @inlinable
    @inline(__always)
    package func hasPrefixIgnoringCase(_ text: StaticString) -> Bool {
        matches(text, at: 0, ignoringCase: true)
    }

    /// Whether the span ends with `text`, ASCII letters compared without case.
    @inline(__always)
    func hasSuffixIgnoringCase(_ text: StaticString) -> Bool {
        matches(text, at: byteCount - text.utf8CodeUnitCount, ignoringCase: true)
    }

    /// Whether both spans hold the same bytes, ASCII letters compared without case.
    package func equalsIgnoringCase(_ other: RawSpan) -> Bool {
        byteCount == other.byteCount && matches(other, at: 0, ignoringCase: true)
    }

    /// Whether the bytes of `text` stand at `offset`; false where they would not fit.
    @inlinable
    @inline(__always)
    func matches(_ text: StaticString, at offset: Int, ignoringCase: Bool) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset >= 0, count <= byteCount &- offset else { return false }
        // SAFETY: `count` bytes from `offset` were checked to lie within the buffer, and the
        // literal has as many.
        return unsafe withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return true }
            return unsafe ByteRun.areEqual(
                start + offset, UnsafeRawPointer(text.utf8Start), count: count,
                ignoringCase: ignoringCase)
        }
    }

    /// Whether the bytes of `other` stand at `offset`; false where they would not fit.
    func matches(_ other: RawSpan, at offset: Int, ignoringCase: Bool) -> Bool {
        guard offset >= 0, other.byteCount <= byteCount &- offset else { return false }
        // SAFETY: both buffers are valid for the closures, and as many bytes as the other has were
        // checked to lie within this one from `offset`.
        return unsafe withUnsafeBytes { buffer in
            unsafe other.withUnsafeBytes { other in
                guard let start = buffer.baseAddress, let otherStart = other.baseAddress else {
                    return true
                }
                return unsafe ByteRun.areEqual(
                    start + offset, otherStart, count: other.count, ignoringCase: ignoringCase)
            }
        }
    }
}

extension [UInt8] {
    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: RawSpan) {
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
