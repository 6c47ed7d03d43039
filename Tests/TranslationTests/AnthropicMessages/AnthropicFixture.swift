import AgentRouteTranslation
import AgentRouteWire

/// Short forms for the tests of Anthropic's codec.
enum AnthropicFixture {
    static let codec = AnthropicMessagesCodec()

    /// The value `text` stands for.
    static func json(_ text: String) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8))
    }

    /// The request `body`, decoded.
    static func decoded(_ body: String, counting: Bool = false) throws -> Conversation {
        var call = RequestCall()
        call.countsTokens = counting
        return try codec.decodeRequest(try json(body), call)
    }

    /// The only message of a request whose content is `content`, decoded.
    static func blocks(_ content: String, role: String = "user") throws -> [Block] {
        let body =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"\#(role)","content":\#(content)}]}"#
        return try decoded(body).turns[0].blocks
    }

    /// What `conversation` is to `model`, and what of it is lost.
    static func encoded(
        _ conversation: Conversation, model: String = "claude-sonnet-4-6"
    ) -> (request: JSONValue, lost: [String]) {
        var lost = Degradations()
        let upstream = Upstream(id: "anthropic", wire: .anthropicMessages, model: model)
        let request = codec.encodeRequest(conversation, for: upstream, lost: &lost)
        return (request, lost.list.map(\.name))
    }

    /// A chat client's conversation of `turns`.
    static func conversation(_ turns: [Turn]) -> Conversation {
        var conversation = Conversation(model: "m", family: .openAI)
        conversation.turns = turns
        return conversation
    }

    /// A chat client's question, with what `change` adds to it.
    static func question(_ change: (inout Conversation) -> Void) -> Conversation {
        var conversation = conversation([Turn(.user, [.text("hi")])])
        change(&conversation)
        return conversation
    }

    /// The events of a stream of `data`, each the data of one event.
    static func events(_ data: [String]) -> [StreamEvent] {
        var decoder = codec.decoder(
            Upstream(id: "anthropic", wire: .anthropicMessages, model: "m"))
        var document = JSONDocument()
        var events: [StreamEvent] = []
        let name = Array("message".utf8)
        for text in data {
            let bytes = Array(text.utf8)
            decoder.event(
                name: name.span.bytes, data: bytes.span.bytes, document: &document
            ) { events.append($0) }
        }
        decoder.finish { events.append($0) }
        return events
    }

    /// The events of a whole body.
    static func whole(_ body: String) throws -> [StreamEvent] {
        var decoder = codec.decoder(
            Upstream(id: "anthropic", wire: .anthropicMessages, model: "m"))
        var events: [StreamEvent] = []
        decoder.whole(try json(body)) { events.append($0) }
        return events
    }

    /// What answers are written with.
    static func context(_ change: (inout Conversation) -> Void = { _ in }) -> AnswerContext {
        AnswerContext(id: "a1", created: 1, request: question(change))
    }

    /// The bytes of `events` in a client's stream.
    static func stream(_ events: [OutputEvent], context: AnswerContext? = nil) -> String {
        var encoder = codec.encoder(context ?? Self.context())
        var writer = ByteWriter()
        for event in events { encoder.encode(event, into: &writer) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// A seal of some issuer's, and its envelope.
    static func seal(_ payload: JSONValue) -> ReasoningSeal {
        let upstream = Upstream(id: "lab", wire: .openAIChat, model: "mid")
        return .issued(by: ReasoningIssuer(upstream), payload: payload)
    }
}
