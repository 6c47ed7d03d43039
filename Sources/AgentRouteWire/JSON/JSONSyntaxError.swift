/// Where and why a text is not JSON.
package struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The offending byte's place in the input, from 0; the input's length where it ended early.
    package let offset: Int
    /// The line, from 1; lines end with LF.
    package let line: Int
    /// The character within the line, from 1.
    package let column: Int
    /// The fault in plain words, lower case, without a full stop.
    package let reason: String

    /// A fault at `offset` of `bytes`. Line and column are counted here, so building one costs a
    /// pass over what precedes the fault.
    @inline(never)
    package init(_ reason: String, at offset: Int, in bytes: RawSpan) {
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.byteCount) {
            let byte = bytes.byte(at: index)
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Continuation bytes of UTF-8 add no character.
                column += 1
            }
        }
        self.offset = offset
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// The fault with its place, as shown to the user.
    package var description: String {
        "line \(line), column \(column): \(reason)"
    }
}
