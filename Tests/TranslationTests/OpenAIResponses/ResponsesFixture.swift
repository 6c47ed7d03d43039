import AgentRouteTranslation
import AgentRouteWire

/// What the tests of the Responses wire do again and again.
enum ResponsesFixture {
    static let codec = OpenAIResponsesCodec()

    static func json(_ text: String) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8))
    }

    // MARK: Requests

    /// The conversation in a body with these members besides the model.
    static func decode(_ members: String) throws -> Conversation {
        try codec.decodeRequest(json(#"{"model":"m",\#(members)}"#), RequestCall())
    }

    /// The blocks of the turns in `input`, an array's elements.
    static func turns(_ items: String) throws -> [Turn] {
        try decode(#""input":[\#(items)]"#).turns
    }

    /// The fault of a body with these members; nil if there is none.
    static func fault(_ members: String) throws -> String? {
        let body = try json(#"{"model":"m",\#(members)}"#)
        do throws(RequestFault) {
            _ = try codec.decodeRequest(body, RequestCall())
            return nil
        } catch {
            return error.path
        }
    }

    /// A conversation of these turns.
    static func conversation(
        _ turns: [Turn], family: WireFamily = .anthropic
    ) -> Conversation {
        var conversation = Conversation(model: "asked", family: family)
        conversation.turns = turns
        return conversation
    }

    /// The provider's body, and the names of what was lost.
    static func encode(
        _ conversation: Conversation, model: String = "gpt-5.5"
    ) -> (body: JSONValue, lost: [String]) {
        var lost = Degradations()
        let upstream = Upstream(id: "lab", wire: .openAIResponses, model: model)
        let body = codec.encodeRequest(conversation, for: upstream, lost: &lost)
        return (body, lost.list.map(\.name))
    }

    // MARK: Answers

    static let upstream = Upstream(id: "lab", wire: .openAIResponses, model: "up")

    /// What a stream of these events says. Events are named by their type.
    static func read(_ events: [String]) -> [StreamEvent] {
        readAll(events).filter { $0 != .alive }
    }

    /// The same, signs of life included.
    static func readAll(_ events: [String]) -> [StreamEvent] {
        var said: [StreamEvent] = []
        var decoder = codec.decoder(upstream)
        var document = JSONDocument()
        for event in events {
            let type = (try? json(event))?["type"]?.string ?? "message"
            decoder.event(
                name: Array(type.utf8).span.bytes, data: Array(event.utf8).span.bytes,
                document: &document
            ) { said.append($0) }
        }
        decoder.finish { said.append($0) }
        return said
    }

    /// What a whole body says.
    static func readWhole(_ body: String) throws -> [StreamEvent] {
        var said: [StreamEvent] = []
        var decoder = codec.decoder(upstream)
        decoder.whole(try json(body)) { said.append($0) }
        return said
    }

    /// What a client that sent `request` gets for `events`.
    static func write(
        _ events: [OutputEvent], request: Conversation = Conversation(model: "m", family: .openAI)
    ) throws -> [JSONValue] {
        var writer = ByteWriter()
        var encoder = codec.encoder(context(request))
        for event in events { encoder.encode(event, into: &writer) }
        return try self.events(writer)
    }

    static func context(_ request: Conversation) -> AnswerContext {
        AnswerContext(id: "own", created: 1_700_000_000, request: request)
    }

    /// The data of the events in `writer`, each checked to have its name and its number.
    static func events(_ writer: borrowing ByteWriter) throws -> [JSONValue] {
        struct Misnamed: Error {}
        let text = String(decoding: writer.bytes, as: UTF8.self)
        var events: [JSONValue] = []
        for frame in text.split(separator: "\n\n") {
            let lines = frame.split(separator: "\n")
            guard lines.count == 2, lines[1].hasPrefix("data: ") else { throw Misnamed() }
            let event = try json(String(lines[1].dropFirst("data: ".count)))
            guard event["type"]?.string.map({ "event: \($0)" }) == String(lines[0]),
                event["sequence_number"]?.int == events.count
            else { throw Misnamed() }
            events.append(event)
        }
        return events
    }
}
