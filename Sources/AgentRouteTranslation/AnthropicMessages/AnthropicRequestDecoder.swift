import AgentRouteWire

/// Reads a client's Messages request.
struct AnthropicRequestDecoder {
    private let request: RequestReader
    private let call: RequestCall

    init(_ body: JSONValue, _ call: RequestCall) {
        request = RequestReader(body)
        self.call = call
    }

    /// The request; throws its first fault.
    func conversation() throws(RequestFault) -> Conversation {
        let model = try request.required("model").string()
        var conversation = Conversation(model: model, family: .anthropic)
        conversation.streams = try request.bool("stream") ?? false
        conversation.maxOutputTokens = try maxTokens()
        if let system = try request.optional("system") {
            conversation.instructions = try AnthropicBlockReader.system(system)
        }
        let messages = try request.required("messages")
        for message in try messages.elements() {
            conversation.turns.append(try Self.turn(message))
        }
        if conversation.turns.isEmpty, !call.countsTokens {
            throw messages.fault("must hold at least one message")
        }
        try addTools(to: &conversation)
        conversation.sampling = try sampling()
        try addReasoning(to: &conversation)
        try addMetadata(to: &conversation)
        conversation.serviceTier = try request.string("service_tier")
        try addCacheMark(to: &conversation)
        conversation.extras += try extras()
        conversation.unplaced.add(AnthropicUnplaced.losses(in: request.value))
        return conversation
    }

    private static func turn(_ message: RequestReader) throws(RequestFault) -> Turn {
        let role = try message.required("role")
        let content = try message.required("content")
        switch try role.string() {
        case "user": return Turn(.user, try AnthropicBlockReader.blocks(content))
        case "assistant": return Turn(.assistant, try AnthropicBlockReader.blocks(content))
        case "system": return Turn(.system, try AnthropicBlockReader.blocks(content))
        case let other: throw role.fault("must be user, assistant or system, not '\(other)'")
        }
    }

    private func maxTokens() throws(RequestFault) -> JSONNumber? {
        let limit =
            call.countsTokens
            ? try request.optional("max_tokens") : try request.required("max_tokens")
        // 0 is a request to fill the prompt cache and generate nothing.
        return try limit?.integer(atLeast: 0)
    }

    private func sampling() throws(RequestFault) -> Sampling {
        var sampling = Sampling()
        sampling.temperature = try request.number("temperature")
        sampling.topP = try request.number("top_p")
        sampling.topK = try request.number("top_k")
        sampling.stopSequences = try request.strings("stop_sequences")
        return sampling
    }

    private func addMetadata(to conversation: inout Conversation) throws(RequestFault) {
        guard let metadata = try request.optional("metadata") else { return }
        conversation.userID = try metadata.string("user_id")
        let others = try metadata.members(except: ["user_id"])
        if !others.isEmpty { conversation.metadata = .object(others) }
    }

    /// A mark on the request as a whole stands for one on the last block that can have one.
    private func addCacheMark(to conversation: inout Conversation) throws(RequestFault) {
        guard let mark = try request.optional("cache_control")?.object() else { return }
        for turn in conversation.turns.indices.reversed() {
            for block in conversation.turns[turn].blocks.indices.reversed() {
                if case .reasoning = conversation.turns[turn].blocks[block].content { continue }
                let own = conversation.turns[turn].blocks[block].cache
                conversation.turns[turn].blocks[block].cache = own ?? mark
                return
            }
        }
    }

    // MARK: Tools

    private func addTools(to conversation: inout Conversation) throws(RequestFault) {
        for tool in try request.optional("tools")?.elements() ?? [] {
            conversation.tools.append(try AnthropicToolReader.tool(tool))
        }
        guard let choice = try request.optional("tool_choice") else { return }
        conversation.toolChoice = try AnthropicToolReader.choice(choice)
        conversation.parallelToolCalls = try choice.bool("disable_parallel_tool_use").map { !$0 }
    }

    // MARK: Thinking and the form of the answer

    private func addReasoning(to conversation: inout Conversation) throws(RequestFault) {
        let config = try request.optional("output_config")
        let effort = try config?.string("effort")
        if let thinking = try request.optional("thinking") {
            conversation.reasoning = try Self.reasoning(thinking, effort: effort)
        } else if effort != nil {
            conversation.reasoning = ReasoningRequest(effort: effort)
        }
        try addTurnEffort(to: &conversation)
        if try request.optional("thinking")?.string("type") == "between_tools" {
            conversation.unplaced.note("thinking.between_tools")
        }
        if conversation.reasoning?.mode == .off, effort != nil {
            conversation.unplaced.note("output_config.effort")
        }
        let older = try request.optional("output_format")
        let format = try config?.optional("format")
        conversation.outputFormat = try (format ?? older).map(Self.format)
        let others = try config?.members(except: ["effort", "format"]) ?? []
        if !others.isEmpty {
            conversation.extras.append(JSONMember(key: "output_config", value: .object(others)))
        }
    }

    /// A system message may set another effort from there on: the last one counts for this answer.
    private func addTurnEffort(to conversation: inout Conversation) throws(RequestFault) {
        for message in try request.required("messages").elements() {
            let config = try message.optional("output_config")
            guard let effort = try config?.string("effort"), conversation.reasoning?.mode != .off
            else { continue }
            var reasoning = conversation.reasoning ?? ReasoningRequest()
            reasoning.effort = effort
            conversation.reasoning = reasoning
        }
    }

    private static func reasoning(
        _ thinking: RequestReader, effort: String?
    ) throws(RequestFault) -> ReasoningRequest {
        let type = try thinking.required("type")
        var reasoning = ReasoningRequest(effort: effort)
        switch try type.string() {
        case "enabled":
            reasoning.mode = .budget(try thinking.required("budget_tokens").integer(atLeast: 1))
        case "adaptive": reasoning.mode = .adaptive
        // Without thoughts the effort is about the length of the answer, and to other wires it would
        // be a request for thoughts. `between_tools` is `disabled` with progress notes.
        case "disabled", "between_tools": return ReasoningRequest(mode: .off)
        case let other:
            throw type.fault("must be enabled, adaptive or disabled, not '\(other)'")
        }
        reasoning.isShown = try thinking.string("display").map { $0 != "omitted" }
        return reasoning
    }

    private static func format(_ format: RequestReader) throws(RequestFault) -> OutputFormat {
        let type = try format.required("type")
        guard try type.string() == "json_schema" else { throw type.fault("must be json_schema") }
        let schema = try format.required("schema").object()
        return .jsonSchema(name: nil, description: nil, schema: schema, strict: nil)
    }

    // MARK: The rest

    /// Top-level members that have a place of their own, or that say nothing of the answer.
    private static let known: Set<String> = [
        "cache_control", "diagnostics", "max_tokens", "messages", "metadata", "model",
        "output_config", "output_format", "service_tier", "stop_sequences", "stream", "system",
        "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
    ]

    private func extras() throws(RequestFault) -> [JSONMember] {
        try request.members(except: Self.known).filter { !Self.saysNothing($0) }
    }

    /// Whether a member asks for what happens anyway.
    private static func saysNothing(_ member: JSONMember) -> Bool {
        switch (member.key, member.value) {
        case (_, .null), (_, .array([])): true
        case ("speed", .string("standard")): true
        case ("context_management", let value): (value["edits"]?.array ?? []).allSatisfy(keepsAll)
        default: false
        }
    }

    /// Claude Code sends this edit with every request.
    private static func keepsAll(_ edit: JSONValue) -> Bool {
        edit["type"]?.string?.hasPrefix("clear_thinking_") == true && edit["keep"] == "all"
    }
}
