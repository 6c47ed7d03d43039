import AgentRouteWire

/// Items of the output, as clients get them.
enum ResponsesItems {
    /// The item of a part of a whole answer; nil for what this wire has no item for.
    static func item(_ part: Answer.Part, id: String, request: Conversation) -> JSONValue? {
        switch part {
        case .text(let text, let citations):
            let annotations = citations.map { annotation($0, in: text) }
            return message(
                id: "msg_" + id, status: "completed", parts: [textPart(text, annotations)])
        case .refusal(let text):
            return message(id: "msg_" + id, status: "completed", parts: [refusalPart(text)])
        case .reasoning(let thoughts):
            return reasoning(
                id: "rs_" + id, text: thoughts.text, envelope: thoughts.seal?.envelope)
        case .toolCall(let call): return self.call(call, id: id, request: request)
        case .opaque(let block): return opaque(block, id: id)
        }
    }

    // MARK: Messages and reasoning

    /// A message of the model's.
    static func message(id: String, status: String, parts: [JSONValue]) -> JSONValue {
        [
            "id": .string(id), "type": "message", "status": .string(status), "role": "assistant",
            "content": .array(parts),
        ]
    }

    /// A part of text.
    static func textPart(_ text: String, _ annotations: [JSONValue]) -> JSONValue {
        [
            "type": "output_text", "text": .string(text), "annotations": .array(annotations),
            "logprobs": [],
        ]
    }

    /// A refusal.
    static func refusalPart(_ text: String) -> JSONValue {
        ["type": "refusal", "refusal": .string(text)]
    }

    /// A source of `text`; of all of it where it is not said of which part.
    static func annotation(_ citation: Citation, in text: String) -> JSONValue {
        let range = citation.range ?? 0..<text.unicodeScalars.count
        return [
            "type": "url_citation", "url": .string(citation.url),
            "title": .string(citation.title ?? citation.url),
            "start_index": .number(JSONNumber(range.lowerBound)),
            "end_index": .number(JSONNumber(range.upperBound)),
        ]
    }

    /// Thoughts; `envelope` is what the client has to send back.
    static func reasoning(id: String, text: String, envelope: String?) -> JSONValue {
        var item = ObjectWriter()
        item.add("id", id)
        item.add("type", "reasoning")
        item.add("summary", .array(text.isEmpty ? [] : [summaryPart(text)]))
        item.add("encrypted_content", envelope)
        return item.value
    }

    /// A part of a summary.
    static func summaryPart(_ text: String) -> JSONValue {
        ["type": "summary_text", "text": .string(text)]
    }

    // MARK: Calls

    /// A call: of a tool of this wire's own, of a custom tool, or of a function.
    static func call(_ call: ToolCall, id: String, request: Conversation) -> JSONValue {
        var call = call
        call.id = ToolCallID.sanitized(call.id)
        if let item = ResponsesClientTools.item(for: call, id: id, in: request) { return item }
        var item = ObjectWriter()
        switch call.input {
        case .json(let arguments):
            item.add("id", "fc_" + id)
            item.add("type", "function_call")
            item.add("status", "completed")
            item.add("call_id", call.id)
            item.add("name", call.name.name)
            item.add("namespace", call.name.namespace)
            // Clients parse it: what is empty must be an empty object.
            item.add("arguments", arguments.isEmpty ? "{}" : arguments)
        case .text(let input):
            item.add("id", "ctc_" + id)
            item.add("type", "custom_tool_call")
            item.add("status", "completed")
            item.add("call_id", call.id)
            item.add("name", call.name.name)
            item.add("namespace", call.name.namespace)
            item.add("input", input)
        }
        return item.value
    }

    /// A call as it was when it began: in progress, and `key` still empty.
    static func begun(_ item: JSONValue, emptying key: String? = nil) -> JSONValue {
        .object(
            (item.object ?? []).map { member in
                switch member.key {
                case "status": JSONMember(key: member.key, value: "in_progress")
                case key: JSONMember(key: member.key, value: "")
                default: member
                }
            })
    }

    /// An item of the provider's own, if it is one of this wire. A picture from a chat provider has
    /// no id yet.
    static func opaque(_ block: OpaqueBlock, id: String) -> JSONValue? {
        guard block.family == .openAI, ResponsesItemType.isOpaque(block.type) else { return nil }
        guard block.value["id"] == nil, let members = block.value.object else { return block.value }
        return .object([JSONMember(key: "id", value: .string("ig_" + id))] + members)
    }
}
