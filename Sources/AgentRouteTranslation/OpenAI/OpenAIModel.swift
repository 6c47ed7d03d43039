/// What can be told of a model by OpenAI's way of naming them, with or without a vendor in front.
///
/// Source: OpenAI "Reasoning" and "Models", which say what each takes.
enum OpenAIModel: Hashable {
    /// `o1`, `o3-mini`, `o4-mini`.
    case oSeries
    /// `codex-mini-latest`.
    case codex
    /// `gpt-5.2` is 5 and 2. `isChat` is `gpt-5-chat`, which does not reason.
    case gpt(major: Int, minor: Int, isChat: Bool)
    /// Of another maker, or not told by its name.
    case other

    /// The model called `name`.
    init(_ name: String) {
        var name = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasPrefix("ft:") { name.removeFirst(3) }
        if name.hasPrefix("codex-") {
            self = .codex
        } else if name.hasPrefix("o"), name.dropFirst().first?.isWholeNumber == true {
            self = .oSeries
        } else if name.hasPrefix("gpt-") || name.hasPrefix("chatgpt-") {
            self = Self.gpt(name)
        } else {
            self = .other
        }
    }

    private static func gpt(_ name: String) -> OpenAIModel {
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        let version = words[1].split(separator: ".")
        guard let first = version.first, let major = Int(first.prefix { $0.isWholeNumber }) else {
            return .other
        }
        let minor = version.count > 1 ? Int(version[1].prefix { $0.isWholeNumber }) ?? 0 : 0
        return .gpt(major: major, minor: minor, isChat: words.count > 2 && words[2] == "chat")
    }

    /// Whether it takes `max_completion_tokens` and not `max_tokens`.
    var namesCompletionTokens: Bool {
        switch self {
        case .oSeries, .codex: true
        case .gpt(let major, _, _): major >= 5
        case .other: false
        }
    }

    /// Whether it thinks first, and takes no sampling parameters for it.
    var isReasoning: Bool {
        switch self {
        case .oSeries, .codex: true
        case .gpt(let major, _, let isChat): major >= 5 && !isChat
        case .other: false
        }
    }

    /// Whether it may be asked for an effort. Of other makers' models that is not known: it is
    /// tried.
    var takesEffort: Bool { isReasoning || self == .other }

    /// The word nearest to `effort` that it takes; nil if it has none.
    func effort(nearest effort: String) -> String? {
        let (major, minor) = version
        switch effort {
        case "none":
            if self == .oSeries || self == .codex || self == .other { return nil }
            return major == 5 && minor == 0 ? "minimal" : "none"
        case "minimal": return major == 5 && minor == 0 ? "minimal" : "low"
        case "xhigh", "max": return major > 5 || (major == 5 && minor >= 2) ? "xhigh" : "high"
        default: return effort
        }
    }

    private var version: (major: Int, minor: Int) {
        if case .gpt(let major, let minor, _) = self { (major, minor) } else { (0, 0) }
    }
}
