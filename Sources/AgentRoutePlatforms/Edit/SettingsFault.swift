/// Why a settings file is left alone: what is wrong with its text, and where.
package struct SettingsFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of wrong.
    package enum Kind: Sendable, Equatable {
        /// The text is not of the format, or not UTF-8.
        case syntax
        /// The text is of the format, but its root cannot hold keys: an array, a string, ...
        case root
        /// A key on the way holds something that cannot hold further keys.
        case blocked
    }

    /// What kind of wrong.
    package let kind: Kind
    /// The line, from 1; lines end with LF.
    package let line: Int
    /// The character within the line, from 1; a byte order mark counts as none.
    package let column: Int
    /// The fault in plain words, lower case, without a full stop.
    package let reason: String

    /// A fault at the byte `offset` of `text`.
    init(_ kind: Kind, _ reason: String, at offset: Int, in text: [UInt8]) {
        var line = 1
        var column = 1
        for byte in text[..<min(offset, text.count)].dropFirst(text.markLength) {
            if byte == .lineFeed {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Continuation bytes of UTF-8 add no character.
                column += 1
            }
        }
        self.kind = kind
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// The fault with its place, as shown to the user.
    package var description: String { "line \(line), column \(column): \(reason)" }
}
