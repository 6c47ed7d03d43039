import AgentRouteWire

/// Reads a provider's answer, a stream of events or a whole body.
struct ProviderStream: ~Copyable {
    private var decoder: any AnswerDecoder
    private var parser = SSEParser()
    private var document = JSONDocument()
    private var repeated = RepeatedText()

    init(_ decoder: any AnswerDecoder) {
        self.decoder = decoder
    }

    /// Reads the next bytes of a stream.
    ///
    /// - Parameters:
    ///   - onComment: Called for each comment: a sign of life.
    ///   - sink: Gets what the events say.
    mutating func feed(
        _ bytes: RawSpan, onComment: () -> Void, to sink: (StreamEvent) -> Void
    ) throws(SSEError) {
        try parser.feed(bytes, onComment: onComment) { name, data in
            if let text = repeated.text(in: data) { return sink(.text(text)) }
            let wasAtRest = decoder.isAtRest
            var count = 0
            var text: String?
            decoder.event(name: name, data: data, document: &document) { event in
                count += 1
                if case .text(let piece) = event { text = piece }
                sink(event)
            }
            if count == 1, let text, wasAtRest, decoder.isAtRest {
                repeated.learn(data, text)
            } else {
                repeated.forget()
            }
        }
    }

    /// The stream has ended in order.
    mutating func finish(to sink: (StreamEvent) -> Void) {
        decoder.finish(to: sink)
    }

    /// Reads a whole body.
    mutating func whole(_ body: JSONValue, to sink: (StreamEvent) -> Void) {
        decoder.whole(body, to: sink)
    }
}
