import AgentRouteWire
import Testing

@Suite("EventFilter")
struct EventFilterTests {
    private func mayMatter(_ data: String, _ wire: Wire) -> Bool {
        withBytes(data) { EventFilter.mayMatter($0, wire: ObservedWire(wire)) }
    }

    private static let common: [(Wire, String)] = [
        (.anthropicMessages, #"{"type":"content_block_delta","index":0}"#),
        (.anthropicMessages, #"{"type": "content_block_delta", "index": 0}"#),
        (.openAIResponses, #"{"type":"response.output_text.delta","delta":"x"}"#),
        (.openAIResponses, #"{"type": "response.function_call_arguments.delta"}"#),
        (.openAIChat, #"{"choices":[{"delta":{"content":"\"usage\":{}"}}],"usage":null}"#),
        (.openAIChat, #"{"choices":[{"delta":{"content":"x"}}],"usage": null,"error" :null}"#),
        (.openAIChat, "{}"), (.openAIChat, ""),
    ]

    @Test("the events a stream is made of are not looked into", arguments: common)
    func skipped(wire: Wire, data: String) {
        #expect(!mayMatter(data, wire))
    }

    private static let rare: [(Wire, String)] = [
        (.anthropicMessages, #"{"type":"message_delta","usage":{}}"#),
        (.anthropicMessages, #"{"usage":{},"type":"content_block_delta"}"#),
        (.openAIResponses, #"{"type":"response.completed"}"#),
        (.openAIResponses, #"{"type":"response.delta.done"}"#),
        (.openAIResponses, #"{"type":"response."#),
        (.openAIResponses, #"{"sequence_number":1,"type":"response.output_text.delta"}"#),
        (.openAIChat, #"{"usage":{}}"#), (.openAIChat, #"{"choices":[],"usage" : {}}"#),
        (.openAIChat, #"{"choices":[],"error":"x"}"#),
        (.openAIChat, #"{"usage":null,"error":{}}"#),
        (.gemini, "{}"), (Wire(rawValue: "other"), "{}"),
    ]

    @Test("every other event is", arguments: rare)
    func read(wire: Wire, data: String) {
        #expect(mayMatter(data, wire))
    }
}
