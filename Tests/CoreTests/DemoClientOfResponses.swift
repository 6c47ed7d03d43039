import AgentRouteWire
import Testing

@testable import AgentRouteCore

extension DemoClient {
    static let openAIResponses = DemoClient(
        wire: .openAIResponses,
        body: { words, tools, result in
            var input: [JSONValue] = [
                [
                    "type": "message", "role": "user",
                    "content": [["type": "input_text", "text": .string(words)]],
                ]
            ]
            if let result {
                input.append([
                    "type": "function_call", "call_id": "t1", "name": "x", "arguments": "{}",
                ])
                input.append(
                    ["type": "function_call_output", "call_id": "t1", "output": .string(result)])
            }
            return ["model": "m", "input": .array(input), "tools": .array(tools)]
        },
        tool: { ["type": "function", "name": .string($0), "parameters": $1] },
        fold: { try fold($0) },
        hear: { try hear($0) })

    /// Numbered without a gap, items opened and closed one after the other, deltas that add up to
    /// what their `done` event and the closed item say, and an end that holds exactly the closed
    /// items.
    private static func fold(_ events: [DemoEvent]) throws -> DemoHeard {
        var closed: [JSONValue] = []
        var open: JSONValue?
        var delta = ""
        #expect(events.first?.name == "response.created")
        for (number, event) in events.enumerated() {
            let value = try event.value
            #expect(value["type"]?.string == event.name && value["sequence_number"]?.int == number)
            if let place = value["output_index"]?.int { #expect(place == closed.count) }
            if let item = value["item_id"] { #expect(item == open?["id"]) }
            switch event.name {
            case "response.output_item.added":
                #expect(open == nil)
                (open, delta) = (value["item"], "")
            case "response.output_item.done":
                #expect(open?["id"] == value["item"]?["id"])
                open = nil
                closed.append(try #require(value["item"]))
            case .some(let name) where name.hasSuffix(".delta"):
                delta += try #require(value["delta"]?.string)
            case "response.reasoning_summary_text.done", "response.output_text.done":
                #expect(value["text"]?.string == delta)
            case "response.function_call_arguments.done":
                #expect(value["arguments"]?.string == delta)
            default:
                break
            }
        }
        let end = try #require(events.last)
        #expect(end.name == "response.completed" && open == nil)
        let response = try #require(end.value["response"])
        #expect(response["output"]?.array == closed)
        return try hear(response)
    }

    private static func hear(_ response: JSONValue) throws -> DemoHeard {
        var heard = DemoHeard()
        for item in try #require(response["output"]?.array) {
            switch item["type"]?.string {
            case "reasoning":
                heard.thinking = try #require(item["summary"]?.array?.first?["text"]?.string)
            case "message":
                heard.text = try #require(item["content"]?.array?.first?["text"]?.string)
            default:
                #expect(item["type"]?.string == "function_call")
                heard.tool = item["name"]?.string
                heard.callIdentifier = item["call_id"]?.string
                heard.arguments = try #require(item["arguments"]?.string)
            }
        }
        heard.stopReason = try #require(response["status"]?.string)
        let usage = try #require(response["usage"])
        heard.inputTokens = try #require(usage["input_tokens"]?.int)
        heard.outputTokens = try #require(usage["output_tokens"]?.int)
        #expect(usage["total_tokens"]?.int == heard.inputTokens + heard.outputTokens)
        return heard
    }
}
