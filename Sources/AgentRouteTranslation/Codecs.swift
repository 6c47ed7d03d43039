package import AgentRouteWire

/// The codecs, one a wire.
package enum Codecs {
    /// The codec of `wire`; nil for a wire this version does not speak.
    package static func of(_ wire: Wire) -> (any Codec)? {
        switch wire {
        case .anthropicMessages: AnthropicMessagesCodec()
        case .openAIChat: OpenAIChatCodec()
        case .openAIResponses: OpenAIResponsesCodec()
        case .gemini: GeminiCodec()
        default: nil
        }
    }
}
