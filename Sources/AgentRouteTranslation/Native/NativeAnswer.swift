package import AgentRouteWire

/// One answer on its way from a provider's wire to a client's. Bytes in, bytes out, no I/O; used from
/// one thread. Per event of a stream it allocates no more than the event's own text.
package final class NativeAnswer {
    private let handler: NativeHandler
    private var provider: ProviderStream
    private var client: ClientStream
    /// The provider's body where it is no stream of events.
    private var whole: [UInt8] = []
    private var isEventStream = false
    private var contentType: String?

    /// An answer to `request`.
    ///
    /// - Parameters:
    ///   - id: Names the answer where the provider does not: letters and digits.
    ///   - created: Seconds since 1970.
    ///   - inputEstimate: About how many tokens the prompt has; nil if not counted.
    ///   - wantsEvents: See ``RequestCall/wantsEvents``.
    package init(
        to request: TranslatedRequest, id: String, created: Int, inputEstimate: Int?,
        wantsEvents: Bool
    ) {
        handler = request.handler
        let conversation = request.conversation
        let upstream = handler.upstream
        provider = ProviderStream(handler.provider.decoder(upstream))
        let encoder = handler.client.encoder(
            AnswerContext(
                id: id, created: created, request: conversation, wantsEvents: wantsEvents))
        let grammar = StreamGrammar(
            rules: GrammarRules(
                issuer: ReasoningIssuer(upstream),
                adapt: handler.client.adapted, tells: handler.client.tells,
                joinedTexts: handler.client.joinedTexts,
                callLimit: conversation.readsFunctionCall ? 1 : nil,
                hidesReasoning: conversation.reasoning?.isShown == false,
                mayEndWithThoughts: handler.client.answersMayEndWithThoughts),
            start: AnswerStart(id: nil, model: upstream.model, inputEstimate: inputEstimate),
            tools: request.tools, id: id)
        client = ClientStream(
            grammar, encoder, streams: conversation.streams, stops: request.stopSequences)
    }

    /// The body's form is known.
    ///
    /// - Parameters:
    ///   - isEventStream: `text/event-stream`, else a whole body.
    ///   - contentType: What the body is said to be, for the words about one that is no answer.
    package func begin(isEventStream: Bool, contentType: String? = nil) {
        self.isEventStream = isEventStream
        self.contentType = contentType
    }

    /// Whether the end has been written: nothing more will be.
    package var isEnded: Bool { client.isEnded }

    /// Whether events for the client have been written: a failure is then one of them, and no longer
    /// an answer of its own.
    package var isStarted: Bool { client.isStarted }

    /// Why the answer failed; nil while it has not.
    package var failure: ProviderFailure? { client.grammar.failure }

    /// What it used, as far as known.
    package var usage: Usage { client.grammar.usage }

    /// Blocks of the answer that the client's wire has no form for.
    package var degradations: [Degradation] { client.grammar.lost.list }

    /// Takes the next bytes of the provider's body and appends what the client gets of them: events
    /// of its stream. Nothing for a client that wants no stream. Answers ``isEnded``.
    @discardableResult
    package func feed(_ bytes: RawSpan, into writer: inout ByteWriter) -> Bool {
        guard isEventStream else {
            if !isEnded { whole.append(bytes) }
            return isEnded
        }
        return Self.relay(bytes, from: &provider, to: &client, into: &writer)
    }

    /// The provider's body has ended in order. What has not come now is missing.
    package func finish(into writer: inout ByteWriter) {
        guard !isEnded else { return }
        if isEventStream {
            // A last event may lack its blank line. Cut off within its JSON it does not parse.
            feed(unsafe Self.blankLines.span.bytes, into: &writer)
            provider.finish { client.take($0, into: &writer) }
        } else if let body = try? JSONValue.parse(whole) {
            provider.whole(body) { client.take($0, into: &writer) }
        }
        guard !isEnded else { return }
        cut(.malformed("provider \(handler.upstream.id): its \(fault)"), into: &writer)
    }

    /// What is wrong with a body that has ended and said nothing of an end.
    private var fault: String {
        guard !isEventStream else { return "stream ended before it was finished" }
        let text = String(decoding: whole.prefix(64 << 10), as: UTF8.self)
        return "answer \(ForeignBody.words(text, contentType: contentType))"
    }

    /// The provider's body has been cut, or cannot be read on. Ignored after the end.
    package func cut(_ failure: ProviderFailure, into writer: inout ByteWriter) {
        client.fail(failure, into: &writer)
    }

    /// Appends what keeps a waiting client: its wire's own sign of life.
    package func keepAlive(into writer: inout ByteWriter) {
        client.keepAlive(into: &writer)
    }

    /// The whole body for a client that wants no stream; nil if the answer failed or is not over.
    package var body: JSONValue? { client.body }

    private static let blankLines: [UInt8] = [0x0A, 0x0A]

    // Both sides are borrowed once for all events in `bytes`: a class's own are asked for each time.
    private static func relay(
        _ bytes: RawSpan, from provider: inout ProviderStream, to client: inout ClientStream,
        into writer: inout ByteWriter
    ) -> Bool {
        guard !client.isEnded else { return true }
        var isAlive = false
        do throws(SSEError) {
            try provider.feed(bytes, onComment: { isAlive = true }) { event in
                if case .alive = event { isAlive = true }
                client.take(event, into: &writer)
            }
            if isAlive, writer.isEmpty { client.keepAlive(into: &writer) }
        } catch {
            let failure = ProviderFailure.malformed(
                "the provider's stream cannot be read: \(error)")
            client.fail(failure, into: &writer)
        }
        return client.isEnded
    }
}
