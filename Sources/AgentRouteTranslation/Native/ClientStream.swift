import AgentRouteWire

/// Writes an answer for a client: a stream as its events come, or, folded, a whole body.
struct ClientStream {
    private(set) var grammar: StreamGrammar
    private var encoder: any AnswerEncoder
    private var fold = AnswerFold()
    /// The client wants a stream.
    private let streams: Bool
    /// Ends the text where the provider could not be told to; nil where it could, or need not.
    private var stops: StopSequences?

    init(
        _ grammar: StreamGrammar, _ encoder: any AnswerEncoder, streams: Bool,
        stops: [String] = []
    ) {
        self.grammar = grammar
        self.encoder = encoder
        self.streams = streams
        self.stops = stops.isEmpty ? nil : StopSequences(stops)
    }

    /// Whether the end has been written: nothing more will be.
    var isEnded: Bool { grammar.isEnded }

    /// Whether anything of a stream has been written.
    var isStarted: Bool { streams && grammar.isStarted }

    /// The provider says `event`: what may leave of it goes on to the client, or into the fold.
    mutating func take(_ event: StreamEvent, into writer: inout ByteWriter) {
        guard var stops else { return pass(event, into: &writer) }
        stops.add(event) { pass($0, into: &writer) }
        self.stops = stops
    }

    private mutating func pass(_ event: StreamEvent, into writer: inout ByteWriter) {
        if streams {
            grammar.add(event) { encoder.encode($0, into: &writer) }
        } else {
            grammar.add(event) { fold.add($0) }
        }
    }

    /// Ends the answer as failed, if it has not ended.
    mutating func fail(_ failure: ProviderFailure, into writer: inout ByteWriter) {
        take(.failure(failure), into: &writer)
    }

    /// Appends the wire's sign of life.
    mutating func keepAlive(into writer: inout ByteWriter) {
        guard streams, !isEnded else { return }
        take(.alive, into: &writer)
        encoder.keepAlive(into: &writer)
    }

    /// The whole body; nil if the answer failed or is not over.
    var body: JSONValue? {
        guard case .success(let answer)? = fold.result else { return nil }
        return encoder.whole(answer)
    }
}
