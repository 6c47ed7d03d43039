/// A place in a provider's JSON that lies on the way to what ``UsageObserver`` looks for. All
/// wires share the table: no name means two things.
enum UsagePlace {
    /// Outside the JSON text, or in an array around it.
    case document
    /// The outermost object: a chunk, an event, or a whole response.
    case root
    /// `message` of Anthropic's `message_start`, `response` of the Responses API's events.
    case envelope
    /// The usage object, in the root or the envelope.
    case usage
    /// `prompt_tokens_details`, `input_tokens_details`.
    case inputDetails
    /// `completion_tokens_details`, `output_tokens_details`.
    case outputDetails
    /// Gemini's array of candidates.
    case candidates
    /// One of them.
    case candidate

    /// A count in the usage object.
    enum Count {
        case prompt, output, cacheRead, cacheWrite, reasoning
    }

    /// A member worth looking at.
    enum Member {
        case container(UsagePlace)
        case count(Count)
        case type, error, finishReason
    }

    /// Whether the place has members.
    var isObject: Bool {
        self != .document && self != .candidates
    }

    /// What the member `key` of this place is, or nil if it does not matter.
    func member(_ key: RawSpan) -> Member? {
        switch self {
        case .document, .candidates: nil
        case .root: Self.rootMember(key)
        case .envelope: key.equals("usage") ? .container(.usage) : nil
        case .usage: Self.usageMember(key)
        case .inputDetails: key.equals("cached_tokens") ? .count(.cacheRead) : nil
        case .outputDetails: key.equals("reasoning_tokens") ? .count(.reasoning) : nil
        case .candidate: key.equals("finishReason") ? .finishReason : nil
        }
    }

    private static func rootMember(_ key: RawSpan) -> Member? {
        if key.equals("type") { return .type }
        if key.equals("error") { return .error }
        if key.equals("usage") || key.equals("usageMetadata") { return .container(.usage) }
        if key.equals("message") || key.equals("response") { return .container(.envelope) }
        return key.equals("candidates") ? .container(.candidates) : nil
    }

    private static func usageMember(_ key: RawSpan) -> Member? {
        if let count = count(key) { return .count(count) }
        if key.equals("prompt_tokens_details") || key.equals("input_tokens_details") {
            return .container(.inputDetails)
        }
        if key.equals("completion_tokens_details") || key.equals("output_tokens_details") {
            return .container(.outputDetails)
        }
        return nil
    }

    /// The counts that stand in the usage object itself: Anthropic's and the Responses API's
    /// names, Chat Completions', Gemini's.
    private static func count(_ key: RawSpan) -> Count? {
        switch key.byteCount {
        case 12 where key.equals("input_tokens"): .prompt
        case 13 where key.equals("prompt_tokens"): .prompt
        case 16 where key.equals("promptTokenCount"): .prompt
        case 13 where key.equals("output_tokens"): .output
        case 17 where key.equals("completion_tokens"): .output
        case 20 where key.equals("candidatesTokenCount"): .output
        case 23 where key.equals("cache_read_input_tokens"): .cacheRead
        case 23 where key.equals("cachedContentTokenCount"): .cacheRead
        case 27 where key.equals("cache_creation_input_tokens"): .cacheWrite
        case 18 where key.equals("thoughtsTokenCount"): .reasoning
        default: nil
        }
    }
}
