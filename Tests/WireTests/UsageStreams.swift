import AgentRouteWire
import Testing

/// A response body and what an observer of it must say.
struct UsageSample: CustomTestStringConvertible {
    var name: String
    var wire: Wire
    var isEventStream = true
    var body: String
    var usage: TokenUsage?
    var terminal = false
    var error = false

    var testDescription: String { name }
}

/// Responses as providers send them, shortened.
enum UsageStreams {
    static let all = anthropic + chat + responses + gemini + documents

    private static let anthropicHead = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",\
        "content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":7,\
        "cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":7},\
        "output_tokens":1,"service_tier":"standard"}}}

        event: ping
        data: {"type":"ping"}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{\\"usage\\":{\\"input_tokens\\":9}} \\"type\\":\\"message_stop\\" é"}}

        : comment

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}


        """

    static let anthropic: [UsageSample] = [
        UsageSample(
            name: "Anthropic, whole", wire: .anthropicMessages,
            body: anthropicHead + """
                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

                event: message_stop
                data: {"type":"message_stop"}


                """,
            usage: TokenUsage(input: 25, output: 15, cacheRead: 100, cacheWrite: 7),
            terminal: true),
        UsageSample(
            name: "Anthropic, overridden field by field", wire: .anthropicMessages,
            body: anthropicHead + """
                data: {"usage": {"cache_read_input_tokens": null, "output_tokens": 8, "input_tokens": 3}, "type": "message_delta"}

                data: { "type" : "message_stop" }


                """,
            usage: TokenUsage(input: 3, output: 8, cacheRead: 100, cacheWrite: 7), terminal: true),
        UsageSample(
            name: "Anthropic, cut before the end", wire: .anthropicMessages,
            body: anthropicHead + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n",
            usage: TokenUsage(input: 25, output: 1, cacheRead: 100, cacheWrite: 7)),
        UsageSample(
            name: "Anthropic, an error event", wire: .anthropicMessages,
            body: anthropicHead + """
                event: error
                data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}


                """,
            usage: TokenUsage(input: 25, output: 1, cacheRead: 100, cacheWrite: 7),
            terminal: true, error: true),
        UsageSample(
            name: "Anthropic, an error event without data that says so", wire: .anthropicMessages,
            body: "event: error\ndata: oops\n\n", terminal: true, error: true),
        UsageSample(
            name: "Anthropic, a text that names the end", wire: .anthropicMessages,
            body: """
                event: content_block_start
                data: {"type":"content_block_start","content_block":{"type":"message_stop","input":{"type":"error","usage":{"input_tokens":1}}}}

                event: response.completed
                data: {"index":0,"text":"message_stop","type":"content_block_delta"}


                """),
    ]

    static let chat: [UsageSample] = [
        UsageSample(
            name: "chat, usage in its own chunk", wire: .openAIChat,
            body: """
                : OPENROUTER PROCESSING

                data: {"id":"c","choices":[{"index":0,"delta":{"content":"\\"usage\\":{\\"prompt_tokens\\":1}, \\"error\\":{}"},"finish_reason":null}],"usage":null}

                data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null,"error":null}

                data: {"id":"c","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":30,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":100,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":0}}}

                data: [DONE]


                """,
            usage: TokenUsage(input: 20, output: 30, cacheRead: 100, reasoning: 20),
            terminal: true),
        UsageSample(
            name: "chat, CRLF and no spaces", wire: .openAIChat,
            body: "data:{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}"
                + "\r\n\r\ndata:[DONE]\r\n\r\n",
            usage: TokenUsage(input: 5, output: 2), terminal: true),
        UsageSample(
            name: "chat, an error chunk", wire: .openAIChat,
            body: """
                data: {"id":"c","provider":"x","error":{"code":502,"message":"Provider disconnected","usage":{"prompt_tokens":1}},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}


                """,
            terminal: true, error: true),
        UsageSample(
            name: "chat, a finish reason is not the end", wire: .openAIChat,
            body: "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"),
        UsageSample(
            name: "chat, an end without its blank line", wire: .openAIChat,
            body: "data: {\"choices\":[]}\n\ndata: [DONE]\n"),
        UsageSample(
            name: "chat, tool arguments that look like usage", wire: .openAIChat,
            body: """
                data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{\\"error\\":{\\"usage\\":1}}","name":"error"}}]},"usage":{"prompt_tokens":9}}]}


                """),
    ]

    static let responses: [UsageSample] = [
        UsageSample(
            name: "Responses, whole", wire: .openAIResponses,
            body: """
                event: response.created
                data: {"type":"response.created","sequence_number":0,"response":{"id":"r","error":null,"usage":null,"output":[]}}

                event: response.output_text.delta
                data: {"type":"response.output_text.delta","delta":"\\"type\\":\\"response.completed\\""}

                event: response.completed
                data: {"type":"response.completed","sequence_number":9,"response":{"id":"r","error":null,"output":[{"type":"message","usage":{"input_tokens":1},"content":[{"type":"output_text","text":"hi"}]}],"usage":{"input_tokens":75,"input_tokens_details":{"cached_tokens":64},"output_tokens":40,"output_tokens_details":{"reasoning_tokens":32},"total_tokens":115}}}


                """,
            usage: TokenUsage(input: 11, output: 40, cacheRead: 64, reasoning: 32), terminal: true),
        UsageSample(
            name: "Responses, incomplete, no event lines, type last", wire: .openAIResponses,
            body: """
                data: {"response":{"usage":{"input_tokens":4,"output_tokens":2}},"type":"response.incomplete"}


                """,
            usage: TokenUsage(input: 4, output: 2), terminal: true),
        UsageSample(
            name: "Responses, failed", wire: .openAIResponses,
            body: """
                event: response.failed
                data: {"type":"response.failed","response":{"error":{"code":"server_error"},"usage":null}}


                """,
            terminal: true, error: true),
        UsageSample(
            name: "Responses, an error event", wire: .openAIResponses,
            body: "data: {\"type\": \"error\", \"code\": \"x\", \"message\": \"y\"}\n\n",
            terminal: true, error: true),
        UsageSample(
            name: "Responses, still in progress", wire: .openAIResponses,
            body: """
                event: response.in_progress
                data: {"type":"response.in_progress","response":{"status":"in_progress","usage":null}}

                event: response.output_text.done
                data: {"type":"response.output_text.done","text":"response.completed"}


                """),
    ]

    static let gemini: [UsageSample] = [
        UsageSample(
            name: "Gemini, the last usage counts", wire: .gemini,
            body: """
                data: {"candidates":[{"content":{"parts":[{"text":"finishReason"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":50,"thoughtsTokenCount":3,"totalTokenCount":53}}\r
                \r
                data: {"candidates":[{"content":{"parts":[{"text":"x"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":50,"cachedContentTokenCount":40,"candidatesTokenCount":12,"thoughtsTokenCount":8,"totalTokenCount":70,"promptTokensDetails":[{"modality":"TEXT","tokenCount":50}]}}\r
                \r

                """,
            usage: TokenUsage(input: 10, output: 20, cacheRead: 40, reasoning: 8), terminal: true),
        UsageSample(
            name: "Gemini, not finished", wire: .gemini,
            body: """
                data: {"candidates":[{"content":{"parts":[{"functionCall":{"args":{"finishReason":"STOP"}}}]}}],"finishReason":"STOP","usageMetadata":{"promptTokenCount":5}}


                """,
            usage: TokenUsage(input: 5)),
        UsageSample(
            name: "Gemini, an error chunk", wire: .gemini,
            body: "data: {\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\"}}\n\n",
            terminal: true, error: true),
    ]

    static let documents: [UsageSample] = [
        UsageSample(
            name: "an Anthropic message", wire: .anthropicMessages, isEventStream: false,
            body: """
                {"type":"message","content":[{"type":"text","text":"\\"usage\\":{}"}],
                 "usage" : { "input_tokens" : 2095, "cache_read_input_tokens": 0, "output_tokens" :503 } }
                """,
            usage: TokenUsage(input: 2095, output: 503, cacheRead: 0)),
        UsageSample(
            name: "a chat completion", wire: .openAIChat, isEventStream: false,
            body: """
                {"choices":[{"message":{"content":"a\\\\","usage":{"prompt_tokens":1}}}],
                "usage":{"prompt_tokens":19,"completion_tokens":10,"prompt_tokens_details":null}}
                """,
            usage: TokenUsage(input: 19, output: 10)),
        UsageSample(
            name: "a response", wire: .openAIResponses, isEventStream: false,
            body: """
                {"id":"r","output":[],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":40},\
                "output_tokens":87,"output_tokens_details":{"reasoning_tokens":0}}}
                """,
            usage: TokenUsage(input: 0, output: 87, cacheRead: 40, reasoning: 0)),
        UsageSample(
            name: "Gemini's array of chunks", wire: .gemini, isEventStream: false,
            body: """
                [{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}
                ,
                {"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2}}]
                """,
            usage: TokenUsage(input: 4, output: 2)),
        UsageSample(
            name: "an error body", wire: .openAIChat, isEventStream: false,
            body: "{\"error\":{\"message\":\"no\",\"usage\":{\"prompt_tokens\":1}}}"),
        UsageSample(
            name: "counts that are none", wire: .openAIChat, isEventStream: false,
            body: """
                {"usage":{"prompt_tokens":-5,"completion_tokens":1.5,"prompt_tokens_details":\
                {"cached_tokens":99999999999999999999},"completion_tokens_details":{"reasoning_tokens":"7"}}}
                """),
        UsageSample(
            name: "no JSON at all", wire: .openAIChat, isEventStream: false,
            body: "<html>}}]]\"usage\":{\"prompt_tokens\":</html>"),
        UsageSample(
            name: "an unknown wire", wire: Wire(rawValue: "other"),
            body: "data: {\"usage\":{\"input_tokens\":4,\"output_tokens\":2}}\n\n",
            usage: TokenUsage(input: 4, output: 2)),
    ]
}
