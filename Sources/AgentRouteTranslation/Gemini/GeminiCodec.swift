package import AgentRouteWire

/// Google's Gemini API: `generateContent`, `streamGenerateContent` and `countTokens` of `v1beta`.
///
/// Sources: Google's reference of these methods (ai.google.dev/api), its guides on thinking,
/// thought signatures, function calling and file input, and the types of `google-genai`.
package struct GeminiCodec: Codec {
    /// The codec.
    package init() {}

    /// ``Wire/gemini``
    package var wire: Wire { .gemini }

    /// The text of an answer is that of its parts in a row, refusals among them.
    package var joinedTexts: Set<OutputEvent.BlockKind> { [.text, .refusal] }

    /// Parts of Google's own, and pictures of any provider's.
    package func adapted(_ block: OpaqueBlock) -> OpaqueBlock? {
        if block.family == .google { return block }
        guard let picture = block.picture, case .base64(let data) = picture.source else {
            return nil
        }
        let value: JSONValue = [
            "inlineData": [
                "mimeType": .string(picture.mediaType ?? "image/png"), "data": .string(data),
            ]
        ]
        return OpaqueBlock(family: .google, type: "inlineData", value: value, picture: picture)
    }

    /// Reads a client's request. The model and whether it streams are in the request line.
    package func decodeRequest(
        _ body: JSONValue, _ call: RequestCall
    ) throws(RequestFault) -> Conversation {
        try GeminiRequestReader(call: call).read(RequestReader(body))
    }

    /// Writes a provider's request; the model is for the request line and not in it.
    package func encodeRequest(
        _ conversation: Conversation, for upstream: Upstream, lost: inout Degradations
    ) -> JSONValue {
        GeminiRequestWriter(conversation: conversation, model: GeminiModel(upstream.model))
            .write(&lost)
    }

    /// What reads one answer of a provider.
    package func decoder(_ upstream: Upstream) -> any AnswerDecoder {
        GeminiDecoder()
    }

    /// What writes one answer to a client.
    package func encoder(_ answer: AnswerContext) -> any AnswerEncoder {
        GeminiEncoder(answer)
    }
}

// MARK: - Counting

extension GeminiCodec {
    /// The body of `countTokens` that counts all of a request, not its contents alone.
    package func encodeCount(_ request: JSONValue, for upstream: Upstream) -> JSONValue? {
        var whole = ObjectWriter()
        whole.add("model", "models/" + GeminiModel(upstream.model).name)
        whole.add(request.object ?? [])
        return ["generateContentRequest": whole.value]
    }

    /// `totalTokens`.
    package func decodeCount(_ body: JSONValue) -> Int? {
        body["totalTokens"]?.int
    }

    /// A `CountTokensResponse`.
    package func encodeCountAnswer(_ tokens: Int) -> JSONValue {
        ["totalTokens": .number(JSONNumber(tokens))]
    }
}
