import AgentRouteWire
import Testing

@testable import AgentRouteCore

/// A client of the demo model in one wire: how it words a request, and how it reads a stream.
struct DemoClient: Sendable, CustomTestStringConvertible {
    let wire: Wire
    /// A request's body around the user's words and offered tools, optionally after a tool's
    /// answer.
    let body: @Sendable (_ words: String, _ tools: [JSONValue], _ result: String?) -> JSONValue
    /// A tool as the wire declares it.
    let tool: @Sendable (_ name: String, _ schema: JSONValue) -> JSONValue
    /// What a stream's events add up to. Fails the test where they break the wire's grammar.
    let fold: @Sendable ([DemoEvent]) throws -> DemoHeard
    /// What a body that is not streamed says.
    let hear: @Sendable (JSONValue) throws -> DemoHeard

    var testDescription: String { wire.rawValue }

    static let all: [DemoClient] = [.anthropicMessages, .openAIChat, .openAIResponses, .gemini]

    func ask(
        _ words: String, tools: [JSONValue] = [], result: String? = nil, ordinal: UInt64 = 7
    ) throws -> DemoHeard {
        let request = body(words, tools, result)
        return try hear(
            JSONValue.parse(respond(to: request, ordinal: ordinal).onlyFrame(), comments: false))
    }

    func stream(_ words: String, tools: [JSONValue] = []) throws -> DemoHeard {
        try fold(DemoEvent.all(in: respond(to: body(words, tools, nil), stream: true)))
    }

    func respond(to body: JSONValue, stream: Bool = false, ordinal: UInt64 = 7) -> DemoResponse {
        respond(.generate(stream: stream), body, ordinal)
    }

    func countTokens(of body: JSONValue) -> DemoResponse {
        respond(.countTokens, body, 7)
    }

    private func respond(
        _ operation: DemoRequest.Operation, _ body: JSONValue, _ ordinal: UInt64
    ) -> DemoResponse {
        DemoModel().respond(
            DemoRequest(
                wire: wire, operation: operation, model: "some-model", body: body.serialized(),
                ordinal: ordinal))
    }
}

/// What a client has heard in the end, whatever its wire.
struct DemoHeard: Equatable {
    var thinking = ""
    var text = ""
    var tool: String?
    var callIdentifier: String?
    var arguments = ""
    var stopReason = ""
    var inputTokens = 0
    var outputTokens = 0

    /// The arguments as JSON.
    var argumentValue: JSONValue {
        get throws { try JSONValue.parse(Array(arguments.utf8), comments: false) }
    }
}

/// One server-sent event of a stream.
struct DemoEvent {
    let name: String?
    let data: String

    var value: JSONValue {
        get throws { try JSONValue.parse(Array(data.utf8), comments: false) }
    }

    /// The events of a response. Fails the test unless each frame is exactly one.
    static func all(in response: DemoResponse) throws -> [DemoEvent] {
        #expect(response.status == 200)
        #expect(response.contentType.hasPrefix("text/event-stream"))
        return try response.frames.map { frame in
            var lines = String(decoding: frame.bytes, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            try #require(lines.count >= 3 && lines.suffix(2) == ["", ""])
            lines.removeLast(2)
            let data = try #require(lines.last)
            lines.removeLast()
            try #require(data.hasPrefix("data: ") && lines.count <= 1)
            if let name = lines.first { try #require(name.hasPrefix("event: ")) }
            return DemoEvent(
                name: lines.first.map { String($0.dropFirst(7)) }, data: String(data.dropFirst(6)))
        }
    }
}

extension DemoResponse {
    /// The bytes of a body that is not streamed.
    func onlyFrame() throws -> [UInt8] {
        #expect(contentType == "application/json")
        try #require(frames.count == 1)
        return try #require(frames.first).bytes
    }
}

/// Schemas of tools as agents declare them.
enum DemoSchema {
    static let file = object(["file_path": "string", "content": "string"])
    static let command = object(["cmd": "string", "workdir": "string"], required: ["cmd"])

    static func object(
        _ properties: KeyValuePairs<String, String>, required: [String]? = nil
    ) -> JSONValue {
        let members = properties.map { JSONMember(key: $0.key, value: ["type": .string($0.value)]) }
        let names = required ?? properties.map(\.key)
        return [
            "type": "object", "properties": .object(members),
            "required": .array(names.map { .string($0) }),
        ]
    }
}
