internal import AgentRouteWire

/// Passes over the tokens of a JSON text and checks their grammar: RFC 8259 with comments and
/// trailing commas. Iterative, so nesting is bounded by the text's length alone.
struct JSONScan {
    /// The text.
    let text: [UInt8]
    /// The byte that comes next.
    var position: Int

    /// A scan of `text` from `position` on.
    init(_ text: [UInt8], at position: Int) {
        self.text = text
        self.position = position
    }

    /// The byte that comes next; nil at the end.
    var next: UInt8? { text.byte(at: position) }

    /// What is wrong with the byte that comes next.
    func fault(_ reason: String) -> SettingsFault {
        let reason = position < text.count ? reason : "the text ends too early"
        return SettingsFault(.syntax, reason, at: position, in: text)
    }
}

// MARK: - Structure

extension JSONScan {
    /// A member with the comma that follows, from its key on.
    mutating func member() throws(SettingsFault) -> JSONText.Member {
        let keyStart = position
        try skipKey()
        let keyRange = keyStart..<position
        try skipColon()
        let valueStart = position
        try skipValue()
        let value = valueStart..<position
        try skipTrivia()
        let comma = next == UInt8(ascii: ",") ? position : nil
        if comma != nil {
            position += 1
        } else if next != UInt8(ascii: "}") {
            throw fault("expected ',' or '}'")
        }
        let key = JSONString.decode(text[keyRange].span.bytes)
        return .init(key: key ?? "", keyRange: keyRange, value: value, comma: comma)
    }

    private mutating func skipKey() throws(SettingsFault) {
        guard next == UInt8(ascii: "\"") else { throw fault("expected a key in double quotes") }
        try skipString()
    }

    private mutating func skipColon() throws(SettingsFault) {
        try skipTrivia()
        guard next == UInt8(ascii: ":") else { throw fault("expected ':' after a key") }
        position += 1
        try skipTrivia()
    }

    /// A value of any kind, however deep: `closers` are the brackets that are still to come.
    mutating func skipValue() throws(SettingsFault) {
        var closers: [UInt8] = []
        repeat {
            if let closer = closer {
                closers.append(closer)
                position += 1
                try skipTrivia()
                if next != closer {
                    if closer == UInt8(ascii: "}") { try skipKeyAndColon() }
                    continue
                }
            } else {
                try skipScalar()
            }
            try moveOn(&closers)
        } while !closers.isEmpty
    }

    /// The bracket that closes the one that opens here, if one does.
    private var closer: UInt8? {
        switch next {
        case UInt8(ascii: "{"): UInt8(ascii: "}")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: nil
        }
    }

    /// From the end of a value to the next one, over the brackets that close between them.
    private mutating func moveOn(_ closers: inout [UInt8]) throws(SettingsFault) {
        while let closer = closers.last {
            try skipTrivia()
            if next == UInt8(ascii: ",") {
                position += 1
                try skipTrivia()
                if next != closer {
                    if closer == UInt8(ascii: "}") { try skipKeyAndColon() }
                    return
                }
            }
            guard next == closer else {
                throw fault(
                    closer == UInt8(ascii: "}") ? "expected ',' or '}'" : "expected ',' or ']'")
            }
            position += 1
            closers.removeLast()
        }
    }

    private mutating func skipKeyAndColon() throws(SettingsFault) {
        try skipKey()
        try skipColon()
    }
}

// MARK: - Tokens

extension JSONScan {
    /// Whitespace and comments.
    mutating func skipTrivia() throws(SettingsFault) {
        repeat {
            position = text.first(from: position) { !$0.isSpace }
        } while try skipComment()
    }

    /// Skips the comment that begins here, without the end of its line, and says whether one did.
    mutating func skipComment() throws(SettingsFault) -> Bool {
        if text.has("//", at: position) {
            position = text.first(from: position) { $0 == .lineFeed || $0 == .carriageReturn }
            return true
        }
        guard text.has("/*", at: position) else { return false }
        var end = position + 2
        while !text.has("*/", at: end) {
            guard end < text.count else { throw fault("a comment without its end") }
            end = text.first(from: end + 1) { $0 == UInt8(ascii: "*") }
        }
        position = end + 2
        return true
    }

    private mutating func skipScalar() throws(SettingsFault) {
        if next == UInt8(ascii: "\"") { return try skipString() }
        for literal in ["true", "false", "null"] where text.has(literal, at: position) {
            position += literal.utf8.count
            return
        }
        try skipNumber()
    }

    /// A number: RFC 8259 section 6.
    private mutating func skipNumber() throws(SettingsFault) {
        guard let first = next, first == UInt8(ascii: "-") || first.isDigit else {
            throw fault("expected a value")
        }
        if first == UInt8(ascii: "-") { position += 1 }
        let hasLeadingZero = next == UInt8(ascii: "0")
        let start = position
        try skipDigits()
        if hasLeadingZero, position > start + 1 { throw fault("a number with a leading zero") }
        if next == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        guard let letter = next, letter | 0x20 == UInt8(ascii: "e") else { return }
        position += 1
        if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
        try skipDigits()
    }

    private mutating func skipDigits() throws(SettingsFault) {
        let start = position
        position = text.first(from: position) { !$0.isDigit }
        if position == start { throw fault("a digit is missing in a number") }
    }

    /// From an opening quote to behind the closing one.
    private mutating func skipString() throws(SettingsFault) {
        position += 1
        while true {
            position = text.first(from: position) {
                $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
            }
            switch next {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try skipEscape()
            case nil: throw fault("the text ends too early")
            default: throw fault("a control character in a string")
            }
        }
    }

    private mutating func skipEscape() throws(SettingsFault) {
        guard let kind = text.byte(at: position + 1) else {
            position = text.count
            throw fault("the text ends too early")
        }
        if "\"\\/bfnrt".utf8.contains(kind) {
            position += 2
            return
        }
        let digits = (position + 2)..<(position + 6)
        guard kind == UInt8(ascii: "u"),
            digits.allSatisfy({ text.byte(at: $0)?.isHexDigit == true })
        else { throw fault("an unknown escape in a string") }
        position += 6
    }
}
