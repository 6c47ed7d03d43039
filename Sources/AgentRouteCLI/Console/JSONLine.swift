/// One object on one line, for `--json`: keys in the order given, no space between tokens.
package struct JSONLine: Sendable, Equatable {
    /// A value of a member.
    package indirect enum Value: Sendable, Equatable {
        /// A string.
        case text(String)
        /// A whole number.
        case number(Int)
        /// True or false.
        case flag(Bool)
        /// An array.
        case list([Value])
        /// An object, in order.
        case object([Member])
        /// Null.
        case none

        /// The value on its own, a string without quotes.
        var plain: String {
            if case .text(let text) = self { text } else { JSONLine.text(of: self) }
        }
    }

    /// A key and its value.
    package struct Member: Sendable, Equatable {
        /// The key.
        package let key: String
        /// The value.
        package let value: Value
    }

    /// The object without its line feed.
    package let text: String

    /// The object with these members.
    package init(_ members: KeyValuePairs<String, Value>) {
        self.init(members.map { ($0.key, $0.value) })
    }

    /// The object with these members.
    package init(_ members: [(String, Value)]) {
        text = Self.text(of: .object(members.map { Member(key: $0.0, value: $0.1) }))
    }

    private static func text(of value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .none: "null"
        case .list(let values): "[" + values.map(Self.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { quoted($0.key) + ":" + Self.text(of: $0.value) }.joined(separator: ",")
                + "}"
        }
    }

    /// RFC 8259 section 7: the quotation mark, the backslash and what is below U+0020 are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
