import AgentRouteWire

/// Fits a conversation to what an upstream can take, before its codec writes it: everything that is
/// the same for all wires that lack something. What is lost is noted; what a model would miss is told
/// to it in its place.
struct Lowering {
    let upstream: Upstream
    let capabilities: Capabilities
    /// What could not be kept.
    var lost = Degradations()
    /// The tools by the upstream's names.
    var tools = ToolMap()

    init(_ upstream: Upstream) {
        self.upstream = upstream
        capabilities = Capabilities(upstream)
    }

    /// `conversation` as the upstream's codec may write it.
    mutating func lower(_ conversation: Conversation) -> Conversation {
        var result = conversation
        lost.add(conversation.unplaced)
        lowerInstructions(&result)
        lowerExtras(&result)
        lowerTools(&result)
        result.turns = conversation.turns.compactMap { lower($0) }
        lowerToolChoice(&result)
        // Anthropic alone can be asked to read a prompt and to answer nothing.
        if capabilities.family != .anthropic, result.maxOutputTokens?.int == 0 {
            result.maxOutputTokens = JSONNumber(1)
            lost.note("max_tokens")
        }
        notePrefill(result)
        let summary = result.reasoning?.summary
        if upstream.wire != .openAIResponses, summary == "concise" || summary == "detailed" {
            lost.note("reasoning.summary")
        }
        CacheMarks(limit: capabilities.takesCacheControl ? capabilities.maximumCacheMarks : 0)
            .apply(to: &result, lost: &lost)
        return result
    }

    /// Claude Code's first line differs from session to session: before anything else of the prompt, it
    /// would keep every other provider's cache from ever hitting.
    private func lowerInstructions(_ conversation: inout Conversation) {
        guard !capabilities.takesBillingLine else { return }
        conversation.instructions.removeAll(where: isBillingLine)
    }

    private func isBillingLine(_ block: Block) -> Bool {
        block.text?.hasPrefix("x-anthropic-billing-header:") ?? false
    }

    /// Unknown members keep their meaning in their family; OpenRouter's own reach it from any client.
    private mutating func lowerExtras(_ conversation: inout Conversation) {
        guard conversation.family != capabilities.family else { return }
        let routing: Set<String> = [
            "provider", "models", "route", "transforms", "plugins", "preset",
        ]
        conversation.extras.removeAll { extra in
            if upstream.dialect == .openRouter, routing.contains(extra.key) { return false }
            lost.note(extra.key)
            return true
        }
    }

    private mutating func lowerToolChoice(_ conversation: inout Conversation) {
        let names = conversation.tools.map(\.name)
        switch conversation.toolChoice {
        case .tool(let name)?:
            let renamed = tools.upstreamName(name, for: capabilities)
            if names.contains(renamed) {
                conversation.toolChoice = .tool(renamed)
            } else {
                conversation.toolChoice = nil
                lost.note("tool_choice")
            }
        case .allowed(let allowed, let required)?:
            let renamed = allowed.map { tools.upstreamName($0, for: capabilities) }
                .filter(names.contains)
            // Where none of the allowed tools is left, none may be called.
            if renamed.isEmpty { lost.note("tool_choice") }
            conversation.toolChoice =
                renamed.isEmpty ? ToolChoice.none : .allowed(renamed, required: required)
        case .required? where names.isEmpty:
            conversation.toolChoice = nil
            lost.note("tool_choice")
        default: break
        }
        if names.isEmpty {
            conversation.toolChoice = nil
            conversation.parallelToolCalls = nil
        }
    }

    /// Clients of OpenAI's own wires do not expect that an answer of theirs is gone on with.
    private mutating func notePrefill(_ conversation: Conversation) {
        guard capabilities.continuesAnswers == false, conversation.family != .openAI,
            let last = conversation.turns.last, last.role == .assistant,
            last.blocks.last?.text != nil
        else { return }
        lost.note("prefill")
    }

    // MARK: Turns

    private mutating func lower(_ turn: Turn) -> Turn? {
        var result = turn
        result.blocks = turn.blocks.compactMap { lower($0) }
        let isInstruction = turn.role == .system || turn.role == .developer
        if isInstruction, !capabilities.takesBillingLine {
            result.blocks.removeAll(where: isBillingLine)
        }
        if isInstruction, !capabilities.takesSystemTurns {
            result.role = .user
            result.blocks = result.blocks.map { block in
                guard let text = block.text else { return block }
                return .text("<system-reminder>\n\(text)\n</system-reminder>", cache: block.cache)
            }
        }
        // A turn of which nothing is left was one of thoughts alone.
        return result.blocks.isEmpty && !turn.blocks.isEmpty ? nil : result
    }

    private mutating func lower(_ block: Block) -> Block? {
        switch block.content {
        case .text, .refusal, .image, .document, .audio, .video: return block
        case .toolCall(let call): return Block(.toolCall(lower(call)), cache: block.cache)
        case .toolResult(let result):
            return Block(.toolResult(lower(result)), cache: block.cache)
        case .reasoning(let reasoning): return isOurs(reasoning) ? block : nil
        case .toolReference(let reference):
            let name = tools.upstreamName(ofReference: reference)
            if capabilities.takesDeferredTools {
                return Block(.toolReference(name), cache: block.cache)
            }
            return .text("The tool \(name) can be called now.", cache: block.cache)
        case .opaque(let opaque): return lower(opaque, cache: block.cache)
        }
    }

    /// Reasoning is of use to its issuer alone. It is dropped for everyone else and never made text of:
    /// models refuse that, or repeat it.
    private mutating func isOurs(_ reasoning: Reasoning) -> Bool {
        if case .issued(ReasoningIssuer(upstream), _)? = reasoning.seal { return true }
        if reasoning.seal != nil || !reasoning.text.isEmpty { lost.note("reasoning") }
        return false
    }

    private mutating func lower(_ call: ToolCall) -> ToolCall {
        var result = call
        result.id = ToolCallID.sanitized(call.id)
        result.name = tools.upstreamName(call.name, for: capabilities)
        if case .text(let text) = call.input, !capabilities.takesCustomTools {
            let object: JSONValue = ["input": .string(text)]
            result.input = .json(String(decoding: object.serialized(), as: UTF8.self))
        }
        return result
    }

    private mutating func lower(_ result: ToolResult) -> ToolResult {
        var lowered = result
        lowered.callID = ToolCallID.sanitized(result.callID)
        lowered.content = result.content.compactMap { lower($0) }
        if let name = result.name {
            lowered.name = tools.upstreamName(ToolName(name), for: capabilities).name
        }
        return lowered
    }

    /// A block of another family, as a notice of what stood there.
    private mutating func lower(_ opaque: OpaqueBlock, cache: JSONValue?) -> Block? {
        lost.note("blocks.\(opaque.type)")
        return .text(OpaqueNotice.text(opaque), cache: cache)
    }
}
