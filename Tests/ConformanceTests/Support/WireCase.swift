import AgentRouteWire
import Testing

/// What one wire looks like at a client and at its provider.
struct WireCase: Sendable, CustomTestStringConvertible {
    let wire: Wire
    /// The target a client asks, and what reaches the provider under the base path of the tests.
    let target: String
    let upstreamTarget: String
    /// The path of the base URL.
    let basePath: String
    /// The header that carries the provider's key, and its value's prefix.
    let keyHeader: String
    let keyPrefix: String
    /// A smallest request body; «MODEL» stands for the model's JSON string.
    let body: String
    /// A whole answer, not streamed.
    let answer: String
    /// A streamed answer's events, each with the empty line that ends it.
    let events: [String]
    /// What only the last event of a finished stream holds.
    let terminal: String

    var testDescription: String { wire.rawValue }

    static let all = [messages, chat, responses, gemini]

    static let messages = WireCase(
        wire: .anthropicMessages, target: "/v1/messages?beta=true",
        upstreamTarget: "/base/v1/messages?beta=true", basePath: "/base/v1",
        keyHeader: "x-api-key", keyPrefix: "",
        body: #"{"model":«MODEL»,"max_tokens":8,"messages":[{"role":"user","content":"hi"}]}"#,
        answer: #"""
            {"id":"msg_1","type":"message","role":"assistant","model":"vendor/big","content":[
            {"type":"text","text":"hé\u0000llo"}],"stop_reason":"end_turn","stop_sequence":null,
            "usage":{"input_tokens":11,"cache_read_input_tokens":3,"output_tokens":7}}
            """#,
        events: [
            event(
                "message_start",
                #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"usage":{"input_tokens":11,"output_tokens":1}}}"#
            ),
            ": keep-alive\n\n",
            event(
                "content_block_start",
                #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#
            ),
            event(
                "content_block_delta",
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hé"}}"#
            ),
            event("content_block_stop", #"{"type":"content_block_stop","index":0}"#),
            event(
                "message_delta",
                #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}"#
            ),
            event("message_stop", #"{"type":"message_stop"}"#),
        ], terminal: "event: message_stop")

    static let chat = WireCase(
        wire: .openAIChat, target: "/v1/chat/completions",
        upstreamTarget: "/base/v1/chat/completions", basePath: "/base/v1",
        keyHeader: "authorization", keyPrefix: "Bearer ",
        body: #"{"model":«MODEL»,"messages":[{"role":"user","content":"hi"}]}"#,
        answer: #"""
            {"id":"c1","object":"chat.completion","created":1,"model":"vendor/big","choices":[{"index":0,
            "message":{"role":"assistant","content":"hé"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":14,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":3}}}
            """#,
        events: [
            ": PROCESSING\n\n",
            data(
                #"{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"hé"}}]}"#),
            data(#"{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#),
            data(
                #"{"id":"c1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#),
            data("[DONE]"),
        ], terminal: "[DONE]")

    static let responses = WireCase(
        wire: .openAIResponses, target: "/v1/responses",
        upstreamTarget: "/base/v1/responses", basePath: "/base/v1",
        keyHeader: "authorization", keyPrefix: "Bearer ",
        body: #"{"model":«MODEL»,"input":"hi","store":false}"#,
        answer: #"""
            {"id":"resp_1","object":"response","status":"completed","model":"vendor/big","output":[
            {"type":"message","id":"m1","role":"assistant","content":[{"type":"output_text","text":"hé"}]}],
            "usage":{"input_tokens":14,"input_tokens_details":{"cached_tokens":3},"output_tokens":7}}
            """#,
        events: [
            event(
                "response.created",
                #"{"type":"response.created","response":{"id":"resp_1","status":"in_progress","output":[]}}"#
            ),
            event(
                "response.output_text.delta",
                #"{"type":"response.output_text.delta","item_id":"m1","delta":"hé"}"#),
            event(
                "response.completed",
                #"{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":11,"output_tokens":7}}}"#
            ),
        ], terminal: "event: response.completed")

    static let gemini = WireCase(
        wire: .gemini, target: "/v1beta/models/agentroute-heavy:streamGenerateContent?alt=sse",
        upstreamTarget: "/base/v1beta/models/big-1:streamGenerateContent?alt=sse",
        basePath: "/base/v1beta", keyHeader: "x-goog-api-key", keyPrefix: "",
        body: #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#,
        answer: #"""
            {"candidates":[{"content":{"role":"model","parts":[{"text":"hé"}]},"finishReason":"STOP"}],
            "usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7}}
            """#,
        events: [
            data(#"{"candidates":[{"content":{"role":"model","parts":[{"text":"hé"}]}}]}"#),
            data(
                #"{"candidates":[{"content":{"role":"model","parts":[]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7}}"#
            ),
        ], terminal: "finishReason")

    /// The model names differ, since Gemini's stands in the path.
    var upstreamModel: String { wire == .gemini ? "big-1" : "vendor/big" }

    /// The body a client sends for `model`.
    func body(model: String) -> [UInt8] {
        Array(body.replacing("«MODEL»", with: "\"\(model)\"").utf8)
    }

    /// The events as one text.
    var stream: String { events.joined() }

    private static func event(_ name: String, _ json: String) -> String {
        "event: \(name)\ndata: \(json)\n\n"
    }

    private static func data(_ json: String) -> String {
        "data: \(json)\n\n"
    }
}
