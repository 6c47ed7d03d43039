/// A scan of a text whose values nest in brackets, as those of JSON and TOML do: what both have in
/// common. Iterative, so nesting is bounded by the text's length alone.
protocol NestedScan {
    /// The text.
    var text: [UInt8] { get }
    /// The offset of the byte that comes next.
    var position: Int { get set }

    /// Skips what may stand between any two tokens: whitespace and comments.
    mutating func skipTrivia() throws(SettingsFault)

    /// Skips a key with what parts it from its value.
    mutating func skipName() throws(SettingsFault)

    /// Skips a value that is in no brackets.
    mutating func skipScalar() throws(SettingsFault)
}

extension NestedScan {
    /// The byte that comes next; nil at the end.
    var next: UInt8? { text.byte(at: position) }

    /// What is wrong with the byte that comes next.
    func fault(_ reason: String) -> SettingsFault {
        let reason = position < text.count ? reason : "the text ends too early"
        return SettingsFault(.syntax, reason, at: position, in: text)
    }

    /// A value of any kind, however deep: `closers` are the brackets that are still to come.
    mutating func skipValue() throws(SettingsFault) {
        var closers: [UInt8] = []
        repeat {
            if let closer {
                closers.append(closer)
                position += 1
                try skipTrivia()
                if next != closer {
                    if closer == UInt8(ascii: "}") { try skipName() }
                    continue
                }
            } else {
                try skipScalar()
            }
            try moveOn(&closers)
        } while !closers.isEmpty
    }

    /// The bracket that closes the one that opens here, if one does.
    private var closer: UInt8? {
        switch next {
        case UInt8(ascii: "{"): UInt8(ascii: "}")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: nil
        }
    }

    /// From the end of a value to the next one, over the brackets that close between them.
    private mutating func moveOn(_ closers: inout [UInt8]) throws(SettingsFault) {
        while let closer = closers.last {
            try skipTrivia()
            if next == UInt8(ascii: ",") {
                position += 1
                try skipTrivia()
                if next != closer {
                    if closer == UInt8(ascii: "}") { try skipName() }
                    return
                }
            }
            guard next == closer else {
                throw fault(
                    closer == UInt8(ascii: "}") ? "expected ',' or '}'" : "expected ',' or ']'")
            }
            position += 1
            closers.removeLast()
        }
    }
}
