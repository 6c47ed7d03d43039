internal import AgentRouteWire

/// A settings file in TOML.
///
/// A new key of the root comes before the first table, a new key of a table last in it, and a new
/// table last in the text. Tables written inline or with dotted keys grow the way they are written.
struct TOMLSettings: SettingsDocument {
    private(set) var text: [UInt8]
    private let newline: String

    init(_ text: [UInt8]) throws(SettingsFault) {
        try text.checkEncoding()
        _ = try TOMLText(text)
        self.text = text
        newline = text.newline
    }

    /// `value`, a string, number or boolean, as it is written in TOML: JSON's spelling of these is
    /// also TOML's.
    static func literal(_ value: JSONValue) -> String { JSONSettings.literal(value) }

    static func string(of literal: String) -> String? {
        for quotes in [#"""""#, "'''"] where literal.hasPrefix(quotes) { return nil }
        if literal.hasPrefix("'"), literal.count >= 2 {
            return String(literal.dropFirst().dropLast())
        }
        return JSONSettings.string(of: literal)
    }

    /// Whether `byte` may stand in a key without quotes.
    static func isBare(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    func value(at path: [String]) throws(SettingsFault) -> String? {
        switch try place(of: path, in: TOMLText(text)) {
        case .value(let range): text.string(range)
        case .member(let index, let table): text.string(table.pairs[index].value)
        case .inline, .absent: nil
        }
    }

    mutating func set(
        _ path: [String], to value: String
    ) throws(SettingsFault) -> [Container] {
        let outline = try TOMLText(text)
        switch try place(of: path, in: outline) {
        case .value(let range): text.replace(range, with: value)
        case .member(let index, let table): text.replace(table.pairs[index].value, with: value)
        case .inline(let table, let key):
            let container = Container(
                path: path.dropLast(key.count), interior: text.string(table.interior))
            insert(Self.key(key) + " = " + value, into: table)
            return table.pairs.isEmpty && !table.interior.isEmpty ? [container] : []
        case .absent: return insert(path, value, into: outline)
        }
        return []
    }

    mutating func remove(_ path: [String]) throws(SettingsFault) {
        let outline = try TOMLText(text)
        switch try place(of: path, in: outline) {
        case .absent, .inline: return
        case .member(let index, let table): remove(index, from: table)
        case .value:
            for section in outline.sections {
                guard let pair = section.pairs.first(where: { $0.path == path }) else { continue }
                let isOnlyOfRoot = section.header == nil && section.pairs.count == 1
                text.removeLine(pair.range)
                if isOnlyOfRoot { removeBlankLine(at: pair.range.lowerBound) }
            }
        }
    }

    mutating func restore(_ container: Container) throws(SettingsFault) {
        let outline = try TOMLText(text)
        if let interior = container.interior {
            guard case .value(let range) = try place(of: container.path, in: outline),
                let table = try TOMLText.inline(in: text, at: range.lowerBound),
                table.interior.isEmpty
            else { return }
            text.replace(table.interior, with: interior)
        } else if let section = outline.sections.first(where: { $0.path == container.path }),
            let header = section.header, section.pairs.isEmpty
        {
            let line = text.lineStart(of: header.lowerBound)
            let before = text.lineStart(of: max(line - 1, 0))
            let isBlank = text[before..<line].allSatisfy(\.isSpace)
            text.removeLine((isBlank ? before : line)..<header.upperBound)
        }
    }
}

// MARK: - Finding

extension TOMLSettings {
    /// Where a key is, or would be.
    private enum Place {
        /// The value of a pair on its own line.
        case value(Range<Int>)
        /// The pair of that number in an inline table.
        case member(Int, TOMLText.Inline)
        /// Not there; the inline table must take it, under this key.
        case inline(TOMLText.Inline, key: [String])
        /// Not there, and no inline table on the way.
        case absent
    }

    private func place(
        of path: [String], in outline: TOMLText
    ) throws(SettingsFault) -> Place {
        for length in 1...max(path.count, 1) where outline.arrays[Array(path.prefix(length))] != nil
        {
            throw blocked(path.prefix(length), "is an array of tables", at: 0)
        }
        for section in outline.sections {
            if let header = section.header, section.path.starts(with: path) {
                throw blocked(path[...], "is a table", at: header.lowerBound)
            }
            for pair in section.pairs {
                if let place = try place(of: path, in: pair) { return place }
            }
        }
        return .absent
    }

    /// Where `path` is if `pair` decides that.
    private func place(
        of path: [String], in pair: TOMLText.Pair
    ) throws(SettingsFault) -> Place? {
        if pair.path == path { return .value(pair.value) }
        if pair.path.starts(with: path) {
            throw blocked(path[...], "is a table", at: pair.range.lowerBound)
        }
        guard path.starts(with: pair.path) else { return nil }
        guard let table = try TOMLText.inline(in: text, at: pair.value.lowerBound) else {
            throw blocked(pair.path[...], "must be a table", at: pair.value.lowerBound)
        }
        let rest = Array(path.dropFirst(pair.path.count))
        for (index, member) in table.pairs.enumerated() {
            switch try place(of: rest, in: member) {
            case .value: return .member(index, table)
            case let found?: return found
            case nil: continue
            }
        }
        return .inline(table, key: rest)
    }

    private func blocked(
        _ path: ArraySlice<String>, _ reason: String, at offset: Int
    ) -> SettingsFault {
        SettingsFault(.blocked, "\(Self.key(Array(path))) \(reason)", at: offset, in: text)
    }

    /// `path` as a key of a TOML text.
    private static func key(_ path: [String]) -> String {
        path.map { key in
            key.isEmpty || !key.utf8.allSatisfy(isBare) ? literal(.string(key)) : key
        }
        .joined(separator: ".")
    }
}

// MARK: - Editing

extension TOMLSettings {
    private mutating func insert(
        _ path: [String], _ value: String, into outline: TOMLText
    ) -> [Container] {
        let parent = Array(path.dropLast())
        if parent.isEmpty {
            insertIntoRoot(Self.key(path) + " = " + value, outline.sections[0])
            return []
        }
        let line = Self.key(path.suffix(1)) + " = " + value
        for section in outline.sections where section.path == parent {
            let last = section.pairs.last?.range ?? section.header ?? 0..<0
            let indentation = text.indentation(of: last.lowerBound)
            text.insertLine(indentation + line, after: last.upperBound, newline: newline)
            return []
        }
        for section in outline.sections where section.path.count < parent.count {
            // A table made of dotted keys cannot have a header besides.
            guard let pair = section.pairs.last(where: { $0.path.starts(with: parent) }) else {
                continue
            }
            let key = Self.key(Array(path.dropFirst(section.path.count)))
            let indentation = text.indentation(of: pair.range.lowerBound)
            text.insertLine(
                indentation + key + " = " + value, after: pair.range.upperBound, newline: newline)
            return []
        }
        appendTable(parent, line)
        return [Container(path: parent, interior: nil)]
    }

    /// Adds a table at the end, an empty line before it, with one pair.
    private mutating func appendTable(_ path: [String], _ line: String) {
        let isEnded = text.count == text.markLength || text.last == .lineFeed
        let lead = text.count == text.markLength ? "" : isEnded ? newline : newline + newline
        let header = "[" + Self.key(path) + "]" + newline + line
        text.replace(text.count..<text.count, with: lead + header + (isEnded ? newline : ""))
    }

    /// Adds a pair before the first table. The first pair of a root comes behind a comment that
    /// stands for itself, and with an empty line behind it if anything follows.
    private mutating func insertIntoRoot(_ line: String, _ root: TOMLText.Section) {
        if let last = root.pairs.last {
            text.insertLine(line, after: last.range.upperBound, newline: newline)
            return
        }
        var place = text.markLength
        while text.byte(at: text.first(from: place) { !$0.isBlank }) == UInt8(ascii: "#"),
            place < text.count
        {
            place = text.nextLine(after: place)
        }
        let content = text.first(from: place) { !$0.isBlank }
        if place == text.count, place > text.markLength, text.last != .lineFeed {
            return text.insertLine(line, after: place, newline: newline)
        }
        if text.byte(at: content)?.isSpace == true, place > text.markLength {
            place = text.nextLine(after: place)
        } else if place < text.count {
            // The comment belongs to what follows it.
            place = text.markLength
        }
        let gap = place < text.count ? newline : ""
        text.replace(place..<place, with: line + newline + gap)
    }

    private mutating func removeBlankLine(at offset: Int) {
        let end = text.nextLine(after: min(offset, text.count))
        let start = text.lineStart(of: min(offset, text.count))
        if text[start..<end].allSatisfy(\.isSpace) { text.removeSubrange(start..<end) }
    }

    private mutating func insert(_ pair: String, into table: TOMLText.Inline) {
        if let last = table.pairs.last {
            let comma = last.comma.map { $0 + 1 }
            let place = comma ?? last.value.upperBound
            text.replace(place..<place, with: comma == nil ? ", " + pair : " " + pair + ",")
        } else {
            text.replace(table.interior, with: " " + pair + " ")
        }
    }

    private mutating func remove(_ index: Int, from table: TOMLText.Inline) {
        let pair = table.pairs[index]
        if index > 0 {
            let previous = table.pairs[index - 1]
            let isTrailing = index == table.pairs.count - 1 && pair.comma != nil
            let start =
                (isTrailing ? previous.comma.map { $0 + 1 } : nil) ?? previous.value.upperBound
            let end = (isTrailing ? pair.comma.map { $0 + 1 } : nil) ?? pair.value.upperBound
            text.removeSubrange(start..<end)
        } else if table.pairs.count > 1 {
            text.removeSubrange(pair.range.lowerBound..<table.pairs[1].range.lowerBound)
        } else {
            text.removeSubrange(table.interior)
        }
    }
}
