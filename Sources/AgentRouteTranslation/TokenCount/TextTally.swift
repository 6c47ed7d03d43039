import AgentRouteWire

/// What of a text tokenizers cost by: how often a byte of one class follows one of another, how
/// likely a token ends between them, and the letters of scripts beyond ASCII.
///
/// One pass, no allocation. The same for the same bytes in the same pieces, whatever their order.
struct TextTally {
    /// What a byte is to a tokenizer. The raw value is three bits.
    enum ByteClass: UInt8, CaseIterable {
        case small
        case capital
        case digit
        case mark
        case space
        case newline
        case tab
        case high
    }

    /// Characters beyond ASCII, by what they cost.
    enum Script: Int, CaseIterable {
        case latin
        case greekAndCyrillic
        case semitic
        case indic
        case kana
        case han
        case hangul
        case symbol
        case supplementary
    }

    /// For each pair of classes, the first times eight plus the second: how many pairs of bytes, in
    /// the upper 28 bits, and the sum of their boundaries in 63rds, in the lower 36.
    private var pairs = InlineArray<64, UInt64>(repeating: 0)
    private var scripts = InlineArray<9, Int>(repeating: 0)

    /// How often a byte of `second` followed one of `first`.
    func count(_ first: ByteClass, _ second: ByteClass) -> Double {
        Double(pairs[Self.slot(first, second)] >> 36)
    }

    /// How many tokens are expected to begin at a byte of `second` that follows one of `first`;
    /// both are ASCII.
    func boundaries(_ first: ByteClass, _ second: ByteClass) -> Double {
        Double(pairs[Self.slot(first, second)] & 0xF_FFFF_FFFF) / 63
    }

    /// How many characters of `script` there were.
    func count(_ script: Script) -> Double {
        Double(scripts[script.rawValue])
    }

    private static func slot(_ first: ByteClass, _ second: ByteClass) -> Int {
        Int(first.rawValue) * 8 + Int(second.rawValue)
    }

    /// Adds `text`.
    mutating func add(_ text: String) {
        // SAFETY: the span borrows the string, which outlives the call.
        unsafe add(text.utf8Span.span.bytes)
    }

    /// Adds `text`, which is UTF-8 and begins a line of its own.
    mutating func add(_ text: RawSpan) {
        let classes = Self.classes
        let table = Self.boundaryTable
        var last = UInt8(ascii: "\n")
        var lastClass = Int(ByteClass.newline.rawValue)
        var offset = 0
        while offset < text.byteCount {
            let byte = text.byte(at: offset)
            let byteClass = Int(classes[Int(byte)])
            var step: UInt64 = 1 << 36
            if byte | last < 0x80 { step |= UInt64(table[Int(last) << 7 | Int(byte)]) }
            offset += byte < 0x80 ? 1 : addCharacter(text, at: offset)
            pairs[lastClass << 3 | byteClass] &+= step
            last = byte
            lastClass = byteClass
        }
    }

    /// Adds the character beyond ASCII at `offset`; the number of its bytes.
    @inline(__always)
    private mutating func addCharacter(_ text: RawSpan, at offset: Int) -> Int {
        let lead = text.byte(at: offset)
        let second = offset + 1 < text.byteCount ? text.byte(at: offset + 1) & 0x3F : 0
        switch lead {
        case ..<0xC0:
            return 1
        case ..<0xE0:
            scripts[Self.script(twoBytes: lead).rawValue] &+= 1
            return 2
        case ..<0xF0:
            let page = Int(lead & 0x0F) << 6 | Int(second)
            scripts[Self.script(page: page).rawValue] &+= 1
            return 3
        default:
            scripts[Script.supplementary.rawValue] &+= 1
            return 4
        }
    }

    /// The script of a character below U+0800 by its first byte.
    private static func script(twoBytes lead: UInt8) -> Script {
        switch lead {
        case ..<0xCD: .latin
        case ..<0xD5: .greekAndCyrillic
        default: .semitic
        }
    }

    /// The script of a character from U+0800 on by its upper bits, all but the lowest six.
    private static func script(page: Int) -> Script {
        switch page << 6 {
        case ..<0x0900: .semitic
        case ..<0x1100: .indic
        case ..<0x1E00: .symbol
        case ..<0x2000: .latin
        case ..<0x3040: .symbol
        case ..<0x3100: .kana
        case 0x3400..<0xA000: .han
        case 0xAC00..<0xD7C0: .hangul
        case 0xF900..<0xFB00: .han
        default: .symbol
        }
    }

    private static let classes: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
        let byteClass: ByteClass =
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): .small
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): .capital
            case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
            case UInt8(ascii: " "): .space
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): .newline
            case UInt8(ascii: "\t"): .tab
            case 0x80...: .high
            default: .mark
            }
        return byteClass.rawValue
    }
}
