package import AgentRouteWire

/// Anthropic's Messages API, `POST /v1/messages`.
///
/// Source: Anthropic's API reference, and the types of its Python SDK 2.10 where the reference is
/// silent.
///
/// What goes back to the provider with its thoughts (``StreamEvent/blockEnd(seal:)``) is
/// `{"thinking": text, "signature": signature}` or `{"redacted": data}`: the text is in it because
/// the signature is good for exactly that text, and not every client returns it unchanged.
package struct AnthropicMessagesCodec: Codec {
    /// A codec; it has no settings.
    package init() {}

    package var wire: Wire { .anthropicMessages }

    /// Claude Code takes a message that ends with thinking for one without a result.
    package var answersMayEndWithThoughts: Bool { false }

    package func tells(_ reason: StopReason) -> Bool {
        if case .other = reason { false } else { true }
    }

    package func decodeRequest(
        _ body: JSONValue, _ call: RequestCall
    ) throws(RequestFault) -> Conversation {
        try AnthropicRequestDecoder(body, call).conversation()
    }

    package func encodeRequest(
        _ conversation: Conversation, for upstream: Upstream, lost: inout Degradations
    ) -> JSONValue {
        var encoder = AnthropicRequestEncoder(conversation, model: upstream.model, lost: lost)
        let request = encoder.request()
        lost = encoder.lost
        return request
    }

    package func decoder(_ upstream: Upstream) -> any AnswerDecoder {
        AnthropicMessagesDecoder()
    }

    package func encoder(_ answer: AnswerContext) -> any AnswerEncoder {
        AnthropicMessagesEncoder(answer)
    }

    package func decodeFailure(status: Int, body: JSONValue?, text: String) -> ProviderFailure {
        AnthropicFailure.read(status: status, body: body, text: text)
    }

    package func encodeFailure(_ failure: ProviderFailure, requestID: String) -> JSONValue {
        AnthropicFailure.write(failure, requestID: requestID)
    }

    // MARK: Counting (`POST /v1/messages/count_tokens`)

    /// The members of a request that the counter takes; it refuses the others.
    private static let counted: Set<String> = [
        "cache_control", "messages", "model", "output_config", "speed", "system", "thinking",
        "tool_choice", "tools",
    ]

    package func encodeCount(_ request: JSONValue, for upstream: Upstream) -> JSONValue? {
        request.object.map { members in .object(members.filter { Self.counted.contains($0.key) }) }
    }

    package func decodeCount(_ body: JSONValue) -> Int? {
        body["input_tokens"]?.int
    }

    package func encodeCountAnswer(_ tokens: Int) -> JSONValue {
        .object([JSONMember(key: "input_tokens", value: .number(JSONNumber(tokens)))])
    }
}
