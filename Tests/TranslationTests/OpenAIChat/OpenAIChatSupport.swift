import AgentRouteTranslation
import AgentRouteWire
import Testing

/// What the tests of the chat codec have in common.
enum Chat {
    static let codec = OpenAIChatCodec()
    static let openRouter = Upstream(
        id: "router", wire: .openAIChat, model: "vendor/m", dialect: .openRouter)

    static func plain(_ model: String = "m") -> Upstream {
        Upstream(id: "lab", wire: .openAIChat, model: model)
    }

    static func json(_ text: String) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8))
    }

    /// A client's request whose members beside the model are those in `members`.
    static func decode(_ members: String) throws -> Conversation {
        try codec.decodeRequest(json(#"{"model":"alias",\#(members)}"#), RequestCall())
    }

    /// The turns of a request with these messages.
    static func turns(_ messages: String) throws -> [Turn] {
        try decode(#""messages":[\#(messages)]"#).turns
    }

    /// What a provider gets, and what is lost on the way.
    static func encode(
        _ conversation: Conversation, for upstream: Upstream = plain()
    ) -> (body: JSONValue, lost: [String]) {
        var lost = Degradations()
        let body = codec.encodeRequest(conversation, for: upstream, lost: &lost)
        return (body, lost.list.map(\.name))
    }

    /// The messages that `turns` become.
    static func messages(
        _ turns: [Turn], for upstream: Upstream = plain(), family: WireFamily = .anthropic
    ) -> (messages: JSONValue?, lost: [String]) {
        var conversation = Conversation(model: "alias", family: family)
        conversation.turns = turns
        let (body, lost) = encode(conversation, for: upstream)
        return (body["messages"], lost)
    }

    /// A request of one user's word, with what `change` adds.
    static func request(_ change: (inout Conversation) -> Void) -> Conversation {
        var conversation = Conversation(model: "alias", family: .anthropic)
        conversation.turns = [Turn(.user, [.text("hi")])]
        change(&conversation)
        return conversation
    }

    // MARK: Answers

    /// The events of a stream of these data lines, up to its end.
    static func events(_ lines: [String], finish: Bool = true) -> [StreamEvent] {
        var decoder = codec.decoder(plain())
        var document = JSONDocument()
        var events: [StreamEvent] = []
        let name = Array("message".utf8)
        for line in lines {
            let data = Array(line.utf8)
            decoder.event(name: name.span.bytes, data: data.span.bytes, document: &document) {
                events.append($0)
            }
        }
        if finish { decoder.finish { events.append($0) } }
        return events
    }

    /// A chunk whose choice holds `choice`.
    static func chunk(_ choice: String) -> String {
        #"{"id":"gen-1","model":"vendor/m","choices":[{"index":0,\#(choice)}]}"#
    }

    /// A chunk of this delta.
    static func delta(_ delta: String) -> String {
        chunk(#""delta":{\#(delta)},"finish_reason":null"#)
    }

    /// A chunk that ends the choice.
    static func end(_ reason: String) -> String {
        chunk(#""delta":{},"finish_reason":"\#(reason)""#)
    }

    static let start = StreamEvent.start(id: "gen-1", model: "vendor/m")

    /// The events of a whole body.
    static func whole(_ body: String) throws -> [StreamEvent] {
        var decoder = codec.decoder(plain())
        var events: [StreamEvent] = []
        decoder.whole(try json(body)) { events.append($0) }
        return events
    }

    /// A whole answer of these parts.
    static func answer(_ parts: [Answer.Part], id: String? = nil) throws -> Answer {
        var fold = AnswerFold()
        fold.add(.start(AnswerStart(id: id, model: "vendor/m")))
        fold.add(.finish(.endTurn, Usage()))
        var answer = try #require(fold.result).get()
        answer.parts = parts
        return answer
    }

    static func context(_ change: (inout Conversation) -> Void = { _ in }) -> AnswerContext {
        AnswerContext(id: "a1", created: 7, request: request(change))
    }

    /// The bytes that `events` become.
    static func stream(_ events: [OutputEvent], _ context: AnswerContext = context()) -> String {
        var encoder = codec.encoder(context)
        var writer = ByteWriter()
        for event in events { encoder.encode(event, into: &writer) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
