internal import AgentRouteWire

/// Passes over the tokens of a TOML text (toml.io, version 1.0).
struct TOMLScan: NestedScan {
    let text: [UInt8]
    var position: Int

    /// A scan of `text` from `position` on.
    init(_ text: [UInt8], at position: Int) {
        self.text = text
        self.position = position
    }

    private mutating func skipBlanks() {
        position = text.first(from: position) { !$0.isBlank }
    }

    private mutating func skipComment() -> Bool {
        guard next == UInt8(ascii: "#") else { return false }
        position = text.first(from: position) { $0 == .lineFeed }
        return true
    }

    /// Whitespace, ends of lines and comments.
    mutating func skipTrivia() {
        repeat {
            position = text.first(from: position) { !$0.isSpace }
        } while skipComment()
    }

    /// Moves to the next header or pair and says whether there is one.
    mutating func skipToStatement() -> Bool {
        skipTrivia()
        return position < text.count
    }

    /// What may follow a header or a pair on its line.
    mutating func skipLineEnd() throws(SettingsFault) {
        skipBlanks()
        if skipComment() { return }
        if next == .carriageReturn { position += 1 }
        guard next == .lineFeed || next == nil else { throw fault("expected the end of the line") }
    }

    /// A header from its bracket on, and whether it opens an element of an array of tables.
    mutating func header() throws(SettingsFault) -> (keys: [String], isArray: Bool) {
        let isArray = text.has("[[", at: position)
        position += isArray ? 2 : 1
        let keys = try dottedKey()
        guard text.has(isArray ? "]]" : "]", at: position) else { throw fault("expected ']'") }
        position += isArray ? 2 : 1
        return (keys, isArray)
    }

    /// A pair from its key to behind its value.
    mutating func pair() throws(SettingsFault) -> TOMLText.Pair {
        let start = position
        let path = try keyAndEquals()
        let valueStart = position
        try skipValue()
        return .init(path: path, range: start..<position, value: valueStart..<position)
    }

    mutating func skipName() throws(SettingsFault) {
        _ = try keyAndEquals()
    }

    private mutating func keyAndEquals() throws(SettingsFault) -> [String] {
        let path = try dottedKey()
        guard next == UInt8(ascii: "=") else { throw fault("expected '=' after a key") }
        position += 1
        skipBlanks()
        return path
    }

    /// Keys joined by dots, with the blanks around them.
    private mutating func dottedKey() throws(SettingsFault) -> [String] {
        var keys: [String] = []
        repeat {
            if !keys.isEmpty { position += 1 }
            skipBlanks()
            keys.append(try key())
            skipBlanks()
        } while next == UInt8(ascii: ".")
        return keys
    }

    private mutating func key() throws(SettingsFault) -> String {
        let start = position
        if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
            try skipLineString()
            return TOMLSettings.string(of: text.string(start..<position)) ?? ""
        }
        position = text.first(from: position) { !TOMLSettings.isBare($0) }
        if position == start { throw fault("expected a key") }
        return text.string(start..<position)
    }
}

// MARK: - Values

extension TOMLScan {
    mutating func skipScalar() throws(SettingsFault) {
        for quotes in [#"""""#, "'''"] where text.has(quotes, at: position) {
            return try skipLongString(quotes)
        }
        if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return try skipLineString() }
        let start = position
        skipWord()
        if text.byte(at: position) == UInt8(ascii: " "), position == start + 10,
            text.byte(at: start + 4) == UInt8(ascii: "-"),
            text.byte(at: position + 1)?.isDigit == true
        {
            // A date and a time of day may be parted by a space.
            position += 1
            skipWord()
        }
        guard isScalar(start..<position) else {
            position = start
            throw fault("expected a value")
        }
    }

    private mutating func skipWord() {
        position = text.first(from: position) {
            !($0.isDigit || $0.isLetter || "+-_.:".utf8.contains($0))
        }
    }

    /// Whether `range` can be a boolean, a number or a date.
    private func isScalar(_ range: Range<Int>) -> Bool {
        let word = text.string(range)
        if word == "true" || word == "false" { return true }
        let digits = word.hasPrefix("+") || word.hasPrefix("-") ? word.dropFirst() : word[...]
        return digits == "inf" || digits == "nan" || digits.utf8.first?.isDigit == true
    }

    /// A string on one line.
    private mutating func skipLineString() throws(SettingsFault) {
        let quote = text[position]
        position += 1
        while true {
            position = text.first(from: position) {
                $0 == quote || $0 == .lineFeed || $0 == UInt8(ascii: "\\")
            }
            switch next {
            case quote:
                position += 1
                return
            case UInt8(ascii: "\\"): position += quote == UInt8(ascii: "\"") ? 2 : 1
            default: throw fault("a string without its closing quote")
            }
        }
    }

    /// A string in three quotes, of which up to two more may stand before the closing ones.
    private mutating func skipLongString(_ quotes: String) throws(SettingsFault) {
        let quote = text[position]
        position += 3
        while !text.has(quotes, at: position) {
            guard position < text.count else { throw fault("a string without its closing quotes") }
            let isEscape = next == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"")
            position += isEscape ? 2 : 1
        }
        position += 3
        for _ in 0..<2 where next == quote { position += 1 }
    }
}
