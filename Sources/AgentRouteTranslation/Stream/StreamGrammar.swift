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
    /// Sources that have come before their text.
    private var heldCitations: [Citation] = []
    /// The next text goes on with none before it.
    private var isSeparated = false
    /// The last kind of text that the client's wire has in one.
    private var joined: OutputEvent.BlockKind?
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
        case .separation:
            close(nil, sink)
            isSeparated = true
        case .citation(let citation):
            cite(citation, sink)
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
        if rules.joinedTexts.contains(kind) { separate(kind, sink) }
        open = kind
        sink(.open(index: nextIndex, kind))
    }

    /// A blank line between two texts, a block of its own: what is told of places in either is true.
    private mutating func separate(
        _ kind: OutputEvent.BlockKind, _ sink: (OutputEvent) -> Void
    ) {
        if let joined, isSeparated || joined != kind {
            sink(.open(index: nextIndex, kind))
            sink(.delta(index: nextIndex, "\n\n"))
            sink(.close(index: nextIndex, seal: nil))
            nextIndex += 1
        }
        joined = kind
        isSeparated = false
    }

    /// A source leaves with its text; places in the client's own documents have no address.
    private mutating func cite(_ citation: Citation, _ sink: (OutputEvent) -> Void) {
        guard !citation.url.isEmpty else { return lost.note("citations") }
        guard open == .text else { return heldCitations.append(citation) }
        sink(.citation(index: nextIndex, citation.plausible))
    }

    private mutating func close(_ seal: ReasoningSeal?, _ sink: (OutputEvent) -> Void) {
        guard open != nil else { return }
        if open == .text {
            for citation in heldCitations { cite(citation, sink) }
            heldCitations.removeAll()
        }
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
        guard let block = rules.adapt(block) else { return lost.note("blocks.\(block.type)") }
        close(nil, sink)
        releaseSeal(sink)
        startIfNeeded(sink)
        sink(.opaque(index: nextIndex, block))
        nextIndex += 1
    }

    private mutating func release(_ call: ToolCall, _ sink: (OutputEvent) -> Void) {
        if let limit = rules.callLimit, callCount >= limit { return lost.note("tool_calls") }
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
        if !heldCitations.isEmpty { lost.note("citations") }
        startIfNeeded(sink)
        isEnded = true
        let reason = finalStop
        if !rules.tells(reason) { lost.note("stop_reason.\(reason.word)") }
        sink(.finish(reason, usage))
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
    /// A block only its own wire knows as the client's wire has it; nil where that has none.
    let adapt: @Sendable (OpaqueBlock) -> OpaqueBlock?
    /// Whether the client's wire has a word for a stop reason.
    let tells: @Sendable (StopReason) -> Bool
    /// The kinds of block whose text the client's wire has in one.
    let joinedTexts: Set<OutputEvent.BlockKind>
    /// How many calls the client's form has room for; nil for any number.
    var callLimit: Int?
    /// The client does not want to see thoughts; what has to come back still reaches it.
    let hidesReasoning: Bool
    /// Whether an answer may end with hidden thoughts after its text. In the Messages API none does,
    /// and Claude Code takes the last block of an answer for its result.
    let mayEndWithThoughts: Bool
}
