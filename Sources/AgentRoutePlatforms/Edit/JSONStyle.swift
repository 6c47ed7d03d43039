/// How a JSON text is laid out, so that what is added looks like what is there.
struct JSONStyle {
    /// How lines end.
    let newline: String
    /// Whether members stand on lines of their own.
    let isBroken: Bool
    /// What each level is indented by; empty where members are not indented.
    let indentation: String
    /// What parts a key from its value.
    let colon: String

    /// The layout of `text` as `root`, its root object, shows it; lines of their own and two spaces
    /// where there is no member to look at.
    init(of root: JSONText.Object?, in text: [UInt8]) {
        newline = text.newline
        guard let root, let first = root.members.first else {
            isBroken = true
            indentation = "  "
            colon = ": "
            return
        }
        let key = first.keyRange.lowerBound
        let space = text.last(before: key, skipping: \.isSpace)..<key
        isBroken = text[space].contains(.lineFeed)
        let outer = text.indentation(of: root.range.lowerBound)
        let inner = text.indentation(of: key)
        let step = inner.hasPrefix(outer) ? String(inner.dropFirst(outer.count)) : inner
        indentation = isBroken ? step : "  "
        let between = text.string(first.keyRange.upperBound..<first.value.lowerBound)
        let isPlain = between.utf8.allSatisfy { $0 == UInt8(ascii: ":") || $0.isBlank }
        colon = isPlain ? between : ": "
    }
}
