import AgentRouteWire

/// The demo model in OpenAI's Chat Completions API, with thinking in `reasoning_content` as
/// DeepSeek, vLLM and others send it; OpenAI's own models keep theirs to themselves.
/// Source: OpenAI's API reference, "Chat Completions" and its streaming events.
enum DemoOpenAIChat: DemoDialect {
    static func read(_ body: JSONValue) throws(DemoRefusal) -> DemoConversation {
        guard let messages = body["messages"]?.array, !messages.isEmpty else {
            throw DemoRefusal("Missing required parameter: 'messages'.")
        }
        var conversation = DemoConversation()
        conversation.thinks = body["reasoning_effort"]?.string != "none"
        for message in messages {
            let texts = message["content"]?.texts ?? []
            switch message["role"]?.string {
            case "user": for text in texts { conversation.hear(user: text) }
            case "system", "developer": for text in texts { conversation.hear(background: text) }
            case "tool": conversation.hear(toolResult: texts.joined(separator: "\n"))
            default: break
            }
        }
        if body["tool_choice"]?.string != "none" {
            conversation.tools = (body["tools"]?.array ?? []).compactMap { tool in
                guard let function = tool["function"], let name = function["name"]?.string else {
                    return nil
                }
                return DemoTool(name: name, schema: function["parameters"] ?? [:])
            }
        }
        return conversation
    }

    static func whole(_ answer: DemoAnswer) -> JSONValue {
        var message: [JSONMember] = [
            JSONMember(key: "role", value: "assistant"),
            JSONMember(key: "content", value: .string(answer.script.text)),
            JSONMember(key: "refusal", value: .null),
        ]
        if let thinking = answer.script.thinking {
            message.append(JSONMember(key: "reasoning_content", value: .string(thinking)))
        }
        if let call = answer.script.call {
            let function: JSONValue = [
                "name": .string(call.tool), "arguments": .string(call.argumentText),
            ]
            message.append(
                JSONMember(
                    key: "tool_calls",
                    value: [
                        ["id": callIdentifier(answer), "type": "function", "function": function]
                    ]))
        }
        return envelope(
            answer, "chat.completion",
            choices: [
                [
                    "index": 0, "message": .object(message), "logprobs": .null,
                    "finish_reason": finishReason(answer),
                ]
            ], usage: usage(answer))
    }

    static func stream(_ answer: DemoAnswer, into timeline: inout DemoTimeline) {
        timeline.event(chunk(answer, ["role": "assistant", "content": "", "refusal": .null]))
        for piece in answer.script.thinking?.demoPieces ?? [] {
            timeline.event(
                chunk(answer, ["reasoning_content": .string(String(piece))]), paced: true)
        }
        for piece in answer.script.text.demoPieces {
            timeline.event(chunk(answer, ["content": .string(String(piece))]), paced: true)
        }
        if let call = answer.script.call {
            let function: JSONValue = ["name": .string(call.tool), "arguments": ""]
            timeline.event(
                chunk(
                    answer,
                    toolDelta([
                        "index": 0, "id": callIdentifier(answer), "type": "function",
                        "function": function,
                    ])))
            for piece in call.argumentText.demoPieces {
                let delta = toolDelta([
                    "index": 0, "function": ["arguments": .string(String(piece))],
                ])
                timeline.event(chunk(answer, delta), paced: true)
            }
        }
        timeline.event(chunk(answer, [:], finishReason: finishReason(answer)))
        if answer.body["stream_options"]?["include_usage"]?.bool == true {
            timeline.event(
                envelope(answer, "chat.completion.chunk", choices: [], usage: usage(answer)))
        }
        timeline.event(text: "[DONE]")
    }

    static func refusal(_ message: String) -> JSONValue {
        OpenAIDialect.refusal(message)
    }

    static func tokenCount(_ count: Int) -> JSONValue {
        OpenAIDialect.tokenCount(count)
    }

    private static func chunk(
        _ answer: DemoAnswer, _ delta: JSONValue, finishReason: JSONValue = .null
    ) -> JSONValue {
        envelope(
            answer, "chat.completion.chunk",
            choices: [
                ["index": 0, "delta": delta, "logprobs": .null, "finish_reason": finishReason]
            ])
    }

    private static func toolDelta(_ call: JSONValue) -> JSONValue {
        ["tool_calls": [call]]
    }

    private static func envelope(
        _ answer: DemoAnswer, _ object: String, choices: [JSONValue], usage: JSONValue? = nil
    ) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember(key: "id", value: .string(answer.identifier("chatcmpl-"))),
            JSONMember(key: "object", value: .string(object)),
            JSONMember(key: "created", value: .count(answer.created)),
            JSONMember(key: "model", value: .string(answer.model)),
            JSONMember(key: "choices", value: .array(choices)),
        ]
        if let usage { members.append(JSONMember(key: "usage", value: usage)) }
        return .object(members)
    }

    private static func callIdentifier(_ answer: DemoAnswer) -> JSONValue {
        .string(answer.identifier("call_"))
    }

    private static func finishReason(_ answer: DemoAnswer) -> JSONValue {
        answer.script.call == nil ? "stop" : "tool_calls"
    }

    private static func usage(_ answer: DemoAnswer) -> JSONValue {
        [
            "prompt_tokens": .count(answer.usage.input),
            "completion_tokens": .count(answer.usage.output),
            "total_tokens": .count(answer.usage.total),
            "prompt_tokens_details": ["cached_tokens": 0],
            "completion_tokens_details": ["reasoning_tokens": .count(answer.usage.thinking)],
        ]
    }
}

/// What both of OpenAI's wires share.
enum OpenAIDialect {
    static func refusal(_ message: String) -> JSONValue {
        [
            "error": [
                "message": .string(message), "type": "invalid_request_error", "param": .null,
                "code": .null,
            ]
        ]
    }

    /// The answer of `/v1/responses/input_tokens`; the chat wire has no request of this kind.
    static func tokenCount(_ count: Int) -> JSONValue {
        ["object": "response.input_tokens", "input_tokens": .count(count)]
    }
}
