package import AgentRouteWire

/// Why a model stopped.
package enum StopReason: Hashable, Sendable {
    /// It had said what it had to say.
    case endTurn
    /// It wants tools to be run.
    case toolUse
    /// `maxOutputTokens` were used up.
    case maxTokens
    /// One of the stop sequences came; nil where the wire does not say which.
    case stopSequence(String?)
    /// The model, or its safety check, refused. The wire's own word, `content_filter` say.
    case refusal(String)
    /// The provider paused a long turn (Anthropic's `pause_turn`).
    case pause
    /// The context window is full (Anthropic's `model_context_window_exceeded`).
    case contextWindow
    /// Any other word of the provider's.
    case other(String)

    /// What it is called where it cannot be told: the provider's word, if there is one.
    var word: String {
        switch self {
        case .endTurn: "end_turn"
        case .toolUse: "tool_use"
        case .maxTokens: "max_tokens"
        case .stopSequence: "stop_sequence"
        case .pause: "pause_turn"
        case .contextWindow: "model_context_window_exceeded"
        case .refusal(let word), .other(let word): word
        }
    }

    /// The reason for a wire that tells a refusal by it alone: a turn that ended with one was refused.
    func told(hasRefused: Bool) -> StopReason {
        hasRefused && self == .endTurn ? .refusal("refusal") : self
    }
}

/// What an exchange used. Every count is as the provider gave it, or nil.
package struct Usage: Hashable, Sendable {
    /// All tokens of the prompt, those from the cache and those written to it included.
    package var input: Int?
    /// Those of them that came from the cache.
    package var cacheRead: Int?
    /// Those of them that were written to it.
    package var cacheWrite: Int?
    /// All tokens of the answer, reasoning included.
    package var output: Int?
    /// Those of them that were thoughts.
    package var reasoning: Int?
    /// The prompt's tokens that were sound.
    package var inputAudio: Int?
    /// The answer's tokens that are.
    package var outputAudio: Int?
    /// What it cost, in the provider's currency (OpenRouter's `cost`).
    package var cost: JSONNumber?
    /// The service tier that served it.
    package var serviceTier: String?

    /// Nothing known.
    package init() {}

    /// The prompt's tokens that neither came from the cache nor went into it: Anthropic's
    /// `input_tokens`. Never negative.
    package var uncachedInput: Int {
        max(0, (input ?? 0) - (cacheRead ?? 0) - (cacheWrite ?? 0))
    }

    /// Takes over what `later` knows: a stream gives its counts in several places. Counts that no
    /// answer can have are not believed: sums of them would not fit.
    package mutating func merge(_ later: Usage) {
        input = Self.plausible(later.input) ?? input
        cacheRead = Self.plausible(later.cacheRead) ?? cacheRead
        cacheWrite = Self.plausible(later.cacheWrite) ?? cacheWrite
        output = Self.plausible(later.output) ?? output
        reasoning = Self.plausible(later.reasoning) ?? reasoning
        inputAudio = Self.plausible(later.inputAudio) ?? inputAudio
        outputAudio = Self.plausible(later.outputAudio) ?? outputAudio
        cost = later.cost ?? cost
        serviceTier = later.serviceTier ?? serviceTier
    }

    private static func plausible(_ count: Int?) -> Int? {
        count.flatMap { (0...1 << 48).contains($0) ? $0 : nil }
    }
}

/// A source the model names for a part of its text.
package struct Citation: Hashable, Sendable {
    /// The page.
    package var url: String
    /// Its title.
    package var title: String?
    /// The passage that is cited.
    package var citedText: String?
    /// Which characters of the text it stands for, where the wire says.
    package var range: Range<Int>?

    /// A citation of `url`.
    package init(url: String, title: String? = nil) {
        self.url = url
        self.title = title
    }

    /// The same without a range that no text has.
    var plausible: Citation {
        var result = self
        if let range, range.lowerBound < 0 || range.upperBound > 1 << 48 { result.range = nil }
        return result
    }
}

/// Something the upstream's wire cannot express: it is not sent, and said not to be.
package struct Degradation: Hashable, Sendable {
    /// What it is, by the name most wires give it, in small letters: `top_k`, `cache_control`,
    /// `reasoning`, `tools.web_search`. No comma, no space.
    package let name: String

    /// The loss of `name`.
    package init(_ name: String) {
        self.name = name
    }
}

/// The losses of one request, each name once, in the order they were found.
package struct Degradations: Hashable, Sendable {
    /// The losses.
    package private(set) var list: [Degradation] = []

    /// None.
    package init() {}

    /// Notes the loss of `name`.
    package mutating func note(_ name: String) {
        let loss = Degradation(name)
        if !list.contains(loss) { list.append(loss) }
    }

    /// Notes all that `others` holds.
    package mutating func add(_ others: Degradations) {
        for loss in others.list where !list.contains(loss) { list.append(loss) }
    }

    /// Takes the loss of `name` back: it is made good elsewhere. Answers whether it was noted.
    package mutating func remove(_ name: String) -> Bool {
        guard let place = list.firstIndex(of: Degradation(name)) else { return false }
        list.remove(at: place)
        return true
    }

    /// Notes the loss of `name` if `value` says that something was asked for.
    package mutating func note(_ name: String, unlessNil value: (some Any)?) {
        if value != nil { note(name) }
    }
}
