internal import AgentRouteWire

/// A settings file of `NAME=value` lines, as Node's `dotenv` reads them: `export` before the name,
/// three kinds of quotes, values over several lines, comments. Of a name given twice the last counts.
/// A line that is none of these is nobody's business and stays.
struct DotenvSettings: SettingsDocument {
    private(set) var text: [UInt8]
    private let newline: String

    init(_ text: [UInt8]) throws(SettingsFault) {
        try text.checkEncoding()
        self.text = text
        newline = text.newline
    }

    /// `value` as it is written: bare where that is safe, else in the first quotes it has none of.
    static func literal(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { byte in
            byte.isLetter || byte.isDigit || "_-./:@%+,=".utf8.contains(byte)
        }
        if isPlain { return value }
        let quotes = ["\"", "'", "`"]
        let quote = quotes.first { !value.contains($0) } ?? "\""
        return quote + value + quote
    }

    static func string(of literal: String) -> String? {
        guard let quote = literal.utf8.first, "\"'`".utf8.contains(quote),
            literal.utf8.last == quote, literal.utf8.count > 1
        else { return literal }
        return String(literal.dropFirst().dropLast())
    }

    func value(at path: [String]) throws(SettingsFault) -> String? {
        entry(at: path).map { text.string($0.value) }
    }

    /// Replaces the value that counts, or adds a line at the end.
    mutating func set(
        _ path: [String], to value: String
    ) throws(SettingsFault) -> [Container] {
        if let entry = entry(at: path) {
            text.replace(entry.value, with: value)
        } else if text.count == text.markLength {
            text.replace(text.count..<text.count, with: Self.line(path, value) + newline)
        } else {
            text.insertLine(Self.line(path, value), after: text.count, newline: newline)
        }
        return []
    }

    mutating func remove(_ path: [String]) throws(SettingsFault) {
        guard let entry = entry(at: path) else { return }
        text.removeLine(entry.start..<entry.value.upperBound)
    }

    /// There are no containers in this format.
    mutating func restore(_ container: Container) throws(SettingsFault) {}

    private static func line(_ path: [String], _ value: String) -> String {
        path.joined(separator: ".") + "=" + value
    }

    private func entry(at path: [String]) -> DotenvScan.Entry? {
        DotenvScan.entries(of: text).last { [$0.name] == path }
    }
}

/// Finds the variables of a dotenv text.
private struct DotenvScan {
    struct Entry {
        let name: String
        /// Where the line begins, `export` included.
        let start: Int
        /// The value with its quotes.
        let value: Range<Int>
    }

    private let text: [UInt8]
    private var position: Int

    static func entries(of text: [UInt8]) -> [Entry] {
        var scan = DotenvScan(text: text, position: text.markLength)
        var entries: [Entry] = []
        while true {
            scan.position = text.first(from: scan.position) { !$0.isSpace }
            guard scan.position < text.count else { return entries }
            if let entry = scan.entry() { entries.append(entry) }
            scan.position = text.nextLine(after: scan.position)
        }
    }

    /// The variable that begins here, if one does.
    private mutating func entry() -> Entry? {
        let start = position
        if text.has("export", at: position), text.byte(at: position + 6)?.isBlank == true {
            position = text.first(from: position + 6) { !$0.isBlank }
        }
        let nameStart = position
        position = text.first(from: position) {
            !($0.isLetter || $0.isDigit || "_.-".utf8.contains($0))
        }
        let name = text.string(nameStart..<position)
        let sign = text.first(from: position) { !$0.isBlank }
        let isColon = text.byte(at: position) == UInt8(ascii: ":")
        guard !name.isEmpty,
            text.byte(at: sign) == UInt8(ascii: "=")
                || (isColon && text.byte(at: position + 1)?.isSpace == true)
        else { return nil }
        let value = value(from: text.first(from: sign + 1) { !$0.isBlank }, sign: sign)
        position = value.upperBound
        return Entry(name: name, start: start, value: value)
    }

    private func value(from start: Int, sign: Int) -> Range<Int> {
        if let quote = text.byte(at: start), "\"'`".utf8.contains(quote),
            let end = closing(quote, after: start)
        {
            let behind = text.first(from: end) { !$0.isBlank }
            let byte = text.byte(at: behind)
            if byte == nil || byte == UInt8(ascii: "#") || byte?.isSpace == true {
                return start..<end
            }
        }
        let end = text.first(from: start) { $0 == UInt8(ascii: "#") || $0 == .lineFeed }
        let last = text.last(before: end, downTo: sign + 1, skipping: \.isSpace)
        return last > start ? start..<last : last..<last
    }

    /// The offset behind the quote that closes the one at `start`.
    private func closing(_ quote: UInt8, after start: Int) -> Int? {
        var offset = start + 1
        while let byte = text.byte(at: offset) {
            if byte == quote { return offset + 1 }
            offset += byte == UInt8(ascii: "\\") && text.byte(at: offset + 1) == quote ? 2 : 1
        }
        return nil
    }
}
