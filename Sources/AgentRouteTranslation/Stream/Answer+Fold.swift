/// A whole answer: a stream, folded.
package struct Answer: Hashable, Sendable {
    /// A part of it.
    package enum Part: Hashable, Sendable {
        /// Text, with its sources.
        case text(String, [Citation])
        /// A refusal.
        case refusal(String)
        /// Thoughts.
        case reasoning(Reasoning)
        /// A tool call.
        case toolCall(ToolCall)
        /// A block of the client's own family.
        case opaque(OpaqueBlock)
    }

    /// How it began.
    package var start: AnswerStart
    /// Its parts, in order.
    package var parts: [Part] = []
    /// Why it stopped.
    package var stop = StopReason.endTurn
    /// What it used.
    package var usage = Usage()

    /// Whether a refusal is among the parts.
    var hasRefused: Bool {
        parts.contains { if case .refusal = $0 { true } else { false } }
    }
}

/// Folds the events of one answer.
package struct AnswerFold {
    /// The answer so far; nil before its start.
    private var answer: Answer?
    private var kind = OutputEvent.BlockKind.text
    private var text = ""
    private var citations: [Citation] = []
    /// How it ended; nil while it has not.
    private var end: Result<Void, ProviderFailure>?

    /// Nothing yet.
    package init() {}

    /// The answer, or why there is none; nil while it is not finished.
    package var result: Result<Answer, ProviderFailure>? {
        switch end {
        case nil: nil
        case .failure(let failure): .failure(failure)
        case .success: answer.map { .success($0) }
        }
    }

    /// Adds the next event.
    package mutating func add(_ event: OutputEvent) {
        switch event {
        case .start(let start): answer = Answer(start: start)
        case .open(_, let kind):
            self.kind = kind
            text = ""
            citations = []
        case .delta(_, let piece): text += piece
        case .citation(_, let citation): citations.append(citation)
        case .close(_, let seal):
            let part = part(seal)
            answer?.parts.append(part)
        case .toolCall(_, let call): answer?.parts.append(.toolCall(call))
        case .opaque(_, let block): answer?.parts.append(.opaque(block))
        case .finish(let stop, let usage):
            answer?.stop = stop
            answer?.usage = usage
            end = .success(())
        case .fail(let failure): end = .failure(failure)
        }
    }

    private func part(_ seal: ReasoningSeal?) -> Answer.Part {
        switch kind {
        case .text: .text(text, citations)
        case .refusal: .refusal(text)
        case .reasoning: .reasoning(Reasoning(text, seal: seal))
        }
    }
}
