import AgentRouteTranslation
import AgentRouteWire
import Testing

/// What the tests of Gemini's codec share.
enum GeminiKit {
    static let codec = GeminiCodec()

    static func json(_ text: String) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8))
    }

    static func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }

    static func upstream(_ model: String) -> Upstream {
        Upstream(id: "google", wire: .gemini, model: model)
    }

    // MARK: Requests

    static func decode(
        _ body: String, call: RequestCall = call()
    ) throws -> Conversation {
        try codec.decodeRequest(json(body), call)
    }

    static func call(model: String? = "gemini-2.5-pro") -> RequestCall {
        var call = RequestCall()
        call.model = model
        return call
    }

    /// The fault of `body`, as one line.
    static func fault(_ body: String, call: RequestCall = call()) throws -> String? {
        let body = try json(body)
        do {
            _ = try codec.decodeRequest(body, call)
            return nil
        } catch {
            return error.message
        }
    }

    /// A request of one user's message, to be changed.
    static func conversation(_ turns: [Turn] = [Turn(.user, [.text("hi")])]) -> Conversation {
        var conversation = Conversation(model: "alias", family: .anthropic)
        conversation.turns = turns
        return conversation
    }

    /// What `conversation` becomes for `model`, and the names of what is lost.
    static func encode(
        _ conversation: Conversation, model: String = "gemini-2.5-pro"
    ) -> (body: JSONValue, lost: [String]) {
        var lost = Degradations()
        let body = codec.encodeRequest(conversation, for: upstream(model), lost: &lost)
        return (body, lost.list.map(\.name))
    }

    /// The contents of `turns`, as text.
    static func contents(_ turns: [Turn], model: String = "gemini-2.5-pro") -> String {
        text(encode(conversation(turns), model: model).body["contents"] ?? .null)
    }

    static func toolCall(_ id: String, _ name: String, _ arguments: String = "{}") -> Block {
        Block(.toolCall(ToolCall(id: id, name: ToolName(name), input: .json(arguments))))
    }

    static func toolResult(_ id: String, _ content: [Block], isError: Bool? = nil) -> Block {
        Block(.toolResult(ToolResult(callID: id, content: content, isError: isError)))
    }

    static func sealed(_ text: String, _ payload: JSONValue) -> Block {
        let issuer = ReasoningIssuer(upstream("gemini-3-pro"))
        let seal = ReasoningSeal.issued(by: issuer, payload: payload)
        return Block(.reasoning(Reasoning(text, seal: seal)))
    }

    // MARK: Answers

    /// What a stream of `events` says.
    static func events(_ events: [String], finishes: Bool = true) -> [StreamEvent] {
        var decoder = codec.decoder(upstream("gemini-3-pro"))
        var document = JSONDocument()
        var result: [StreamEvent] = []
        for event in events {
            let name = Array("message".utf8)
            let data = Array(event.utf8)
            decoder.event(
                name: name.span.bytes, data: data.span.bytes, document: &document
            ) { result.append($0) }
        }
        if finishes { decoder.finish { result.append($0) } }
        return result
    }

    /// What a whole body says.
    static func whole(_ body: String) throws -> [StreamEvent] {
        var decoder = codec.decoder(upstream("gemini-3-pro"))
        var result: [StreamEvent] = []
        decoder.whole(try json(body)) { result.append($0) }
        return result
    }

    static func context(wantsEvents: Bool = true) -> AnswerContext {
        AnswerContext(
            id: "a1", created: 0, request: conversation(), wantsEvents: wantsEvents)
    }

    /// The bytes a client gets for `events`.
    static func stream(_ events: [OutputEvent], wantsEvents: Bool = true) -> String {
        var encoder = codec.encoder(context(wantsEvents: wantsEvents))
        var writer = ByteWriter()
        for event in events { encoder.encode(event, into: &writer) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The whole body a client gets for the same.
    static func body(_ events: [OutputEvent]) throws -> JSONValue {
        var fold = AnswerFold()
        for event in events { fold.add(event) }
        return codec.encoder(context()).whole(try #require(fold.result).get())
    }

    /// The JSON of each event of `stream`.
    static func chunks(_ stream: String) throws -> [JSONValue] {
        try stream.split(separator: "\n\n").map { try json(String($0.dropFirst(6))) }
    }
}
