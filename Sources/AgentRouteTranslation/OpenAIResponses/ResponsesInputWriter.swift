import AgentRouteWire

/// Writes turns as items of `input`. Every call gets its output and every output has its call,
/// since the API refuses a conversation without.
struct ResponsesInputWriter {
    /// The family of the client, whose file ids and opaque blocks these are.
    let family: WireFamily
    private var items: [JSONValue] = []
    /// The parts of the message under way, and its speaker.
    private var parts: [JSONValue] = []
    private var role = "user"
    private var phase: String?
    /// Calls that have no output yet, in order.
    private var open: [ToolCall] = []

    /// A writer for a client of `family`.
    init(family: WireFamily) {
        self.family = family
    }

    /// The items of `turns`.
    mutating func write(_ turns: [Turn], lost: inout Degradations) -> [JSONValue] {
        for turn in turns {
            lost.note("participant_names", unlessNil: turn.name)
            if turn.role == .assistant {
                answerOpenCalls()
                writeAnswer(turn, lost: &lost)
            } else {
                writeInput(turn, lost: &lost)
            }
            endMessage()
        }
        answerOpenCalls()
        return items
    }

    private mutating func endMessage() {
        guard !parts.isEmpty else { return }
        var message = ObjectWriter()
        message.add("type", "message")
        message.add("role", role)
        message.add("content", .array(parts))
        message.add("phase", phase)
        items.append(message.value)
        parts = []
    }

    private mutating func addItem(_ item: JSONValue) {
        endMessage()
        items.append(item)
    }

    // MARK: What the model is told

    private mutating func writeInput(_ turn: Turn, lost: inout Degradations) {
        role =
            switch turn.role {
            case .system: "system"
            case .developer: "developer"
            case .user, .assistant: "user"
            }
        phase = nil
        for block in turn.blocks {
            switch block.content {
            case .toolResult(let result): writeResult(result, lost: &lost)
            case .opaque(let opaque) where isItem(opaque): addItem(opaque.value)
            default: parts += ResponsesContent.encode(block, family: family, lost: &lost)
            }
        }
        // A request for nothing is refused; one for an empty text is not.
        if parts.isEmpty, turn.role == .user, turn.blocks.allSatisfy({ $0.text == "" }) {
            parts.append(ResponsesContent.text(""))
        }
    }

    private mutating func writeResult(_ result: ToolResult, lost: inout Degradations) {
        var content: [JSONValue] = []
        for block in result.content {
            content += ResponsesContent.encode(block, family: family, lost: &lost)
        }
        let id = ToolCallID.sanitized(result.callID)
        guard let place = open.firstIndex(where: { $0.id == id }) else {
            lost.note("tool_result")
            parts.append(ResponsesContent.text("[result of a tool call that is not known: \(id)]"))
            parts += content
            return
        }
        let call = open.remove(at: place)
        if result.isError == true {
            content.insert(ResponsesContent.text("[the tool failed]"), at: 0)
        }
        let texts = content.compactMap { $0["type"] == "input_text" ? $0["text"]?.string : nil }
        addItem(
            output(
                of: call,
                texts.count == content.count
                    ? .string(texts.joined(separator: "\n")) : .array(content)))
    }

    private func output(of call: ToolCall, _ output: JSONValue) -> JSONValue {
        let isCustom = if case .text = call.input { true } else { false }
        return [
            "type": isCustom ? "custom_tool_call_output" : "function_call_output",
            "call_id": .string(call.id), "output": output,
        ]
    }

    private mutating func answerOpenCalls() {
        for call in open { addItem(output(of: call, "no result was given for this call")) }
        open = []
    }

    // MARK: What the model said

    private mutating func writeAnswer(_ turn: Turn, lost: inout Degradations) {
        role = "assistant"
        phase = turn.phase
        for block in turn.blocks {
            switch block.content {
            case .text(let text):
                if !text.isEmpty { parts.append(["type": "output_text", "text": .string(text)]) }
            case .refusal(let text):
                parts.append(["type": "refusal", "refusal": .string(text)])
            case .toolCall(let call): writeCall(call)
            case .reasoning(let reasoning): writeReasoning(reasoning)
            case .opaque(let opaque) where isItem(opaque): addItem(opaque.value)
            default:
                // The model's own messages are text alone: the rest is said in words.
                let notice = ResponsesContent.notice(block, lost: &lost)
                parts.append(["type": "output_text", "text": .string(notice)])
            }
        }
    }

    private mutating func writeCall(_ call: ToolCall) {
        var call = call
        call.id = ToolCallID.sanitized(call.id)
        var item = ObjectWriter()
        switch call.input {
        case .json(let arguments):
            item.add("type", "function_call")
            item.add("call_id", call.id)
            item.add("name", call.name.name)
            item.add("namespace", call.name.namespace)
            item.add("arguments", arguments.isEmpty ? "{}" : arguments)
        case .text(let input):
            item.add("type", "custom_tool_call")
            item.add("call_id", call.id)
            item.add("name", call.name.name)
            item.add("namespace", call.name.namespace)
            item.add("input", input)
        }
        addItem(item.value)
        open.append(call)
    }

    /// The item as the provider sent it, but for `status`, which it gives and does not take.
    private mutating func writeReasoning(_ reasoning: Reasoning) {
        guard case .issued(_, let payload) = reasoning.seal, let members = payload["item"]?.object
        else { return }
        addItem(.object(members.filter { $0.key != "status" && $0.value != .null }))
    }

    /// Whether `opaque` is an item of this wire, for providers that know it.
    private func isItem(_ opaque: OpaqueBlock) -> Bool {
        opaque.family == .openAI && ResponsesItemType.isOpaque(opaque.type)
    }
}
