package import AgentRouteWire

/// OpenAI's Responses API, as Codex and the vendor's SDKs speak it.
///
/// Sources: OpenAI's API reference ("Responses", "Streaming events", "Input token counts") and the
/// type definitions of its Python SDK 3.51.
package struct OpenAIResponsesCodec: Codec {
    /// A codec; all are alike.
    package init() {}

    /// `openai-responses`
    package var wire: Wire { .openAIResponses }

    /// Items that clients know, and pictures of any provider's.
    package func adapted(_ block: OpaqueBlock) -> OpaqueBlock? {
        guard block.family == .openAI else { return block.picture.flatMap(OpenAIPicture.block) }
        return ResponsesItemType.isOpaque(block.type) ? block : nil
    }

    /// What reads one answer of a provider.
    package func decoder(_ upstream: Upstream) -> any AnswerDecoder {
        OpenAIResponsesDecoder()
    }

    /// What writes one answer to a client.
    package func encoder(_ answer: AnswerContext) -> any AnswerEncoder {
        OpenAIResponsesEncoder(answer)
    }

    // MARK: Counting

    /// The members of a request that `POST /responses/input_tokens` takes.
    private static let counted: Set<String> = [
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls",
        "reasoning", "text", "truncation",
    ]

    /// The body for `POST /responses/input_tokens`: what of the request has tokens.
    package func encodeCount(_ request: JSONValue, for upstream: Upstream) -> JSONValue? {
        .object((request.object ?? []).filter { Self.counted.contains($0.key) })
    }

    /// `input_tokens`
    package func decodeCount(_ body: JSONValue) -> Int? {
        body["input_tokens"]?.int
    }

    /// The answer of `POST /responses/input_tokens`.
    package func encodeCountAnswer(_ tokens: Int) -> JSONValue {
        ["object": "response.input_tokens", "input_tokens": .number(JSONNumber(tokens))]
    }
}

/// The items of this wire that only its own family understands.
enum ResponsesItemType {
    /// What the provider did or kept by itself: part of the model's side of the conversation.
    static let ofProvider: Set<String> = [
        "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call",
        "mcp_list_tools", "mcp_call", "mcp_approval_request", "compaction",
        "compaction_summary", "context_compaction", "program", "program_output",
    ]
    /// What the client answers to those.
    static let ofClient: Set<String> = ["mcp_approval_response"]

    /// Whether an item of `type` is passed on as it is.
    static func isOpaque(_ type: String) -> Bool {
        ofProvider.contains(type) || ofClient.contains(type)
    }
}
