package import AgentRouteWire

/// OpenAI's Chat Completions, as OpenAI and as OpenRouter speak it.
///
/// Sources: OpenAI "Chat" API reference and the types of its SDK; OpenRouter "API reference",
/// "Reasoning tokens", "Prompt caching", "Web search", "Errors"; the mock's record of what both
/// refuse.
package struct OpenAIChatCodec: Codec {
    /// The wire.
    package var wire: Wire { .openAIChat }

    /// A message's content is one text.
    package var joinedTexts: Set<OutputEvent.BlockKind> { [.text] }

    /// The codec.
    package init() {}

    /// Pictures, which OpenRouter's clients know; of the family's other items nothing.
    package func adapted(_ block: OpaqueBlock) -> OpaqueBlock? {
        block.picture.flatMap(OpenAIPicture.block)
    }

    /// What reads one answer of a provider.
    package func decoder(_ upstream: Upstream) -> any AnswerDecoder {
        OpenAIChatDecoder()
    }

    /// What writes one answer to a client.
    package func encoder(_ answer: AnswerContext) -> any AnswerEncoder {
        OpenAIChatEncoder(answer)
    }

    /// Nil: the wire has no counter.
    package func encodeCount(_ request: JSONValue, for upstream: Upstream) -> JSONValue? { nil }

    /// Nil: the wire has no counter.
    package func decodeCount(_ body: JSONValue) -> Int? { nil }

    /// The count under the name that OpenAI's counter of the Responses wire gives it.
    package func encodeCountAnswer(_ tokens: Int) -> JSONValue {
        ["input_tokens": .number(JSONNumber(tokens))]
    }
}
