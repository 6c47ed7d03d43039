import AgentRouteWire
import Testing

@testable import AgentRouteCore

extension DemoClient {
    static let anthropicMessages = DemoClient(
        wire: .anthropicMessages,
        body: { words, tools, result in
            var messages: [JSONValue] = [["role": "user", "content": .string(words)]]
            if let result {
                let use: JSONValue = [
                    "type": "tool_use", "id": "t1", "name": "Write", "input": [:],
                ]
                let answer: JSONValue = [
                    "type": "tool_result", "tool_use_id": "t1", "content": .string(result),
                ]
                messages.append(["role": "assistant", "content": [use]])
                messages.append(["role": "user", "content": [answer]])
            }
            return ["model": "m", "messages": .array(messages), "tools": .array(tools)]
        },
        tool: { ["name": .string($0), "input_schema": $1] },
        fold: { try foldMessages($0) },
        hear: { message in
            var heard = DemoHeard()
            for block in message["content"]?.array ?? [] { try heard.take(block) }
            heard.stopReason = try #require(message["stop_reason"]?.string)
            heard.inputTokens = try #require(message["usage"]?["input_tokens"]?.int)
            heard.outputTokens = try #require(message["usage"]?["output_tokens"]?.int)
            return heard
        })

    /// At most one open block, indexes rising by one, a delta only of the open block's kind, one
    /// end.
    private static func foldMessages(_ events: [DemoEvent]) throws -> DemoHeard {
        var heard = DemoHeard()
        var open: String?
        var index = 0
        #expect(events.first?.name == "message_start" && events.last?.name == "message_stop")
        for event in events {
            let value = try event.value
            #expect(value["type"]?.string == event.name)
            switch event.name {
            case "content_block_start":
                #expect(open == nil && value["index"]?.int == index)
                open = value["content_block"]?["type"]?.string
                if open == "tool_use" {
                    try heard.take(try #require(value["content_block"]))
                    heard.arguments = ""
                }
            case "content_block_delta":
                #expect(value["index"]?.int == index)
                try heard.take(delta: try #require(value["delta"]), of: try #require(open))
            case "content_block_stop":
                #expect(open != nil && value["index"]?.int == index)
                (open, index) = (nil, index + 1)
            case "message_delta":
                #expect(open == nil)
                heard.stopReason = try #require(value["delta"]?["stop_reason"]?.string)
                heard.inputTokens = try #require(value["usage"]?["input_tokens"]?.int)
                heard.outputTokens = try #require(value["usage"]?["output_tokens"]?.int)
            default:
                #expect(["message_start", "ping", "message_stop"].contains(event.name))
            }
        }
        return heard
    }

    static let openAIChat = DemoClient(
        wire: .openAIChat,
        body: { words, tools, result in
            var messages: [JSONValue] = [["role": "user", "content": .string(words)]]
            if let result {
                messages.append(["role": "assistant", "content": nil, "tool_calls": []])
                messages.append(["role": "tool", "tool_call_id": "t1", "content": .string(result)])
            }
            return [
                "model": "m", "messages": .array(messages), "tools": .array(tools),
                "stream_options": ["include_usage": true],
            ]
        },
        tool: { ["type": "function", "function": ["name": .string($0), "parameters": $1]] },
        fold: { try foldChunks($0) },
        hear: { completion in
            var heard = DemoHeard()
            let choice = try #require(completion["choices"]?.array?.first)
            try heard.take(message: try #require(choice["message"]))
            heard.stopReason = try #require(choice["finish_reason"]?.string)
            try heard.take(chatUsage: completion["usage"])
            return heard
        })

    /// The role first, then deltas, the finish reason, a chunk of usage without choices, and
    /// `[DONE]`.
    private static func foldChunks(_ events: [DemoEvent]) throws -> DemoHeard {
        var heard = DemoHeard()
        #expect(events.last?.data == "[DONE]")
        let chunks = try events.dropLast().map { event in
            #expect(event.name == nil)
            return try event.value
        }
        #expect(Set(chunks.map { $0["id"]?.string }).count == 1)
        #expect(chunks.allSatisfy { $0["object"]?.string == "chat.completion.chunk" })
        let usage = try #require(chunks.last)
        #expect(usage["choices"]?.array == [])
        try heard.take(chatUsage: usage["usage"])
        for (number, chunk) in chunks.dropLast().enumerated() {
            let choice = try #require(chunk["choices"]?.array?.first)
            let delta = try #require(choice["delta"])
            #expect((delta["role"] != nil) == (number == 0))
            try heard.take(message: delta)
            #expect(heard.stopReason.isEmpty)
            heard.stopReason = choice["finish_reason"]?.string ?? ""
        }
        return heard
    }

    static let gemini = DemoClient(
        wire: .gemini,
        body: { words, tools, result in
            var contents: [JSONValue] = [["role": "user", "parts": [["text": .string(words)]]]]
            if let result {
                let answer: JSONValue = [
                    "name": "write_file", "response": ["output": .string(result)],
                ]
                contents.append(["role": "model", "parts": [["text": "calling"]]])
                contents.append(["role": "user", "parts": [["functionResponse": answer]]])
            }
            return [
                "contents": .array(contents), "tools": [["functionDeclarations": .array(tools)]],
            ]
        },
        tool: { ["name": .string($0), "parameters": $1] },
        fold: { events in
            var heard = DemoHeard()
            for event in events {
                #expect(event.name == nil && heard.stopReason.isEmpty)
                try heard.take(gemini: try event.value)
            }
            return heard
        },
        hear: { response in
            var heard = DemoHeard()
            try heard.take(gemini: response)
            return heard
        })
}

extension DemoHeard {
    fileprivate mutating func take(_ block: JSONValue) throws {
        switch block["type"]?.string {
        case "thinking":
            #expect(block["signature"]?.string?.isEmpty == false)
            thinking += try #require(block["thinking"]?.string)
        case "text":
            text += try #require(block["text"]?.string)
        default:
            #expect(block["type"]?.string == "tool_use")
            tool = block["name"]?.string
            callIdentifier = block["id"]?.string
            arguments = String(decoding: try #require(block["input"]).serialized(), as: UTF8.self)
        }
    }

    fileprivate mutating func take(delta: JSONValue, of kind: String) throws {
        switch (kind, delta["type"]?.string) {
        case ("thinking", "thinking_delta"): thinking += try #require(delta["thinking"]?.string)
        case ("thinking", "signature_delta"): #expect(delta["signature"]?.string != nil)
        case ("text", "text_delta"): text += try #require(delta["text"]?.string)
        case ("tool_use", "input_json_delta"):
            arguments += try #require(delta["partial_json"]?.string)
        default: Issue.record("a \(delta) in a block of \(kind)")
        }
    }

    fileprivate mutating func take(message: JSONValue) throws {
        thinking += message["reasoning_content"]?.string ?? ""
        text += message["content"]?.string ?? ""
        guard let call = message["tool_calls"]?.array?.first else { return }
        tool = call["function"]?["name"]?.string ?? tool
        callIdentifier = call["id"]?.string ?? callIdentifier
        arguments += try #require(call["function"]?["arguments"]?.string)
    }

    fileprivate mutating func take(chatUsage usage: JSONValue?) throws {
        inputTokens = try #require(usage?["prompt_tokens"]?.int)
        outputTokens = try #require(usage?["completion_tokens"]?.int)
        #expect(usage?["total_tokens"]?.int == inputTokens + outputTokens)
    }

    fileprivate mutating func take(gemini response: JSONValue) throws {
        let candidate = try #require(response["candidates"]?.array?.first)
        for part in candidate["content"]?["parts"]?.array ?? [] {
            let words = part["text"]?.string ?? ""
            if part["thought"]?.bool == true { thinking += words } else { text += words }
            guard let call = part["functionCall"] else { continue }
            tool = call["name"]?.string
            callIdentifier = call["id"]?.string
            arguments = String(decoding: try #require(call["args"]).serialized(), as: UTF8.self)
        }
        stopReason = candidate["finishReason"]?.string ?? ""
        let usage = try #require(response["usageMetadata"])
        inputTokens = try #require(usage["promptTokenCount"]?.int)
        outputTokens =
            (usage["candidatesTokenCount"]?.int ?? 0) + (usage["thoughtsTokenCount"]?.int ?? 0)
        #expect(usage["totalTokenCount"]?.int == inputTokens + outputTokens)
    }
}
