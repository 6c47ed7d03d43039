import AgentRouteWire

/// The demo model in OpenAI's Responses API.
/// Source: OpenAI's API reference, "Responses" and its streaming events.
enum DemoOpenAIResponses: DemoDialect {
    static func read(_ body: JSONValue) throws(DemoRefusal) -> DemoConversation {
        guard let input = body["input"], input.string != nil || input.array != nil else {
            throw DemoRefusal("Missing required parameter: 'input'.")
        }
        var conversation = DemoConversation()
        conversation.thinks = body["reasoning"]?["effort"]?.string != "none"
        conversation.hear(background: body["instructions"]?.string ?? "")
        if let text = input.string { conversation.hear(user: text) }
        for item in input.array ?? [] { hear(item, in: &conversation) }
        if body["tool_choice"]?.string != "none" {
            conversation.tools = (body["tools"]?.array ?? []).compactMap { tool in
                guard tool["type"]?.string == "function", let name = tool["name"]?.string else {
                    return nil
                }
                return DemoTool(name: name, schema: tool["parameters"] ?? [:])
            }
        }
        return conversation
    }

    private static func hear(_ item: JSONValue, in conversation: inout DemoConversation) {
        switch item["type"]?.string ?? "message" {
        case "message":
            let texts = item["content"]?.texts ?? []
            switch item["role"]?.string {
            case "user": for text in texts { conversation.hear(user: text) }
            case "system", "developer": for text in texts { conversation.hear(background: text) }
            default: break
            }
        case "function_call_output":
            let texts = item["output"]?.texts ?? []
            conversation.hear(toolResult: texts.joined(separator: "\n"))
        default:
            break
        }
    }

    static func whole(_ answer: DemoAnswer) -> JSONValue {
        var output: [JSONValue] = []
        if let thinking = answer.script.thinking {
            output.append(reasoning(answer, summary: [summaryPart(thinking)]))
        }
        output.append(message(answer, "completed", content: [textPart(answer.script.text)]))
        if let call = answer.script.call {
            output.append(functionCall(call, of: answer, "completed", arguments: call.argumentText))
        }
        return response(answer, "completed", output: output, usage: usage(answer))
    }

    static func stream(_ answer: DemoAnswer, into timeline: inout DemoTimeline) {
        var writer = ItemWriter(timeline: timeline)
        let started = response(answer, "in_progress", output: [], usage: .null)
        writer.event("response.created", ["response": started])
        writer.event("response.in_progress", ["response": started])
        if let thinking = answer.script.thinking {
            stream(thinking: thinking, of: answer, into: &writer)
        }
        stream(textOf: answer, into: &writer)
        if let call = answer.script.call { stream(call, of: answer, into: &writer) }
        let finished = response(answer, "completed", output: writer.output, usage: usage(answer))
        writer.event("response.completed", ["response": finished])
        timeline = writer.timeline
    }

    private static func stream(
        thinking: String, of answer: DemoAnswer, into writer: inout ItemWriter
    ) {
        let whole = reasoning(answer, summary: [summaryPart(thinking)])
        writer.open(reasoning(answer, summary: []), part: ["summary_index": 0])
        writer.partEvent("response.reasoning_summary_part.added", ["part": summaryPart("")])
        for piece in thinking.demoPieces {
            writer.partEvent(
                "response.reasoning_summary_text.delta", ["delta": .string(String(piece))],
                paced: true)
        }
        writer.partEvent("response.reasoning_summary_text.done", ["text": .string(thinking)])
        writer.partEvent("response.reasoning_summary_part.done", ["part": summaryPart(thinking)])
        writer.close(whole)
    }

    private static func stream(textOf answer: DemoAnswer, into writer: inout ItemWriter) {
        let text = answer.script.text
        writer.open(message(answer, "in_progress", content: []), part: ["content_index": 0])
        writer.partEvent("response.content_part.added", ["part": textPart("")])
        for piece in text.demoPieces {
            writer.partEvent(
                "response.output_text.delta", ["delta": .string(String(piece)), "logprobs": []],
                paced: true)
        }
        writer.partEvent("response.output_text.done", ["text": .string(text), "logprobs": []])
        writer.partEvent("response.content_part.done", ["part": textPart(text)])
        writer.close(message(answer, "completed", content: [textPart(text)]))
    }

    private static func stream(
        _ call: DemoCall, of answer: DemoAnswer, into writer: inout ItemWriter
    ) {
        writer.open(functionCall(call, of: answer, "in_progress", arguments: ""), part: [:])
        for piece in call.argumentText.demoPieces {
            writer.partEvent(
                "response.function_call_arguments.delta", ["delta": .string(String(piece))],
                paced: true)
        }
        writer.partEvent(
            "response.function_call_arguments.done",
            ["name": .string(call.tool), "arguments": .string(call.argumentText)])
        writer.close(functionCall(call, of: answer, "completed", arguments: call.argumentText))
    }

    static func refusal(_ message: String) -> JSONValue {
        OpenAIDialect.refusal(message)
    }

    static func tokenCount(_ count: Int) -> JSONValue {
        OpenAIDialect.tokenCount(count)
    }
}

// The objects of the wire.
extension DemoOpenAIResponses {
    /// The response object. Clients of this wire expect the request's settings back in it.
    private static func response(
        _ answer: DemoAnswer, _ status: String, output: [JSONValue], usage: JSONValue
    ) -> JSONValue {
        let body = answer.body
        return [
            "id": .string(answer.identifier("resp_")), "object": "response",
            "created_at": .count(answer.created), "status": .string(status), "background": false,
            "error": .null, "incomplete_details": .null,
            "instructions": body["instructions"] ?? .null,
            "max_output_tokens": body["max_output_tokens"] ?? .null,
            "metadata": body["metadata"] ?? [:], "model": .string(answer.model),
            "output": .array(output),
            "parallel_tool_calls": body["parallel_tool_calls"] ?? true,
            "previous_response_id": body["previous_response_id"] ?? .null,
            "reasoning": body["reasoning"] ?? ["effort": .null, "summary": .null],
            "store": body["store"] ?? true, "temperature": body["temperature"] ?? 1,
            "text": body["text"] ?? ["format": ["type": "text"]],
            "tool_choice": body["tool_choice"] ?? "auto", "tools": body["tools"] ?? [],
            "top_p": body["top_p"] ?? 1, "truncation": body["truncation"] ?? "disabled",
            "usage": usage, "user": body["user"] ?? .null,
        ]
    }

    private static func reasoning(_ answer: DemoAnswer, summary: [JSONValue]) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember(key: "id", value: .string(answer.identifier("rs_"))),
            JSONMember(key: "type", value: "reasoning"),
            JSONMember(key: "summary", value: .array(summary)),
        ]
        // Asked for by clients that keep the conversation themselves; they only carry it.
        if answer.body["include"]?.array?.contains(where: { $0.string == encryptedContent }) == true
        {
            members.append(JSONMember(key: "encrypted_content", value: "YWdlbnRyb3V0ZSBkZW1v"))
        }
        return .object(members)
    }

    private static let encryptedContent = "reasoning.encrypted_content"

    private static func message(
        _ answer: DemoAnswer, _ status: String, content: [JSONValue]
    ) -> JSONValue {
        [
            "id": .string(answer.identifier("msg_")), "type": "message", "status": .string(status),
            "role": "assistant", "content": .array(content),
        ]
    }

    private static func functionCall(
        _ call: DemoCall, of answer: DemoAnswer, _ status: String, arguments: String
    ) -> JSONValue {
        [
            "id": .string(answer.identifier("fc_")), "type": "function_call",
            "status": .string(status), "call_id": .string(answer.identifier("call_")),
            "name": .string(call.tool), "arguments": .string(arguments),
        ]
    }

    private static func summaryPart(_ text: String) -> JSONValue {
        ["type": "summary_text", "text": .string(text)]
    }

    private static func textPart(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    private static func usage(_ answer: DemoAnswer) -> JSONValue {
        [
            "input_tokens": .count(answer.usage.input),
            "input_tokens_details": ["cached_tokens": 0],
            "output_tokens": .count(answer.usage.output),
            "output_tokens_details": ["reasoning_tokens": .count(answer.usage.thinking)],
            "total_tokens": .count(answer.usage.total),
        ]
    }
}

/// Writes the events of one response: numbers them, says which item they belong to, and keeps the
/// finished items.
private struct ItemWriter {
    private(set) var timeline: DemoTimeline
    private(set) var output: [JSONValue] = []
    private var sequenceNumber = 0
    /// Members that every event of the open item carries.
    private var place: [JSONMember] = []

    init(timeline: DemoTimeline) {
        self.timeline = timeline
    }

    /// An event, whose `type` repeats its name.
    mutating func event(_ name: StaticString, _ members: JSONValue, paced: Bool = false) {
        let head = [
            JSONMember(key: "type", value: .string(name.description)),
            JSONMember(key: "sequence_number", value: .count(sequenceNumber)),
        ]
        sequenceNumber += 1
        timeline.event(name, .object(head + (members.object ?? [])), paced: paced)
    }

    /// An event of the open item, at the part that was named when it was opened.
    mutating func partEvent(_ name: StaticString, _ members: JSONValue, paced: Bool = false) {
        event(name, .object(place + (members.object ?? [])), paced: paced)
    }

    mutating func open(_ item: JSONValue, part: JSONValue) {
        event("response.output_item.added", ["output_index": .count(output.count), "item": item])
        place = [
            JSONMember(key: "item_id", value: item["id"] ?? .null),
            JSONMember(key: "output_index", value: .count(output.count)),
        ]
        place += part.object ?? []
    }

    mutating func close(_ item: JSONValue) {
        event("response.output_item.done", ["output_index": .count(output.count), "item": item])
        output.append(item)
    }
}
