/// One pass over a request body that checks JSON's grammar (RFC 8259) and finds the few top-level
/// members that routing needs, without building anything.
///
///     let top = try JSONScanner.scan(body)      // {"stream": true, "model": "agentroute-fast"}
///     top.stream == true                        // top.model: the range of "agentroute-fast"
///
/// The pass is iterative: nesting is bounded by the body's length alone. Whether strings are valid
/// UTF-8, and whether surrogates pair up, is left to whoever reads them.
package struct JSONScanner {
    /// What the top-level object says.
    package struct TopLevel: Hashable, Sendable {
        /// The byte range of the value of the last top-level `model`, quotes included.
        package var model: Range<Int>?
        /// Whether that value is a string.
        package var modelIsString = false
        /// The value of the last top-level `stream`; nil if it is absent or no boolean.
        package var stream: Bool?
    }

    /// What may come next.
    private enum Expectation {
        case firstKeyOrEnd, key, firstValueOrEnd, value, separator
    }

    private enum Member {
        case model, stream
    }

    private var position = 0
    private var nesting = JSONNesting()
    private var expected = Expectation.firstKeyOrEnd
    private var topLevel = TopLevel()
    /// The top-level member of interest whose value is being scanned, and where the value began.
    private var member: Member?
    private var valueStart = 0

    /// Scans `body`, whose top level must be an object.
    package static func scan(_ body: RawSpan) throws(JSONSyntaxError) -> TopLevel {
        var scanner = JSONScanner()
        try scanner.scanDocument(body)
        return scanner.topLevel
    }

    private mutating func scanDocument(_ bytes: RawSpan) throws(JSONSyntaxError) {
        if bytes.hasPrefix("\u{FEFF}") {
            throw JSONSyntaxError("a byte order mark before the JSON text", at: 0, in: bytes)
        }
        skipWhitespace(bytes)
        guard position < bytes.byteCount else {
            throw JSONSyntaxError("no JSON text at all", at: position, in: bytes)
        }
        guard bytes.byte(at: position) == UInt8(ascii: "{") else {
            throw JSONSyntaxError("the top level must be an object", at: position, in: bytes)
        }
        open(object: true)
        repeat {
            skipWhitespace(bytes)
            guard position < bytes.byteCount else { throw truncated(bytes) }
            try step(bytes, bytes.byte(at: position))
        } while nesting.depth > 0
        skipWhitespace(bytes)
        if position < bytes.byteCount {
            throw JSONSyntaxError("text after the JSON value", at: position, in: bytes)
        }
    }

    @inline(__always)
    private mutating func step(_ bytes: RawSpan, _ byte: UInt8) throws(JSONSyntaxError) {
        switch expected {
        case .firstKeyOrEnd where byte == UInt8(ascii: "}"): close()
        case .firstKeyOrEnd, .key: try scanKey(bytes, byte)
        case .firstValueOrEnd where byte == UInt8(ascii: "]"): close()
        case .firstValueOrEnd, .value: try scanValue(bytes, byte)
        case .separator: try scanSeparator(bytes, byte)
        }
    }

    private mutating func scanSeparator(
        _ bytes: RawSpan, _ byte: UInt8
    ) throws(JSONSyntaxError) {
        let inObject = nesting.isInObject
        if byte == UInt8(ascii: ",") {
            position += 1
            expected = inObject ? .key : .value
        } else if byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            close()
        } else {
            let reason = inObject ? "expected ',' or '}'" : "expected ',' or ']'"
            throw JSONSyntaxError(reason, at: position, in: bytes)
        }
    }

    /// A key and its colon.
    private mutating func scanKey(_ bytes: RawSpan, _ byte: UInt8) throws(JSONSyntaxError) {
        guard byte == UInt8(ascii: "\"") else {
            let isTrailing = expected == .key && byte == UInt8(ascii: "}")
            let reason = isTrailing ? "a trailing comma" : "expected a key in double quotes"
            throw JSONSyntaxError(reason, at: position, in: bytes)
        }
        let start = position
        try skipString(bytes)
        if nesting.depth == 1 { noteKey(bytes.extracting(start..<position)) }
        skipWhitespace(bytes)
        guard position < bytes.byteCount else { throw truncated(bytes) }
        guard bytes.byte(at: position) == UInt8(ascii: ":") else {
            throw JSONSyntaxError("expected ':' after a key", at: position, in: bytes)
        }
        position += 1
        expected = .value
    }

    private mutating func noteKey(_ key: RawSpan) {
        if JSONString.equals(key, "model") {
            member = .model
        } else if JSONString.equals(key, "stream") {
            member = .stream
        } else {
            member = nil
        }
    }

    private mutating func scanValue(_ bytes: RawSpan, _ byte: UInt8) throws(JSONSyntaxError) {
        if nesting.depth == 1 { valueStart = position }
        switch byte {
        case UInt8(ascii: "{"): return open(object: true)
        case UInt8(ascii: "["): return open(object: false)
        case UInt8(ascii: "\""): try skipString(bytes)
        case UInt8(ascii: "t"): try skipLiteral(bytes, "true")
        case UInt8(ascii: "f"): try skipLiteral(bytes, "false")
        case UInt8(ascii: "n"): try skipLiteral(bytes, "null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber(bytes)
        default:
            let isTrailing = byte == UInt8(ascii: "]") && !nesting.isInObject
            let reason = isTrailing ? "a trailing comma" : "expected a value"
            throw JSONSyntaxError(reason, at: position, in: bytes)
        }
        if nesting.depth == 1 { finishTopLevelValue(first: byte) }
        expected = .separator
    }

    private mutating func open(object: Bool) {
        nesting.open(object: object)
        position += 1
        expected = object ? .firstKeyOrEnd : .firstValueOrEnd
    }

    private mutating func close() {
        nesting.close()
        position += 1
        if nesting.depth == 1 { finishTopLevelValue(first: nil) }
        expected = .separator
    }

    /// Records the member whose value has just ended; `first` is the byte a scalar began with.
    private mutating func finishTopLevelValue(first: UInt8?) {
        switch member {
        case .model:
            topLevel.model = valueStart..<position
            topLevel.modelIsString = first == UInt8(ascii: "\"")
        case .stream:
            topLevel.stream =
                switch first {
                case UInt8(ascii: "t"): true
                case UInt8(ascii: "f"): false
                default: nil
                }
        case nil:
            break
        }
        member = nil
    }
}

// MARK: - Tokens

extension JSONScanner {
    @inline(__always)
    private mutating func skipWhitespace(_ bytes: RawSpan) {
        while position < bytes.byteCount, bytes.byte(at: position).isJSONWhitespace {
            position += 1
        }
    }

    private func truncated(_ bytes: RawSpan) -> JSONSyntaxError {
        JSONSyntaxError("the text ends too early", at: bytes.byteCount, in: bytes)
    }

    /// From an opening quote to behind the closing one.
    private mutating func skipString(_ bytes: RawSpan) throws(JSONSyntaxError) {
        var offset = position + 1
        let end = bytes.byteCount
        while true {
            offset = JSONString.firstStop(in: bytes, from: offset)
            guard offset < end else { throw truncated(bytes) }
            switch bytes.byte(at: offset) {
            case UInt8(ascii: "\""):
                position = offset + 1
                return
            case UInt8(ascii: "\\"):
                offset += try escapeLength(bytes, at: offset)
            default:
                throw JSONSyntaxError("a control character in a string", at: offset, in: bytes)
            }
        }
    }

    private func escapeLength(_ bytes: RawSpan, at offset: Int) throws(JSONSyntaxError) -> Int {
        guard offset + 1 < bytes.byteCount else { throw truncated(bytes) }
        let kind = bytes.byte(at: offset + 1)
        guard kind == UInt8(ascii: "u") else {
            guard JSONString.isShortEscape(kind) else {
                throw JSONSyntaxError("an unknown escape in a string", at: offset, in: bytes)
            }
            return 2
        }
        for digit in (offset + 2)..<(offset + 6) {
            guard digit < bytes.byteCount else { throw truncated(bytes) }
            guard bytes.byte(at: digit).hexDigitValue != nil else {
                throw JSONSyntaxError(
                    "'\\u' must be followed by four hexadecimal digits", at: offset, in: bytes)
            }
        }
        return 6
    }

    private mutating func skipLiteral(
        _ bytes: RawSpan, _ literal: StaticString
    ) throws(JSONSyntaxError) {
        guard bytes.matches(literal, at: position) else {
            throw JSONSyntaxError("expected a value", at: position, in: bytes)
        }
        position += literal.utf8CodeUnitCount
    }

    /// A number: RFC 8259 section 6.
    private mutating func skipNumber(_ bytes: RawSpan) throws(JSONSyntaxError) {
        if bytes.byte(at: position) == UInt8(ascii: "-") { position += 1 }
        let leadingZero = peek(bytes) == UInt8(ascii: "0")
        let start = position
        try skipDigits(bytes, "a digit is missing in a number")
        if leadingZero, position > start + 1 {
            throw JSONSyntaxError("a number with a leading zero", at: start, in: bytes)
        }
        if peek(bytes) == UInt8(ascii: ".") {
            position += 1
            try skipDigits(bytes, "a digit is missing after the decimal point")
        }
        if let byte = peek(bytes), byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if let sign = peek(bytes), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits(bytes, "a digit is missing in the exponent")
        }
    }

    private func peek(_ bytes: RawSpan) -> UInt8? {
        position < bytes.byteCount ? bytes.byte(at: position) : nil
    }

    /// At least one digit.
    private mutating func skipDigits(
        _ bytes: RawSpan, _ reason: String
    ) throws(JSONSyntaxError) {
        let start = position
        while position < bytes.byteCount, bytes.byte(at: position).isASCIIDigit { position += 1 }
        if position == start { throw JSONSyntaxError(reason, at: position, in: bytes) }
    }
}
