package import AgentRouteWire

/// What a provider's answer says, piece by piece, in no wire's form.
///
/// Decoders produce these in whatever order the provider speaks; ``StreamGrammar`` makes well-formed
/// ``OutputEvent``s of them. A whole answer decodes to the same events as a stream.
package enum StreamEvent: Hashable, Sendable {
    /// The provider has begun. Repeats are harmless: the first id and model count.
    case start(id: String?, model: String?)
    /// A piece of text.
    case text(String)
    /// A piece of a refusal, where the wire keeps it apart from the text.
    case refusal(String)
    /// A piece of the model's thoughts.
    case reasoning(String)
    /// The text or the thoughts under way are complete. `seal` is what has to go back to the provider
    /// with them; without thoughts under way it makes a block of its own, with no text. What comes next
    /// is a new block.
    case blockEnd(seal: JSONValue?)
    /// A tool call begins or goes on. `key` tells calls apart for as long as they are open; a new `id`
    /// that is neither empty nor the one `key` stands for begins another call. `name` counts once;
    /// `arguments` is appended.
    case toolCall(key: Int, id: String?, name: String?, arguments: String?)
    /// The call is complete: it may be released. `arguments`, if given, is the whole of them.
    case toolCallEnd(key: Int, arguments: String?)
    /// The next text is one of its own and goes on with none before it: where a wire has all text in
    /// one, a blank line parts the two.
    case separation
    /// A source for the text under way; where none is, for the next one. Without an address it is
    /// known to be lost.
    case citation(Citation)
    /// A block only the provider's own wire knows: a web search it made, say. Passed on to clients of
    /// the same family, left out for others.
    case opaque(OpaqueBlock)
    /// What has been used so far; later counts win.
    case usage(Usage)
    /// Why the model stopped. The answer is complete but for usage.
    case stop(StopReason)
    /// The wire's last event.
    case end
    /// The provider reports a failure.
    case failure(ProviderFailure)
    /// The provider is alive and says nothing: a comment, a ping.
    case alive
}

/// What leaves for the client: a well-formed sequence, one block open at a time, indexes rising from
/// 0 without a gap, exactly one ``finish`` or ``fail`` at the end and nothing after it.
///
///     start (open delta* citation* close | toolCall | opaque)* (finish | fail)
///
/// ``fail`` may also come where a block is open, or before anything else.
package enum OutputEvent: Hashable, Sendable {
    /// The kinds of block that grow.
    package enum BlockKind: Hashable, Sendable {
        /// Text.
        case text
        /// A refusal.
        case refusal
        /// Thoughts.
        case reasoning
    }

    /// The first event, always.
    case start(AnswerStart)
    /// A block begins.
    case open(index: Int, BlockKind)
    /// It grows. Never empty.
    case delta(index: Int, String)
    /// A source for the open text.
    case citation(index: Int, Citation)
    /// It is complete. Only thoughts have a seal; a block without a delta is one of hidden thoughts.
    case close(index: Int, seal: ReasoningSeal?)
    /// A whole tool call: its arguments parse, its name is the client's.
    case toolCall(index: Int, ToolCall)
    /// A block of the client's own family.
    case opaque(index: Int, OpaqueBlock)
    /// The answer is complete.
    case finish(StopReason, Usage)
    /// The answer is not, and will not be.
    case fail(ProviderFailure)
}

/// What is known when an answer begins.
package struct AnswerStart: Hashable, Sendable {
    /// The provider's id of the answer; nil where it has none. Encoders put it in their wire's form.
    package var id: String?
    /// The model that answers, as the provider names it, else as it was asked for.
    package var model: String
    /// About how many tokens the prompt has; nil if not counted.
    package var inputEstimate: Int?

    /// A beginning.
    package init(id: String?, model: String, inputEstimate: Int? = nil) {
        self.id = id
        self.model = model
        self.inputEstimate = inputEstimate
    }
}
