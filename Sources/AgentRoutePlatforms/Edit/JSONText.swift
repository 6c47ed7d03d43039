/// Finds its way in a JSON text as people write it: with comments, trailing commas and a byte order
/// mark. Builds nothing but what is asked for.
enum JSONText {
    /// A member of an object, by its places in the text.
    struct Member {
        /// The key, escapes undone.
        let key: String
        /// The key with its quotes.
        let keyRange: Range<Int>
        /// The value without what surrounds it.
        let value: Range<Int>
        /// The comma behind the value, if there is one.
        let comma: Int?
    }

    /// An object, by its places in the text.
    struct Object {
        /// From the opening brace to behind the closing one.
        let range: Range<Int>
        /// The members in their order.
        let members: [Member]

        /// What stands between the braces.
        var interior: Range<Int> { (range.lowerBound + 1)..<(range.upperBound - 1) }
    }

    /// Throws unless `text` is one JSON value, or nothing but whitespace.
    static func check(_ text: [UInt8]) throws(SettingsFault) {
        guard let start = try rootStart(of: text) else { return }
        var scan = JSONScan(text, at: start)
        try scan.skipValue()
        try scan.skipTrivia()
        guard scan.position == text.count else { throw scan.fault("text after the JSON value") }
    }

    /// Where the root value begins; nil if `text` is nothing but whitespace.
    static func rootStart(of text: [UInt8]) throws(SettingsFault) -> Int? {
        let content = text.first(from: text.markLength) { !$0.isSpace }
        guard content < text.count else { return nil }
        var scan = JSONScan(text, at: content)
        try scan.skipTrivia()
        return scan.position
    }

    /// The object that begins at `offset` of `text`, or nil if that is a value of another kind.
    static func object(in text: [UInt8], at offset: Int) throws(SettingsFault) -> Object? {
        guard text.byte(at: offset) == UInt8(ascii: "{") else { return nil }
        var scan = JSONScan(text, at: offset + 1)
        var members: [Member] = []
        try scan.skipTrivia()
        while scan.next != UInt8(ascii: "}") {
            members.append(try scan.member())
            try scan.skipTrivia()
        }
        return Object(range: offset..<(scan.position + 1), members: members)
    }

    /// The comments between two tokens.
    struct Comments {
        /// The offset behind the last one; where the search began if there is none.
        var end: Int
        /// Whether the end of its line ends the last one, so that nothing may be put behind it.
        var endWithLine = false
    }

    /// The comments from `offset` on with nothing but `space` between them.
    static func comments(
        in text: [UInt8], from offset: Int, across space: (UInt8) -> Bool
    ) throws(SettingsFault) -> Comments {
        var scan = JSONScan(text, at: offset)
        var comments = Comments(end: offset)
        while true {
            scan.position = text.first(from: scan.position) { !space($0) }
            let isLine = text.has("//", at: scan.position)
            guard try scan.skipComment() else { return comments }
            comments = Comments(end: scan.position, endWithLine: isLine)
        }
    }
}
