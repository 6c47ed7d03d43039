import AgentRouteWire

/// Makes a well-formed answer of what a provider says: one block open at a time, tool calls whole, one
/// end. See ``OutputEvent`` for the order it keeps.
///
/// Text and thoughts leave as they come. A tool call is held until the provider says that it is
/// complete and its arguments parse: what is cut off never leaves (promise 3). Nothing leaves before
/// there is something to say, so that an answer that fails at once can still be an HTTP error.
struct StreamGrammar {
    /// Whether an end has left: nothing more will.
    private(set) var isEnded = false
    /// Whether the first event has left.
    private(set) var isStarted = false
    /// What has been used so far.
    private(set) var usage = Usage()
    /// Why the answer failed.
    private(set) var failure: ProviderFailure?
    /// Blocks that the client's wire has no form for.
    private(set) var lost = Degradations()

    private let rules: GrammarRules
    private var start: AnswerStart
    private var calls: HeldCalls
    /// The block that is open, and whether it has a delta.
    private var open: OutputEvent.BlockKind?
    /// What belongs to the text before it, and may not be the last of the answer.
    private var heldSeal: JSONValue?
    private var nextIndex = 0
    private var callCount = 0
    private var stop: StopReason?

    init(rules: GrammarRules, start: AnswerStart, tools: ToolMap, id: String) {
        self.rules = rules
        self.start = start
        calls = HeldCalls(tools: tools, answerID: id)
    }

    /// Takes what the provider says next and gives what may leave.
    mutating func add(_ event: StreamEvent, to sink: (OutputEvent) -> Void) {
        guard !isEnded else { return }
        switch event {
        case .start(let id, let model): begin(id, model)
        case .text(let piece): grow(.text, piece, sink)
        case .refusal(let piece): grow(.refusal, piece, sink)
        case .reasoning(let piece): if !rules.hidesReasoning { grow(.reasoning, piece, sink) }
        case .blockEnd(let seal): endBlock(seal, sink)
        case .toolCall(let key, let id, let name, let arguments):
            calls.add(key, id: id, name: name, arguments: arguments)
        case .toolCallEnd(let key, let arguments):
            if let call = calls.complete(key, arguments: arguments) { release(call, sink) }
        case .citation(let citation):
            if open == .text { sink(.citation(index: nextIndex, citation.plausible)) }
        case .opaque(let block): pass(block, sink)
        case .usage(let counts): usage.merge(counts)
        case .stop(let reason): stop = reason
        case .end: finish(sink)
        case .failure(let failure): fail(failure, to: sink)
        case .alive: startIfNeeded(sink)
        }
    }

    /// Ends the answer as failed, if it has not ended.
    mutating func fail(_ failure: ProviderFailure, to sink: (OutputEvent) -> Void) {
        guard !isEnded else { return }
        isEnded = true
        self.failure = failure
        sink(.fail(failure))
    }

    private mutating func begin(_ id: String?, _ model: String?) {
        guard !isStarted else { return }
        start.id = start.id ?? id
        if let model, !model.isEmpty { start.model = model }
    }

    private mutating func startIfNeeded(_ sink: (OutputEvent) -> Void) {
        guard !isStarted else { return }
        isStarted = true
        sink(.start(start))
    }

    // MARK: Blocks

    private mutating func grow(
        _ kind: OutputEvent.BlockKind, _ piece: String, _ sink: (OutputEvent) -> Void
    ) {
        guard !piece.isEmpty else { return }
        if open != kind {
            close(nil, sink)
            openBlock(kind, sink)
        }
        sink(.delta(index: nextIndex, piece))
    }

    private mutating func openBlock(
        _ kind: OutputEvent.BlockKind, _ sink: (OutputEvent) -> Void
    ) {
        releaseSeal(sink)
        startIfNeeded(sink)
        open = kind
        sink(.open(index: nextIndex, kind))
    }

    private mutating func close(_ seal: ReasoningSeal?, _ sink: (OutputEvent) -> Void) {
        guard open != nil else { return }
        open = nil
        sink(.close(index: nextIndex, seal: seal))
        nextIndex += 1
    }

    private mutating func endBlock(_ payload: JSONValue?, _ sink: (OutputEvent) -> Void) {
        guard let payload else { return close(nil, sink) }
        if open == .text, !rules.mayEndWithThoughts {
            close(nil, sink)
            heldSeal = payload
            return
        }
        if open != .reasoning {
            close(nil, sink)
            openBlock(.reasoning, sink)
        }
        close(.issued(by: rules.issuer, payload: payload), sink)
    }

    private mutating func releaseSeal(_ sink: (OutputEvent) -> Void) {
        guard let payload = heldSeal else { return }
        heldSeal = nil
        openBlock(.reasoning, sink)
        close(.issued(by: rules.issuer, payload: payload), sink)
    }

    private mutating func pass(_ block: OpaqueBlock, _ sink: (OutputEvent) -> Void) {
        guard block.family == rules.clientFamily else { return lost.note("blocks.\(block.type)") }
        close(nil, sink)
        releaseSeal(sink)
        startIfNeeded(sink)
        sink(.opaque(index: nextIndex, block))
        nextIndex += 1
    }

    private mutating func release(_ call: ToolCall, _ sink: (OutputEvent) -> Void) {
        close(nil, sink)
        releaseSeal(sink)
        startIfNeeded(sink)
        sink(.toolCall(index: nextIndex, call))
        nextIndex += 1
        callCount += 1
    }

    // MARK: The end

    private mutating func finish(_ sink: (OutputEvent) -> Void) {
        close(nil, sink)
        do throws(ProviderFailure) {
            let isWhole = stop.map(Self.saysAll) ?? true
            for call in try calls.rest(isWhole: isWhole) { release(call, sink) }
        } catch {
            return fail(error, to: sink)
        }
        if heldSeal != nil { lost.note("reasoning") }
        startIfNeeded(sink)
        isEnded = true
        sink(.finish(finalStop, usage))
    }

    /// Whether a model that stopped for `reason` has said all it had begun to.
    private static func saysAll(_ reason: StopReason) -> Bool {
        switch reason {
        case .maxTokens, .contextWindow, .refusal, .pause: false
        case .endTurn, .toolUse, .stopSequence, .other: true
        }
    }

    /// The provider's word, unless what left says otherwise.
    private var finalStop: StopReason {
        switch stop {
        case .endTurn, .stopSequence, .other, nil: callCount > 0 ? .toolUse : stop ?? .endTurn
        case .toolUse: callCount > 0 ? .toolUse : .endTurn
        case .maxTokens, .contextWindow, .refusal, .pause: stop ?? .endTurn
        }
    }
}

/// What is the same for a whole answer.
struct GrammarRules {
    /// Who issues its reasoning.
    let issuer: ReasoningIssuer
    /// Whose opaque blocks the client knows.
    let clientFamily: WireFamily
    /// The client does not want to see thoughts; what has to come back still reaches it.
    let hidesReasoning: Bool
    /// Whether an answer may end with hidden thoughts after its text. In the Messages API none does,
    /// and Claude Code takes the last block of an answer for its result.
    let mayEndWithThoughts: Bool
}
