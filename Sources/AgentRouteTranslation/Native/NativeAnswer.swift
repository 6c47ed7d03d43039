package import AgentRouteWire

/// One answer on its way from a provider's wire to a client's. Bytes in, bytes out, no I/O; used from
/// one thread. Per event of a stream it allocates no more than the event's own text.
package final class NativeAnswer {
    private let handler: NativeHandler
    /// The client wants a stream.
    private let streams: Bool
    private var decoder: any AnswerDecoder
    private var encoder: any AnswerEncoder
    private var grammar: StreamGrammar
    private var fold = AnswerFold()
    private var parser = SSEParser()
    private var document = JSONDocument()
    /// The provider's body where it is no stream of events.
    private var whole: [UInt8] = []
    private var isEventStream = false

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
        streams = conversation.streams
        decoder = handler.provider.decoder(upstream)
        encoder = handler.client.encoder(
            AnswerContext(
                id: id, created: created, request: conversation, wantsEvents: wantsEvents))
        grammar = StreamGrammar(
            rules: GrammarRules(
                issuer: ReasoningIssuer(upstream),
                clientFamily: WireFamily(handler.client.wire),
                hidesReasoning: conversation.reasoning?.isShown == false),
            start: AnswerStart(id: nil, model: upstream.model, inputEstimate: inputEstimate),
            tools: request.tools, id: id)
    }

    /// The body's form is known.
    ///
    /// - Parameter isEventStream: `text/event-stream`, else a whole body.
    package func begin(isEventStream: Bool) {
        self.isEventStream = isEventStream
    }

    /// Whether the end has been written: nothing more will be.
    package var isEnded: Bool { grammar.isEnded }

    /// Why the answer failed; nil while it has not.
    package var failure: ProviderFailure? { grammar.failure }

    /// What it used, as far as known.
    package var usage: Usage { grammar.usage }

    /// Blocks of the answer that the client's wire has no form for.
    package var degradations: [Degradation] { grammar.lost.list }

    /// Takes the next bytes of the provider's body and appends what the client gets of them: events
    /// of its stream. Nothing for a client that wants no stream.
    package func feed(_ bytes: RawSpan, into writer: inout ByteWriter) {
        guard !isEnded else { return }
        guard isEventStream else { return whole.append(bytes) }
        do throws(SSEError) {
            try parse(bytes, into: &writer)
        } catch {
            cut(.malformed("the provider's stream cannot be read: \(error)"), into: &writer)
        }
    }

    /// The provider's body has ended in order. What has not come now is missing.
    package func finish(into writer: inout ByteWriter) {
        guard !isEnded else { return }
        if isEventStream {
            // A last event may lack its blank line. Cut off within its JSON it does not parse.
            feed(unsafe Self.blankLines.span.bytes, into: &writer)
            decoder.finish { take($0, &writer) }
        } else if let body = try? JSONValue.parse(whole) {
            decoder.whole(body) { take($0, &writer) }
        }
        let what = isEventStream ? "stream ended before it was finished" : "answer is no JSON"
        cut(.malformed("provider \(handler.upstream.id): its \(what)"), into: &writer)
    }

    /// The provider's body has been cut, or cannot be read on. Ignored after the end.
    package func cut(_ failure: ProviderFailure, into writer: inout ByteWriter) {
        grammar.fail(failure) { put($0, &writer) }
    }

    /// Appends what keeps a waiting client: its wire's own sign of life.
    package func keepAlive(into writer: inout ByteWriter) {
        guard streams, !isEnded else { return }
        take(.alive, &writer)
        encoder.keepAlive(into: &writer)
    }

    /// The whole body for a client that wants no stream; nil if the answer failed or is not over.
    package var body: JSONValue? {
        guard case .success(let answer)? = fold.result else { return nil }
        return encoder.whole(answer)
    }

    // MARK: Events

    private static let blankLines: [UInt8] = [0x0A, 0x0A]

    private func parse(_ bytes: RawSpan, into writer: inout ByteWriter) throws(SSEError) {
        var isAlive = false
        try parser.feed(bytes, onComment: { isAlive = true }) { name, data in
            decoder.event(name: name, data: data, document: &document) { event in
                if case .alive = event { isAlive = true }
                take(event, &writer)
            }
        }
        if isAlive, writer.isEmpty { keepAlive(into: &writer) }
    }

    /// What the provider says next goes through the grammar, and on to the client or into the fold.
    private func take(_ event: StreamEvent, _ writer: inout ByteWriter) {
        grammar.add(event) { put($0, &writer) }
    }

    private func put(_ event: OutputEvent, _ writer: inout ByteWriter) {
        if streams {
            encoder.encode(event, into: &writer)
        } else {
            fold.add(event)
        }
    }
}
