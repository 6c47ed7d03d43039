/// JSON's strings (RFC 8259 section 7) as they stand in a text: a token is the string with its
/// quotes.
package enum JSONString {
    /// The text a token stands for, or nil if it is no well-formed token. A surrogate escape
    /// without its partner, and bytes that are not UTF-8, become U+FFFD.
    package static func decode(_ token: RawSpan) -> String? {
        guard let content = contentRange(of: token) else { return nil }
        if firstStop(in: token, from: content.lowerBound) == content.upperBound {
            // SAFETY: the buffer is valid for the closure, which copies it.
            return unsafe token.extracting(content).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }
        var text = ByteWriter(capacity: content.count)
        var offset = content.lowerBound
        while true {
            let stop = firstStop(in: token, from: offset)
            text.append(token.extracting(offset..<stop))
            if stop == content.upperBound { return String(decoding: text.bytes, as: UTF8.self) }
            guard let escape = escape(in: token, at: stop) else { return nil }
            for byte in UTF8.encode(escape.scalar) ?? UTF8.encodedReplacementCharacter {
                text.append(byte)
            }
            offset = stop + escape.length
        }
    }

    /// Whether a token stands for `text`, escapes undone, without allocating.
    package static func equals(_ token: RawSpan, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { buffer in
            // SAFETY: the span borrows the literal, which lives forever.
            equals(token, unsafe buffer.span.bytes)
        }
    }

    /// Whether a token stands for the UTF-8 text `expected`, escapes undone, without allocating.
    package static func equals(_ token: RawSpan, _ expected: RawSpan) -> Bool {
        guard let content = contentRange(of: token) else { return false }
        // An escape is longer than what it stands for, so only a longer token may have one.
        if content.count <= expected.byteCount {
            return content.count == expected.byteCount
                && token.matches(expected, at: content.lowerBound, ignoringCase: false)
                && token.firstOffset(of: UInt8(ascii: "\\"), in: content) == nil
        }
        var offset = content.lowerBound
        var matched = 0
        while offset < content.upperBound {
            let byte = token.byte(at: offset)
            guard byte == UInt8(ascii: "\\") else {
                guard matched < expected.byteCount, byte == expected.byte(at: matched) else {
                    return false
                }
                offset += 1
                matched += 1
                continue
            }
            guard let escape = escape(in: token, at: offset) else { return false }
            for byte in UTF8.encode(escape.scalar) ?? UTF8.encodedReplacementCharacter {
                guard matched < expected.byteCount, byte == expected.byte(at: matched) else {
                    return false
                }
                matched += 1
            }
            offset += escape.length
        }
        return matched == expected.byteCount
    }

    /// Appends `text` as a token. Only what must be escaped is: quotes, backslashes and control
    /// characters.
    package static func encode(_ text: String, into writer: inout ByteWriter) {
        // SAFETY: the span borrows `text`, which outlives the call.
        encode(utf8: unsafe text.utf8Span.span.bytes, into: &writer)
    }

    private static func encode(utf8 text: RawSpan, into writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "\""))
        var offset = 0
        while true {
            let stop = firstStop(in: text, from: offset)
            writer.append(text.extracting(offset..<stop))
            if stop == text.byteCount { break }
            appendEscaped(text.byte(at: stop), into: &writer)
            offset = stop + 1
        }
        writer.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, into writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): writer.append(byte)
        case 0x08: writer.append(UInt8(ascii: "b"))
        case 0x09: writer.append(UInt8(ascii: "t"))
        case 0x0A: writer.append(UInt8(ascii: "n"))
        case 0x0C: writer.append(UInt8(ascii: "f"))
        case 0x0D: writer.append(UInt8(ascii: "r"))
        default:
            let low = byte & 0x0F
            writer.append("u00")
            writer.append(0x30 + byte >> 4)
            writer.append(low < 10 ? 0x30 + low : 0x57 + low)
        }
    }

    private static func contentRange(of token: RawSpan) -> Range<Int>? {
        let last = token.byteCount - 1
        guard last >= 1, token.byte(at: 0) == UInt8(ascii: "\""),
            token.byte(at: last) == UInt8(ascii: "\"")
        else { return nil }
        return 1..<last
    }
}

// MARK: - Escapes

extension JSONString {
    /// Whether `byte` after a backslash makes a two-byte escape.
    static func isShortEscape(_ byte: UInt8) -> Bool {
        shortEscapeValue(byte) != nil
    }

    private static func shortEscapeValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The character an escape stands for and the escape's length in bytes; nil if there is none
    /// at `offset`.
    private static func escape(
        in bytes: RawSpan, at offset: Int
    ) -> (scalar: Unicode.Scalar, length: Int)? {
        guard offset + 1 < bytes.byteCount, bytes.byte(at: offset) == UInt8(ascii: "\\") else {
            return nil
        }
        if let value = shortEscapeValue(bytes.byte(at: offset + 1)) {
            return (Unicode.Scalar(value), 2)
        }
        guard let unit = codeUnit(in: bytes, at: offset) else { return nil }
        if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
        if unit < 0xDC00, let low = codeUnit(in: bytes, at: offset + 6), low & 0xFC00 == 0xDC00,
            let scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
        {
            return (scalar, 12)
        }
        return ("\u{FFFD}", 6)
    }

    /// The UTF-16 code unit of the escape `\uXXXX` at `offset`, or nil if there is none.
    private static func codeUnit(in bytes: RawSpan, at offset: Int) -> UInt32? {
        guard bytes.matches("\\u", at: offset), offset + 6 <= bytes.byteCount else { return nil }
        var unit: UInt32 = 0
        for index in (offset + 2)..<(offset + 6) {
            guard let digit = bytes.byte(at: index).hexDigitValue else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// Turns every surrogate escape without its partner into `\ufffd`, which is as long, so that
    /// offsets hold. Says whether there was one.
    static func replaceLoneSurrogates(in text: inout [UInt8]) -> Bool {
        var offset = 0
        var found = false
        while let length = nextEscape(in: text, from: &offset) {
            if length.isLone {
                text.replaceSubrange((offset + 2)..<(offset + 6), with: "fffd".utf8)
                found = true
            }
            offset += length.bytes
        }
        return found
    }

    /// Moves `offset` to the next backslash. A malformed escape counts two bytes.
    private static func nextEscape(
        in text: [UInt8], from offset: inout Int
    ) -> (bytes: Int, isLone: Bool)? {
        // SAFETY: the span borrows `text`, which outlives the call.
        let bytes = unsafe text.span.bytes
        guard offset < bytes.byteCount,
            let backslash = bytes.firstOffset(
                of: UInt8(ascii: "\\"), in: offset..<bytes.byteCount)
        else { return nil }
        offset = backslash
        guard let escape = escape(in: bytes, at: offset) else { return (2, false) }
        let isSurrogate = codeUnit(in: bytes, at: offset).map { $0 & 0xF800 == 0xD800 } ?? false
        return (escape.length, isSurrogate && escape.length == 6)
    }
}
