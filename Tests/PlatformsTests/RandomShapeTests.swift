import AgentRouteWire
import Testing

@testable import AgentRoutePlatforms

/// Writes JSON objects as careless people do. The same seed writes the same text.
private struct CarelessWriter {
    private var state: UInt64
    private(set) var text = ""

    init(seed: UInt64) {
        state = seed
        space()
        object(depth: 0, keys: ["env", "permissions", "theme", "a", "b", "env"])
        space()
    }

    private mutating func random(_ bound: Int) -> Int {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }

    private mutating func space() {
        let pieces = [
            "", "", " ", "\n", "\n  ", "\t", "\r\n", " // c\n", "/* c, } */", " /**/\n  ", "\n\n",
        ]
        for _ in 0..<random(3) { text += pieces[random(pieces.count)] }
    }

    private mutating func object(depth: Int, keys: [String]) {
        text += "{"
        space()
        let count = random(4)
        for index in 0..<count {
            let key = keys[random(keys.count)]
            text += "\"\(key)\""
            space()
            text += ":"
            space()
            value(depth: depth + 1, of: key)
            space()
            if index + 1 < count || random(4) == 0 { text += "," }
            space()
        }
        text += "}"
    }

    private mutating func value(depth: Int, of key: String) {
        let variables = [
            "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "X", "Y",
            "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
        ]
        if key == "env" && depth == 1 { return object(depth: depth, keys: variables) }
        if key == "permissions" && depth == 1 {
            return object(depth: depth, keys: ["allow", "defaultMode"])
        }
        switch random(depth > 3 ? 3 : 5) {
        case 0: text += "\"http://127.0.0.1:4505\""
        case 1: text += "1.50"
        case 2: text += "\"a \\\" // \\u00e9 }\""
        case 3: object(depth: depth, keys: ["env", "k", "ANTHROPIC_BASE_URL"])
        default:
            text += "["
            space()
            value(depth: depth + 1, of: "")
            space()
            text += "]"
        }
    }
}

@Suite("Settings of every shape")
struct RandomShapeTests {
    @Test(
        "any object is linked, readable and given back, with and without the original",
        arguments: 0..<300)
    func roundTrip(seed: Int) throws {
        let text = CarelessWriter(seed: UInt64(seed)).text
        for keepsOriginal in [true, false] {
            let linking = try Linking(settings: text)
            try linking.link(tune: true)
            let linked = try JSONValue.parse(Array((linking.text ?? "").utf8), comments: true)
            #expect(linked["env"]?["ANTHROPIC_BASE_URL"]?.string == "http://127.0.0.1:4505")
            #expect(linked["permissions"]?["defaultMode"]?.string == "default")
            if !keepsOriginal { try linking.loseOriginal() }
            _ = try linking.platform.unlink()
            #expect(linking.text.map { Array($0.utf8) } == Array(text.utf8), "seed \(seed)")
        }
    }

    @Test("what the user adds meanwhile is all that is left of the time", arguments: 0..<300)
    func editedMeanwhile(seed: Int) throws {
        func edit(_ text: String?) throws -> String {
            var document = try JSONSettings(Array((text ?? "").utf8))
            _ = try document.set(["env", "Z"], to: "\"mine\"")
            _ = try document.set(["added"], to: "[true]")
            return String(decoding: document.text, as: UTF8.self)
        }
        let text = CarelessWriter(seed: UInt64(seed)).text
        let linking = try Linking(settings: text)
        try linking.link(tune: true)
        linking.text = try edit(linking.text)
        _ = try linking.platform.unlink()
        let left = try JSONValue.parse(Array((linking.text ?? "").utf8), comments: true)
        let wanted = try JSONValue.parse(Array(edit(text).utf8), comments: true)
        #expect(left == wanted, "seed \(seed)")
    }
}
