package import AgentRouteWire

/// A request to a model, in no wire's form: what was said, by whom, and what may be answered.
///
/// A wire's codec decodes a client's body into one and encodes one into a provider's body. Everything
/// a wire can say has one place here; what only its own family knows is in ``extras``.
package struct Conversation: Hashable, Sendable {
    /// The model, as the client named it. Encoders write the upstream's name instead.
    package var model: String
    /// Whether the client wants a stream of events.
    package var streams = false
    /// A chat client's `stream_options.include_usage`: whether its stream ends with a usage chunk.
    package var wantsUsageChunk = false
    /// A chat client that speaks the form of 2023: it reads one call of a function, and no calls of
    /// tools.
    package var readsFunctionCall = false
    /// The system prompt before the first turn: text blocks.
    package var instructions: [Block] = []
    /// What was said, in order.
    package var turns: [Turn] = []
    /// The tools the model may call.
    package var tools: [Tool] = []
    /// Which of them it may or must call; nil leaves it to the provider.
    package var toolChoice: ToolChoice?
    /// Whether several calls may come at once; nil leaves it to the provider.
    package var parallelToolCalls: Bool?
    /// How the next token is chosen.
    package var sampling = Sampling()
    /// The most tokens of the answer.
    package var maxOutputTokens: JSONNumber?
    /// Whether and how much the model thinks first.
    package var reasoning: ReasoningRequest?
    /// The form of the answer; nil for text.
    package var outputFormat: OutputFormat?
    /// OpenAI's `verbosity`: `low`, `medium`, `high`.
    package var verbosity: String?
    /// What kinds of content the answer may hold, `text` and `audio` say; empty for the default.
    package var modalities: [String] = []
    /// Who asks: Anthropic's `metadata.user_id`, OpenAI's `user`.
    package var userID: String?
    /// OpenAI's `safety_identifier`, the newer name of `user` and more than that: both may be given.
    package var safetyIdentifier: String?
    /// OpenAI's `metadata`, and other members of Anthropic's.
    package var metadata: JSONValue?
    /// The service tier, as the client named it; see ``ServiceTier``.
    package var serviceTier: String?
    /// OpenAI's `prompt_cache_key`.
    package var promptCacheKey: String?
    /// OpenAI's `store`.
    package var store: Bool?
    /// Top-level members the client's codec does not know, in their order.
    package var extras: [JSONMember] = []
    /// What turns and tools say that has no place in this model, by the names that losses have: known
    /// to be lost, whatever the provider.
    package var unplaced = Degradations()
    /// The family whose members ``extras`` are.
    package var family: WireFamily

    /// An empty request for `model` from a client of `family`.
    package init(model: String, family: WireFamily) {
        self.model = model
        self.family = family
    }
}

/// Wires of one vendor, among which unknown members keep their meaning.
package enum WireFamily: Hashable, Sendable {
    /// Messages.
    case anthropic
    /// Chat Completions and Responses.
    case openAI
    /// generateContent.
    case google

    /// The family of `wire`.
    package init(_ wire: Wire) {
        switch wire {
        case .anthropicMessages: self = .anthropic
        case .gemini: self = .google
        default: self = .openAI
        }
    }
}

/// One message.
package struct Turn: Hashable, Sendable {
    /// Who speaks.
    package enum Role: Hashable, Sendable {
        /// The person, and the results of tools.
        case user
        /// The model.
        case assistant
        /// Instructions in the middle of a conversation, which keep their place.
        case system
        /// OpenAI's name for the same.
        case developer
    }

    /// Who speaks.
    package var role: Role
    /// What is said.
    package var blocks: [Block]
    /// OpenAI's `name` of a participant.
    package var name: String?
    /// Responses' `phase` of an assistant message (`commentary`, `final_answer`).
    package var phase: String?

    /// A message of these parts.
    package init(_ role: Role, _ blocks: [Block], name: String? = nil) {
        self.role = role
        self.blocks = blocks
        self.name = name
    }
}

/// How the next token is chosen. Numbers are as the client wrote them.
package struct Sampling: Hashable, Sendable {
    /// `temperature`
    package var temperature: JSONNumber?
    /// `top_p`
    package var topP: JSONNumber?
    /// `top_k`
    package var topK: JSONNumber?
    /// Texts that end the answer, in order.
    package var stopSequences: [String] = []
    /// `seed`
    package var seed: JSONNumber?
    /// `presence_penalty`
    package var presencePenalty: JSONNumber?
    /// `frequency_penalty`
    package var frequencyPenalty: JSONNumber?
    /// OpenAI's `logit_bias`.
    package var logitBias: JSONValue?
    /// Whether the probabilities of tokens are wanted.
    package var logprobs: Bool?
    /// Of how many alternatives, too.
    package var topLogprobs: JSONNumber?
    /// How many answers are wanted; nil and 1 are the same.
    package var candidateCount: JSONNumber?

    /// Nothing asked for.
    package init() {}
}

/// Whether and how much the model thinks before it answers.
package struct ReasoningRequest: Hashable, Sendable {
    /// How the wire puts it.
    package enum Mode: Hashable, Sendable {
        /// Only an effort, or nothing at all, is said.
        case unspecified
        /// No thinking: `disabled`, effort `none`, budget 0.
        case off
        /// The model decides: Anthropic's `adaptive`, Gemini's budget -1.
        case adaptive
        /// At most this many tokens: Anthropic's `budget_tokens`, Gemini's `thinkingBudget`.
        case budget(JSONNumber)
    }

    /// How the wire puts it.
    package var mode = Mode.unspecified
    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`, as the client wrote it.
    package var effort: String?
    /// Whether the thoughts are to be shown: Anthropic's `display` (`omitted` is false), Gemini's
    /// `includeThoughts`, OpenRouter's `exclude`; nil if not said.
    package var isShown: Bool?
    /// OpenAI's `summary`: `auto`, `concise`, `detailed`.
    package var summary: String?

    /// A request of these parts.
    package init(mode: Mode = .unspecified, effort: String? = nil) {
        self.mode = mode
        self.effort = effort
    }
}

/// The form of the answer.
package enum OutputFormat: Hashable, Sendable {
    /// Any JSON object.
    case jsonObject
    /// JSON by a schema. `name` and `strict` are OpenAI's.
    case jsonSchema(name: String?, description: String?, schema: JSONValue, strict: Bool?)

    /// The schema, with the description of the format in it; nil if there is none.
    var describedSchema: JSONValue? {
        guard case .jsonSchema(_, let description, let schema, _) = self else { return nil }
        guard let description, schema["description"] == nil else { return schema }
        let member = JSONMember(key: "description", value: .string(description))
        return schema.object.map { .object($0 + [member]) } ?? schema
    }

    /// The wish for this form in words, for a model that cannot be held to it.
    var wish: String {
        guard let schema = describedSchema else {
            return "When you answer the user, answer with one JSON object and nothing else."
        }
        let text = String(decoding: schema.serialized(), as: UTF8.self)
        return "When you answer the user, answer with JSON by this schema and nothing else: \(text)"
    }
}
