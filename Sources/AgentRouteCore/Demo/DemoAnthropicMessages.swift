import AgentRouteWire

/// The demo model in the Anthropic Messages API.
/// Source: Anthropic's API reference, "Messages" and "Streaming messages".
enum DemoAnthropicMessages: DemoDialect {
    static func read(_ body: JSONValue) throws(DemoRefusal) -> DemoConversation {
        guard let messages = body["messages"]?.array, !messages.isEmpty else {
            throw DemoRefusal("messages: at least one message is required")
        }
        var conversation = DemoConversation()
        conversation.thinks = body["thinking"]?["type"]?.string != "disabled"
        for text in body["system"]?.texts ?? [] { conversation.hear(background: text) }
        for message in messages {
            guard let content = message["content"] else { continue }
            switch message["role"]?.string {
            case "user":
                hear(content, in: &conversation)
            case "system":
                // Claude Code sends its environment this way to models it does not know.
                for text in content.texts { conversation.hear(background: text) }
            default:
                break
            }
        }
        if body["tool_choice"]?["type"]?.string != "none" {
            conversation.tools = (body["tools"]?.array ?? []).compactMap(tool)
        }
        return conversation
    }

    private static func hear(_ content: JSONValue, in conversation: inout DemoConversation) {
        if let text = content.string { return conversation.hear(user: text) }
        for block in content.array ?? [] {
            switch block["type"]?.string {
            case "text":
                if let text = block["text"]?.string { conversation.hear(user: text) }
            case "tool_result":
                let texts = block["content"]?.texts ?? []
                conversation.hear(toolResult: texts.joined(separator: "\n"))
            default:
                break
            }
        }
    }

    /// Server tools have no schema, and a deferred tool is not the model's until a search has named
    /// it.
    private static func tool(_ value: JSONValue) -> DemoTool? {
        guard let name = value["name"]?.string, let schema = value["input_schema"],
            value["defer_loading"]?.bool != true
        else { return nil }
        return DemoTool(name: name, schema: schema)
    }

    static func whole(_ answer: DemoAnswer) -> JSONValue {
        var content: [JSONValue] = []
        if let thinking = answer.script.thinking {
            content.append([
                "type": "thinking", "thinking": .string(thinking), "signature": .string(signature),
            ])
        }
        content.append(["type": "text", "text": .string(answer.script.text)])
        if let call = answer.script.call {
            content.append(toolUse(call, of: answer, input: call.arguments))
        }
        return message(
            answer, content: content, stopReason: .string(stopReason(answer)), usage: usage(answer))
    }

    static func stream(_ answer: DemoAnswer, into timeline: inout DemoTimeline) {
        var writer = BlockWriter(timeline: timeline)
        writer.event(
            "message_start",
            [
                "message": message(
                    answer, content: [], stopReason: .null, usage: usage(answer, output: 1))
            ])
        writer.event("ping", [:])
        if let thinking = answer.script.thinking {
            writer.open(["type": "thinking", "thinking": "", "signature": ""])
            for piece in thinking.demoPieces {
                writer.delta(["type": "thinking_delta", "thinking": .string(String(piece))])
            }
            writer.delta(["type": "signature_delta", "signature": .string(signature)])
            writer.close()
        }
        writer.open(["type": "text", "text": ""])
        for piece in answer.script.text.demoPieces {
            writer.delta(["type": "text_delta", "text": .string(String(piece))])
        }
        writer.close()
        if let call = answer.script.call {
            writer.open(toolUse(call, of: answer, input: [:]))
            for piece in call.argumentText.demoPieces {
                writer.delta(["type": "input_json_delta", "partial_json": .string(String(piece))])
            }
            writer.close()
        }
        writer.event(
            "message_delta",
            [
                "delta": ["stop_reason": .string(stopReason(answer)), "stop_sequence": .null],
                "usage": usage(answer),
            ])
        writer.event("message_stop", [:])
        timeline = writer.timeline
    }

    static func refusal(_ message: String) -> JSONValue {
        ["type": "error", "error": ["type": "invalid_request_error", "message": .string(message)]]
    }

    static func tokenCount(_ count: Int) -> JSONValue {
        ["input_tokens": .count(count)]
    }

    /// Thinking must be signed; nobody checks this one, and the client only carries it.
    private static let signature = "YWdlbnRyb3V0ZSBkZW1v"

    private static func message(
        _ answer: DemoAnswer, content: [JSONValue], stopReason: JSONValue, usage: JSONValue
    ) -> JSONValue {
        [
            "id": .string(answer.identifier("msg_")), "type": "message", "role": "assistant",
            "model": .string(answer.model), "content": .array(content), "stop_reason": stopReason,
            "stop_sequence": .null, "usage": usage,
        ]
    }

    private static func toolUse(
        _ call: DemoCall, of answer: DemoAnswer, input: JSONValue
    ) -> JSONValue {
        [
            "type": "tool_use", "id": .string(answer.identifier("toolu_")),
            "name": .string(call.tool), "input": input,
        ]
    }

    private static func stopReason(_ answer: DemoAnswer) -> String {
        answer.script.call == nil ? "end_turn" : "tool_use"
    }

    private static func usage(_ answer: DemoAnswer, output: Int? = nil) -> JSONValue {
        [
            "input_tokens": .count(answer.usage.input), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0, "output_tokens": .count(output ?? answer.usage.output),
        ]
    }
}

/// Writes the events of one message, and keeps the index of its content blocks.
private struct BlockWriter {
    private(set) var timeline: DemoTimeline
    private var index = 0

    init(timeline: DemoTimeline) {
        self.timeline = timeline
    }

    /// An event, whose `type` repeats its name.
    mutating func event(_ name: StaticString, _ members: JSONValue, paced: Bool = false) {
        let type = JSONMember(key: "type", value: .string(name.description))
        timeline.event(name, .object([type] + (members.object ?? [])), paced: paced)
    }

    mutating func open(_ block: JSONValue) {
        event("content_block_start", ["index": .count(index), "content_block": block])
    }

    mutating func delta(_ delta: JSONValue) {
        event("content_block_delta", ["index": .count(index), "delta": delta], paced: true)
    }

    mutating func close() {
        event("content_block_stop", ["index": .count(index)])
        index += 1
    }
}
