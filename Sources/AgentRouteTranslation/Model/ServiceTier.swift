/// How fast, and at which price, a request is served. Every vendor has words of its own.
///
/// Sources: Anthropic "Service tiers", OpenAI "Priority processing" and "Flex processing", Google
/// "Service tiers" of the Gemini API.
enum ServiceTier: Hashable {
    /// As the account is set up, faster where it has paid for that: Anthropic's and OpenAI's `auto`.
    case automatic
    /// The ordinary one: OpenAI's `default`, Anthropic's `standard_only`, Google's `standard`.
    case standard
    /// Cheaper, when there is time.
    case flex
    /// Faster, for more.
    case priority
    /// Any other word.
    case other

    /// The tier of a vendor's `word`, in a request or in an answer.
    init(_ word: String) {
        let word = word.lowercased()
        let prefix = "service_tier_"
        switch word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : word {
        case "auto", "unspecified": self = .automatic
        case "default", "standard", "standard_only", "on_demand": self = .standard
        case "flex": self = .flex
        case "priority": self = .priority
        default: self = .other
        }
    }

    /// The word for it in a request to a provider of `family`; nil where it has none.
    func request(to family: WireFamily) -> String? {
        switch (self, family) {
        case (.automatic, .openAI), (.automatic, .anthropic): "auto"
        case (.standard, .openAI): "default"
        case (.standard, .anthropic): "standard_only"
        case (.standard, .google): "standard"
        case (.flex, .openAI), (.flex, .google): "flex"
        case (.priority, .openAI), (.priority, .google): "priority"
        // There a request is `auto` that may have the capacity which was paid for.
        case (.priority, .anthropic): "auto"
        case (.flex, .anthropic), (.automatic, .google), (.other, _): nil
        }
    }

    /// The word for it in an answer to a client of `family`; nil where it has none.
    func answer(to family: WireFamily) -> String? {
        switch (self, family) {
        case (.standard, .openAI): "default"
        case (.standard, .anthropic): "standard"
        case (.flex, .openAI): "flex"
        case (.priority, .openAI), (.priority, .anthropic): "priority"
        default: nil
        }
    }

    /// What a provider of `family` is asked for by a client that says `word`; what it has no word for
    /// is noted.
    ///
    /// - Parameter client: Whose word it is: those of its own family are passed as they are.
    static func request(
        _ word: String?, of client: WireFamily, to family: WireFamily, lost: inout Degradations
    ) -> String? {
        guard let word else { return nil }
        if client == family { return word }
        let tier = ServiceTier(word)
        if let known = tier.request(to: family) { return known }
        // What happens anyway is no loss.
        if tier != .automatic { lost.note("service_tier") }
        return nil
    }
}
