/// The names of tool calls.
package enum ToolCallID {
    /// `id` in the letters every wire takes (`[a-zA-Z0-9_-]`, 1 to 64 of them): itself if it is so
    /// already, else the letters it has and a mark of what was lost. The same answer for the same id.
    package static func sanitized(_ id: String) -> String {
        let isPlain = !id.isEmpty && id.utf8.count <= 64 && id.utf8.allSatisfy(isAllowed)
        if isPlain { return id }
        let kept = String(decoding: id.utf8.filter(isAllowed).prefix(40), as: UTF8.self)
        return "\(kept.isEmpty ? "call" : kept)_\(StableHash.text(id))"
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// A hash that is the same in every run, for names that have to be found again.
enum StableHash {
    /// FNV-1a of the text's UTF-8 with 64 bits, as 13 letters and digits.
    static func text(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 36)
        return String(repeating: "0", count: 13 - digits.count) + digits
    }
}
