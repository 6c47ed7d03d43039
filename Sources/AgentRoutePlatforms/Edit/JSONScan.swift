internal import AgentRouteWire

/// Passes over the tokens of a JSON text and checks their grammar: RFC 8259 with comments and
/// trailing commas.
struct JSONScan: NestedScan {
    let text: [UInt8]
    var position: Int

    /// A scan of `text` from `position` on.
    init(_ text: [UInt8], at position: Int) {
        self.text = text
        self.position = position
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

    mutating func skipName() throws(SettingsFault) {
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

    mutating func skipScalar() throws(SettingsFault) {
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
