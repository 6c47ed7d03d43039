import AgentRouteWire

/// Gathers the items of `input` into turns: what the model said, thought and called is one turn,
/// what it was told and answered is one turn. System and developer messages before everything else
/// are the instructions; later ones keep their place.
struct ResponsesInputReader {
    /// The conversation so far.
    var conversation: Conversation
    /// Nothing has been said yet but instructions.
    private var isLeading = true
    /// `call_id`s by the ids of local shell calls, which their outputs may name instead.
    var shellCalls: [String: String] = [:]

    /// A reader that adds to `conversation`.
    init(_ conversation: Conversation) {
        self.conversation = conversation
    }

    /// Adds the next item.
    mutating func read(_ item: RequestReader) throws(RequestFault) {
        let type = try type(of: item)
        switch type {
        case "message": try readMessage(item)
        case "reasoning": try readReasoning(item)
        case "function_call", "custom_tool_call": try readCall(item, type)
        case "function_call_output", "custom_tool_call_output": try readOutput(item, type)
        case "local_shell_call", "shell_call", "apply_patch_call", "tool_search_call",
            "computer_call":
            try readClientCall(item, type)
        case "local_shell_call_output", "shell_call_output", "apply_patch_call_output",
            "tool_search_output", "computer_call_output":
            try readClientOutput(item, type)
        case "agent_message": try readAgentMessage(item)
        case "additional_tools":
            for tool in try item.required("tools").elements() { try addTools(tool) }
        case "configuration_update": try readUpdate(item)
        case "image_generation_call": try readMadeImage(item)
        case "item_reference":
            throw item.fault("refers to an item by id: this gateway keeps no items, send it whole")
        case "compaction_trigger":
            throw item.fault("asks for compaction, which the provider of this model does not have")
        case _ where ResponsesItemType.isOpaque(type):
            let block = OpaqueBlock(family: .openAI, type: type, value: item.value)
            add(
                Block(.opaque(block)),
                to: ResponsesItemType.ofClient.contains(type) ? .user : .assistant)
        default: throw RequestFault(item.path("type"), "is no known type of item: \(type)")
        }
    }

    /// The type, which messages and references may leave out.
    private func type(of item: RequestReader) throws(RequestFault) -> String {
        if let type = try item.string("type") { return type }
        if try item.optional("role") != nil { return "message" }
        if try item.optional("id") != nil { return "item_reference" }
        throw RequestFault(item.path("type"), "is required")
    }

    /// Adds `block` to the turn of `role` under way, or to a new one.
    mutating func add(_ block: Block, to role: Turn.Role) {
        isLeading = false
        if let last = conversation.turns.indices.last, conversation.turns[last].role == role {
            conversation.turns[last].blocks.append(block)
        } else {
            conversation.turns.append(Turn(role, [block]))
        }
    }

    // MARK: Messages

    private mutating func readMessage(_ item: RequestReader) throws(RequestFault) {
        let role = try item.required("role")
        let blocks = try ResponsesContent.decode(try item.required("content"))
        switch try role.string() {
        case "user": for block in blocks { add(block, to: .user) }
        case "assistant": addAnswer(blocks, phase: try item.string("phase"))
        case "system": addInstructions(blocks, .system)
        case "developer": addInstructions(blocks, .developer)
        default: throw role.fault("must be user, assistant, system or developer")
        }
    }

    /// What another agent of the client's says to this one. It may be for the vendor's eyes only.
    private mutating func readAgentMessage(_ item: RequestReader) throws(RequestFault) {
        let author = try item.required("author").string()
        var texts: [Block] = []
        for part in try item.required("content").elements() {
            guard try part.required("type").string() == "input_text" else {
                let block = OpaqueBlock(
                    family: .openAI, type: "agent_message", value: item.value)
                return add(Block(.opaque(block)), to: .user)
            }
            texts.append(.text(try part.required("text").string()))
        }
        add(.text("[message from \(author)]"), to: .user)
        for text in texts { add(text, to: .user) }
    }

    private mutating func addInstructions(_ blocks: [Block], _ role: Turn.Role) {
        // Instructions are text; what is not has its place among the turns.
        if isLeading, blocks.allSatisfy({ $0.text != nil }) {
            conversation.instructions += blocks
        } else {
            isLeading = false
            conversation.turns.append(Turn(role, blocks))
        }
    }

    /// A message of the model's. Messages of different phases are different turns, but a call and
    /// its result are never parted.
    private mutating func addAnswer(_ blocks: [Block], phase: String?) {
        if let last = conversation.turns.last, last.role == .assistant {
            let hasText = last.blocks.contains { $0.text != nil }
            let calls = last.blocks.contains {
                if case .toolCall = $0.content { true } else { false }
            }
            if hasText, !calls, last.phase != phase {
                conversation.turns.append(Turn(.assistant, []))
            }
        }
        for block in blocks { add(block, to: .assistant) }
        if let last = conversation.turns.indices.last, !blocks.isEmpty,
            conversation.turns[last].phase == nil
        {
            conversation.turns[last].phase = phase
        }
    }

    /// A picture that the provider made. No other wire has pictures among the model's own words, so
    /// that it is shown to the model.
    private mutating func readMadeImage(_ item: RequestReader) throws(RequestFault) {
        guard let data = try item.string("result"), !data.isEmpty else { return }
        let format = try item.string("output_format") ?? "png"
        add(.text("[image made by the assistant]"), to: .user)
        add(Block(.image(Media(.base64(data), mediaType: "image/" + format))), to: .user)
    }

    private mutating func readReasoning(_ item: RequestReader) throws(RequestFault) {
        var texts = try texts(item, "summary")
        if texts.isEmpty { texts = try self.texts(item, "content") }
        var reasoning = Reasoning(texts.joined(separator: "\n\n"))
        if let sealed = try item.string("encrypted_content"), !sealed.isEmpty {
            reasoning.seal = ReasoningSeal(envelope: sealed)
        }
        // An item that only its maker could look up says nothing here.
        guard reasoning.seal != nil || !reasoning.text.isEmpty else { return }
        add(Block(.reasoning(reasoning)), to: .assistant)
    }

    private func texts(_ item: RequestReader, _ key: String) throws(RequestFault) -> [String] {
        var texts: [String] = []
        for part in try item.optional(key)?.elements() ?? [] {
            let text = try part.required("text").string()
            if !text.isEmpty { texts.append(text) }
        }
        return texts
    }

    /// An item that changes the settings from here on: the last one counts for this answer.
    private mutating func readUpdate(_ item: RequestReader) throws(RequestFault) {
        if let effort = try item.optional("reasoning")?.string("effort") {
            var reasoning = conversation.reasoning ?? ReasoningRequest()
            reasoning.effort = effort
            reasoning.mode = effort == "none" ? .off : .unspecified
            conversation.reasoning = reasoning
        }
        if let format = try item.optional("text")?.optional("format") {
            conversation.outputFormat = try OpenAIResponsesCodec.format(format)
        }
    }
}
