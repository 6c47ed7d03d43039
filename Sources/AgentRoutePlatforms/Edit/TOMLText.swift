internal import AgentRouteWire

/// The outline of a TOML text: its tables and what stands in them, by their places in the text.
///
/// Checks the grammar of keys, strings and brackets (TOML 1.0; line ends within inline tables as in
/// 1.1), and that nothing is defined twice; of numbers and dates only the alphabet.
struct TOMLText {
    /// `key = value`.
    struct Pair {
        /// The key from the root of the text on; in an inline table from the table on.
        let path: [String]
        /// From the key to behind the value.
        let range: Range<Int>
        /// The value.
        let value: Range<Int>
        /// The comma behind the value, in an inline table.
        var comma: Int?
    }

    /// A header with the pairs under it; the first section has none.
    struct Section {
        /// The table the header opens. Elements of an array of tables carry their number.
        let path: [String]
        /// The header with its brackets.
        let header: Range<Int>?
        /// The pairs in their order.
        var pairs: [Pair] = []
    }

    /// The pairs of an inline table.
    struct Inline {
        /// From brace to brace.
        let range: Range<Int>
        /// The pairs in their order.
        let pairs: [Pair]

        /// What stands between the braces.
        var interior: Range<Int> { (range.lowerBound + 1)..<(range.upperBound - 1) }
    }

    /// At least one; in the order of the text.
    private(set) var sections = [Section(path: [], header: nil)]
    /// How many elements each array of tables has.
    private(set) var arrays: [[String]: Int] = [:]

    private var defined: Set<[String]> = []

    /// Reads `text`.
    init(_ text: [UInt8]) throws(SettingsFault) {
        var scan = TOMLScan(text, at: text.markLength)
        while scan.skipToStatement() {
            if text.byte(at: scan.position) == UInt8(ascii: "[") {
                try openSection(&scan)
            } else {
                let pair = try scan.pair()
                let path = (sections.last?.path ?? []) + pair.path
                try define(path, at: pair.range.lowerBound, in: text)
                let absolute = Pair(path: path, range: pair.range, value: pair.value)
                sections[sections.count - 1].pairs.append(absolute)
            }
            try scan.skipLineEnd()
        }
    }

    /// The inline table that begins at `offset` of `text`, or nil if that is another value.
    static func inline(in text: [UInt8], at offset: Int) throws(SettingsFault) -> Inline? {
        guard text.byte(at: offset) == UInt8(ascii: "{") else { return nil }
        var scan = TOMLScan(text, at: offset + 1)
        var pairs: [Pair] = []
        scan.skipTrivia()
        while text.byte(at: scan.position) != UInt8(ascii: "}") {
            var pair = try scan.pair()
            scan.skipTrivia()
            if text.byte(at: scan.position) == UInt8(ascii: ",") {
                pair.comma = scan.position
                scan.position += 1
                scan.skipTrivia()
            }
            pairs.append(pair)
        }
        return Inline(range: offset..<(scan.position + 1), pairs: pairs)
    }

    private mutating func openSection(_ scan: inout TOMLScan) throws(SettingsFault) {
        let start = scan.position
        let (keys, isArray) = try scan.header()
        var path: [String] = []
        for key in keys.dropLast() {
            path.append(key)
            if let count = arrays[path] { path.append(Self.element(count)) }
        }
        path += keys.suffix(1)
        if isArray {
            arrays[path, default: 0] += 1
            path.append(Self.element(arrays[path] ?? 1))
        }
        try define(path, at: start, in: scan.text)
        sections.append(Section(path: path, header: start..<scan.position))
    }

    /// The component that stands for the `number`th element of an array: no key can be the same.
    private static func element(_ number: Int) -> String { "\u{0}\(number)" }

    private mutating func define(
        _ path: [String], at offset: Int, in text: [UInt8]
    ) throws(SettingsFault) {
        guard defined.insert(path).inserted else {
            throw SettingsFault(.syntax, "a key or table given twice", at: offset, in: text)
        }
    }
}
