extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    /// A space or a tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// A blank or the end of a line.
    var isSpace: Bool { isBlank || self == .lineFeed || self == .carriageReturn }

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isLetter: Bool { self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z") }

    var isHexDigit: Bool { isDigit || (isLetter && self | 0x20 <= UInt8(ascii: "f")) }
}

/// Questions about the bytes of a settings file. Every offset beyond the end is answered, not trapped.
extension [UInt8] {
    /// The length of the byte order mark at the start: 3 or 0.
    var markLength: Int { starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// The byte at `offset`, or nil beyond either end.
    func byte(at offset: Int) -> UInt8? {
        indices.contains(offset) ? self[offset] : nil
    }

    /// Whether the ASCII text `expected` stands at `offset`.
    func has(_ expected: String, at offset: Int) -> Bool {
        offset <= count && self[offset...].starts(with: expected.utf8)
    }

    /// The bytes of `range` as text; they are UTF-8, which is checked when a document is made.
    func string(_ range: Range<Int>) -> String {
        String(decoding: self[range], as: UTF8.self)
    }

    /// The first offset from `offset` on whose byte `matches`; the end if there is none.
    func first(from offset: Int, where matches: (UInt8) -> Bool) -> Int {
        self[Swift.min(offset, count)...].firstIndex(where: matches) ?? count
    }

    /// The offset behind the last byte before `offset`, down to `floor`, that is not in `class`.
    func last(before offset: Int, downTo floor: Int = 0, skipping class: (UInt8) -> Bool) -> Int {
        var offset = offset
        while offset > floor, `class`(self[offset - 1]) { offset -= 1 }
        return offset
    }

    /// The start of the line `offset` is on, behind a byte order mark.
    func lineStart(of offset: Int) -> Int {
        last(before: offset, downTo: markLength) { $0 != .lineFeed }
    }

    /// The offset behind the line feed that ends the line `offset` is on, or the end.
    func nextLine(after offset: Int) -> Int {
        Swift.min(first(from: offset) { $0 == .lineFeed } + 1, count)
    }

    /// The blanks the line `offset` is on begins with.
    func indentation(of offset: Int) -> String {
        let start = lineStart(of: offset)
        return string(start..<first(from: start) { !$0.isBlank })
    }

    /// How the first line ends, or LF if none does.
    var newline: String {
        let end = first(from: 0) { $0 == .lineFeed }
        return end < count && byte(at: end - 1) == .carriageReturn ? "\r\n" : "\n"
    }

    /// Replaces the bytes of `range` by `text`.
    mutating func replace(_ range: Range<Int>, with text: String) {
        replaceSubrange(range, with: text.utf8)
    }

    /// Puts `line` on a line of its own behind the one `offset` is on. Without a line end there, none
    /// is added at the end either, so that ``removeLine(_:)`` gives back what was.
    mutating func insertLine(_ line: String, after offset: Int, newline: String) {
        let place = nextLine(after: offset)
        let isEnded = byte(at: place - 1) == .lineFeed
        replace(place..<place, with: isEnded ? line + newline : newline + line)
    }

    /// Removes what stands in `range` with the rest of its lines, but for a comment behind it.
    mutating func removeLine(_ range: Range<Int>) {
        var start = lineStart(of: range.lowerBound)
        let behind = first(from: range.upperBound) { !$0.isBlank }
        if byte(at: behind) == UInt8(ascii: "#") { return removeSubrange(start..<behind) }
        let end = nextLine(after: range.upperBound)
        if byte(at: end - 1) != .lineFeed, start > markLength {
            // The last line, which has no end, takes that of the line before with it.
            start -= byte(at: start - 2) == .carriageReturn ? 2 : 1
        }
        removeSubrange(start..<end)
    }

    /// Throws if the bytes are not UTF-8.
    func checkEncoding() throws(SettingsFault) {
        guard String(validating: self, as: UTF8.self) == nil else { return }
        // The valid prefix is found by repair: the first character of its making is the fault.
        var offset = 0
        for character in String(decoding: self, as: UTF8.self).unicodeScalars {
            let length = UTF8.width(character)
            if character == "\u{FFFD}", !has("\u{FFFD}", at: offset) { break }
            offset += length
        }
        throw SettingsFault(.syntax, "the text is not UTF-8", at: offset, in: self)
    }
}
