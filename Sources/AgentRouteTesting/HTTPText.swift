/// A header field as it stood on the wire, without the white space around its value.
package struct HTTPField: Sendable, Equatable, CustomStringConvertible {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var description: String { "\(name): \(value)" }
}

extension [HTTPField] {
    /// The values of every field called `name`, whatever its case.
    package func values(_ name: String) -> [String] {
        let name = name.lowercased()
        return filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The first value of the field called `name`.
    package func value(_ name: String) -> String? { values(name).first }
}

/// Reading of message heads, lenient where a test wants to see what came.
enum HTTPText {
    /// The end of the head that starts at `start`: the index after its empty line.
    static func headEnd(in bytes: [UInt8], from start: Int) -> Int? {
        var matched = 0
        let pattern = Array("\r\n\r\n".utf8)
        for index in bytes.indices.dropFirst(start) {
            if bytes[index] == pattern[matched] {
                matched += 1
                if matched == pattern.count { return index + 1 }
            } else {
                matched = bytes[index] == pattern[0] ? 1 : 0
            }
        }
        return nil
    }

    /// The start line and the fields of `head`.
    static func split(_ head: [UInt8]) -> (startLine: String, fields: [HTTPField]) {
        // Swift takes CR LF for one character: the bytes are split, not the text.
        let lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
            .map { line in String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            }
            .filter { !$0.isEmpty }
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return HTTPField(String(parts[0]), trimmed(value))
        }
        return (lines.first ?? "", fields)
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: isSpace)
        return String(start.reversed().drop(while: isSpace).reversed())
    }
}
