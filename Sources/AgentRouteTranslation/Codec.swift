package import AgentRouteWire

/// One wire, both ways: how its requests are read and written, and its answers.
///
/// Codecs are pure values without state of their own; what has state while an answer passes is made
/// by ``decoder(_:)`` and ``encoder(_:)``. A codec knows its own wire and the model between wires, never
/// another codec.
package protocol Codec: Sendable {
    /// The wire.
    var wire: Wire { get }

    /// Whether an answer in it may end with thoughts. Where it may not, a seal that comes last has no
    /// place.
    var answersMayEndWithThoughts: Bool { get }

    /// The kinds of block whose text an answer in it has in one, whatever stands between them.
    var joinedTexts: Set<OutputEvent.BlockKind> { get }

    /// Whether an answer in it can say that the model stopped for `reason`, and not for another.
    func tells(_ reason: StopReason) -> Bool

    /// A block of a provider's answer that only its own wire knows, as this one has it; nil where it
    /// has no such block.
    func adapted(_ block: OpaqueBlock) -> OpaqueBlock?

    /// Reads a client's request.
    ///
    /// - Parameters:
    ///   - body: The JSON body.
    ///   - call: What the request line says.
    /// - Throws: The first fault, with its path. Anything this version does not know is a fault, but
    ///   for unknown top-level members, which go to ``Conversation/extras``.
    func decodeRequest(_ body: JSONValue, _ call: RequestCall) throws(RequestFault) -> Conversation

    /// Writes a provider's request.
    ///
    /// - Parameters:
    ///   - conversation: As ``Lowering`` left it: every tool is one this wire has, names fit.
    ///   - upstream: The provider, its dialect and the model to be named.
    ///   - lost: Notes what cannot be expressed.
    func encodeRequest(
        _ conversation: Conversation, for upstream: Upstream, lost: inout Degradations
    ) -> JSONValue

    /// What reads one answer of a provider.
    func decoder(_ upstream: Upstream) -> any AnswerDecoder

    /// What writes one answer to a client.
    func encoder(_ answer: AnswerContext) -> any AnswerEncoder

    /// Reads the body of a provider's answer with an error status, or of a 200 that is an error.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The body; nil if it is no JSON.
    ///   - text: The body as text, for messages.
    func decodeFailure(status: Int, body: JSONValue?, text: String) -> ProviderFailure

    /// The JSON body that tells a client of `failure`, whose `request_id`, where the wire has one, is
    /// `requestID`.
    func encodeFailure(_ failure: ProviderFailure, requestID: String) -> JSONValue

    /// The body of the provider's own token counter for a request that ``encodeRequest(_:for:lost:)``
    /// has written; nil where the wire has no counter.
    func encodeCount(_ request: JSONValue, for upstream: Upstream) -> JSONValue?

    /// The count in the answer of the provider's counter.
    func decodeCount(_ body: JSONValue) -> Int?

    /// The answer to a client that asked for a count of `tokens`.
    func encodeCountAnswer(_ tokens: Int) -> JSONValue
}

extension Codec {
    package var answersMayEndWithThoughts: Bool { true }
    package var joinedTexts: Set<OutputEvent.BlockKind> { [] }
    package func tells(_ reason: StopReason) -> Bool {
        switch reason {
        case .pause, .other: false
        case .endTurn, .toolUse, .maxTokens, .stopSequence, .refusal, .contextWindow: true
        }
    }
    package func adapted(_ block: OpaqueBlock) -> OpaqueBlock? {
        block.family == WireFamily(wire) ? block : nil
    }
}

/// What the request line says of a request.
package struct RequestCall: Hashable, Sendable {
    /// The model in the path (Gemini), percent-decoded; nil where the body names it.
    package var model: String?
    /// Whether the path asks for a stream (Gemini); nil where the body says.
    package var streams: Bool?
    /// Whether a Gemini stream is wanted as events (`alt=sse`) and not as a JSON array.
    package var wantsEvents = true
    /// Tokens are to be counted, not generated: parts a generation needs may be absent.
    package var countsTokens = false

    /// A request line that says nothing.
    package init() {}
}

/// What an encoder of answers has to know of the request.
package struct AnswerContext: Sendable {
    /// Names the answer where the provider does not, without a prefix: letters and digits.
    package var id: String
    /// Seconds since 1970.
    package var created: Int
    /// The client's request.
    package var request: Conversation
    /// A Gemini stream as events, not as a JSON array.
    package var wantsEvents: Bool

    /// The context of an answer to `request`.
    package init(id: String, created: Int, request: Conversation, wantsEvents: Bool = true) {
        self.id = id
        self.created = created
        self.request = request
        self.wantsEvents = wantsEvents
    }
}

/// Reads one answer of a provider: a stream of events, or a whole body.
package protocol AnswerDecoder {
    /// Reads one event of the stream. What is no valid event of the wire is a ``StreamEvent/failure(_:)``.
    ///
    /// - Parameters:
    ///   - name: The event's name, `message` if it has none.
    ///   - data: The event's data.
    ///   - document: A reader whose memory is kept between events.
    ///   - sink: Gets what the event says.
    mutating func event(
        name: RawSpan, data: RawSpan, document: inout JSONDocument,
        to sink: (StreamEvent) -> Void)

    /// Reads a whole body, to the same events as its stream would give, `end` included.
    mutating func whole(_ body: JSONValue, to sink: (StreamEvent) -> Void)

    /// The stream has ended in order by its framing. Gives what the decoder still holds, and
    /// ``StreamEvent/end`` only if the wire's last event had come or is not needed: an answer without
    /// it is cut.
    mutating func finish(to sink: (StreamEvent) -> Void)

    /// Whether nothing is gathered for a later event. An event of which a decoder at rest makes one
    /// ``StreamEvent/text(_:)`` and nothing else, to be at rest again, leaves no trace in it, and
    /// gives its text alone where it comes again with another. The answer of one that cannot know
    /// is false, which costs speed only.
    var isAtRest: Bool { get }
}

extension AnswerDecoder {
    package var isAtRest: Bool { false }
}

/// Writes one answer to a client: a stream of events, or a whole body.
package protocol AnswerEncoder {
    /// Appends what `event` is in the client's stream, `fail` included: the wire's own error event.
    mutating func encode(_ event: OutputEvent, into writer: inout ByteWriter)

    /// Appends what keeps a client waiting: Anthropic's `ping`, an event for Responses, a comment for
    /// chat and Gemini. Called only between `start` and the end.
    mutating func keepAlive(into writer: inout ByteWriter)

    /// The whole body for a client that wants no stream.
    func whole(_ answer: Answer) -> JSONValue
}
