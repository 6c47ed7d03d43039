/// What a model of Anthropic's can take, read from its name.
///
/// Names without a version, and those of other makers, are taken for the newest where something is
/// asked for and for the most lenient where something is refused.
///
/// Source: Anthropic's model overview and its guide for migrating between models.
struct AnthropicModel {
    /// How thinking is asked for.
    enum Thinking {
        /// Not at all.
        case none
        /// By a budget of tokens.
        case budget
        /// By `adaptive` and an effort.
        case adaptive
    }

    /// `major * 100 + minor`; nil if the name tells none.
    private let version: Int?
    /// Whether it thinks always, so that `disabled` is refused.
    private let alwaysThinks: Bool

    /// The model called `name`, in any provider's spelling.
    init(_ name: String) {
        let parts = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        version = Self.version(parts)
        alwaysThinks = parts.contains("mythos") || parts.contains("fable")
    }

    /// `claude-3-5-sonnet-20241022`, `claude-sonnet-4-5@20250929`, `anthropic/claude-4.7-opus`: the
    /// first short number after `claude`, and the one right behind it. Long ones are dates.
    private static func version(_ parts: [Substring]) -> Int? {
        guard let claude = parts.firstIndex(of: "claude") else { return nil }
        let rest = parts[(claude + 1)...]
        guard let place = rest.firstIndex(where: { number($0) != nil }),
            let major = number(rest[place])
        else { return nil }
        let next = place + 1 < rest.endIndex ? number(rest[place + 1]) : nil
        return major * 100 + (next ?? 0)
    }

    private static func number(_ part: Substring) -> Int? {
        part.count <= 2 ? Int(part) : nil
    }

    private func isBefore(_ limit: Int) -> Bool {
        version.map { $0 < limit } ?? false
    }

    /// The tokens to allow for an answer when the client does not say: the wire has to be told.
    var defaultMaxTokens: Int {
        if isBefore(305) { return 4096 }
        return isBefore(307) ? 8192 : 32000
    }

    /// How thinking is asked for.
    var thinking: Thinking {
        if isBefore(307) { return .none }
        return isBefore(406) ? .budget : .adaptive
    }

    /// Whether thinking can be, and has to be, turned off in so many words.
    var takesDisabledThinking: Bool { thinking == .adaptive && !alwaysThinks }

    /// Whether `xhigh` is one of its efforts.
    var takesExtraHighEffort: Bool { !isBefore(407) }

    /// Whether `temperature`, `top_p` and `top_k` are taken at all.
    var takesSampling: Bool { version.map { $0 < 407 } ?? true }

    /// Whether `temperature` and `top_p` are taken together.
    var takesTemperatureWithTopP: Bool { version.map { $0 < 401 } ?? true }

    /// Whether the conversation may end with the model's own words.
    var takesPrefill: Bool { version.map { $0 < 406 } ?? true }

    /// Whether answers and tool calls can be held to a schema.
    var takesSchemas: Bool { !isBefore(401) }
}
