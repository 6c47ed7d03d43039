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

    init(_ name: String) {
        let bare = name.hasPrefix("models/") ? String(name.dropFirst(7)) : name
        self.name = bare
        let words = bare.lowercased().split { $0 == "-" || $0 == "/" }
        isFlash = words.contains("flash")
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
    /// Thinking can be asked for.
    var thinks: Bool { version.map { $0 >= (2, 5) } ?? true }
    /// Thinking is asked for in levels, not in tokens.
    var takesThinkingLevel: Bool { isThirdGeneration }

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
        if tokens <= 0 { return isFlash ? 0 : 128 }
        return min(tokens, isFlash ? 24576 : 32768)
    }
}
