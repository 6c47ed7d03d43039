/// What Google's models take, by their names.
///
/// A name without a version is taken for the newest generation where that loses nothing.
/// Sources: Google's guides on thinking, thought signatures, function calling and file input.
struct GeminiModel {
    /// The name without `models/`.
    let name: String
    /// `gemini-2.5-pro` has 2 and 5; nil where the name tells no version.
    private let version: (major: Int, minor: Int)?
    private let isFlash: Bool
    private let isLite: Bool

    init(_ name: String) {
        let bare = name.hasPrefix("models/") ? String(name.dropFirst(7)) : name
        self.name = bare
        let words = bare.lowercased().split { $0 == "-" || $0 == "/" }
        isFlash = words.contains("flash")
        isLite = words.contains("lite")
        version = words.contains("gemini") ? Self.version(words) : nil
    }

    private static func version(_ words: [Substring]) -> (major: Int, minor: Int)? {
        // `gemini-flash-latest` and its kin name whatever is newest.
        if words.last == "latest", !words.contains(where: { $0.first?.isNumber == true }) {
            return (3, 0)
        }
        guard let start = words.firstIndex(of: "gemini"), start + 1 < words.count else {
            return nil
        }
        let numbers = words[start + 1].split(separator: ".").map { Int($0) }
        guard let first = numbers.first, let major = first else { return nil }
        return (major, numbers.count > 1 ? numbers[1] ?? 0 : 0)
    }

    private var isThirdGeneration: Bool { version.map { $0.major >= 3 } ?? true }

    /// The first function call of a step must carry a thought signature.
    var needsSignatures: Bool { version != nil && isThirdGeneration }
    /// Media may be part of a function response.
    var takesMediaInResponses: Bool { version != nil && isThirdGeneration }
    /// The provider's own tools and JSON answers go together with functions.
    var combinesFunctions: Bool { isThirdGeneration }
    /// Files may be anywhere on the web.
    var takesURLs: Bool { version.map { $0 >= (2, 5) } ?? true }
    /// Calls can be held to their schemas where none has to be made.
    var validatesCalls: Bool { version.map { $0 >= (2, 5) } ?? true }
    /// Thinking can be asked for.
    var thinks: Bool { version.map { $0 >= (2, 5) } ?? true }
    /// Thinking is asked for in levels, not in tokens.
    var takesThinkingLevel: Bool { isThirdGeneration }

    /// Thinking cannot be turned off.
    var alwaysThinks: Bool { !isFlash }

    /// The level nearest to `effort`: there are `minimal` for Flash alone, and no `medium` for the
    /// first Pro of the third generation.
    func level(_ effort: String) -> String {
        switch effort {
        case "none", "minimal": isFlash ? "minimal" : "low"
        case "low": "low"
        case "medium": !isFlash && version.map { $0 == (3, 0) } == true ? "high" : "medium"
        default: "high"
        }
    }

    /// The nearest budget there may be. 0 is none; Pro cannot do without.
    func budget(_ tokens: Int) -> Int {
        guard isFlash else { return min(max(tokens, 128), 32768) }
        return tokens <= 0 ? 0 : min(max(tokens, isLite ? 512 : 1), 24576)
    }
}

/// What stands for a thought signature where there is none.
enum GeminiSignature {
    /// What Google documents for calls that no Gemini model made.
    static let standIn = "skip_thought_signature_validator"

    /// Whether `signature` is a stand-in of a client's, Gemini CLI's say, and so no loss.
    static func isStandIn(_ signature: String) -> Bool {
        signature == standIn || signature == "context_engineering_is_the_way_to_go"
    }
}
