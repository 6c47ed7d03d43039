import AgentRouteTesting
import AgentRouteWire
import Foundation
import Testing

/// An error as the client's wire writes it.
struct DialectError {
    /// The wire's own name of the fault: Anthropic's and OpenAI's `type`, Gemini's `status`.
    let type: String
    let message: String

    /// Reads `body`; fails the test where it is not an error of `wire`.
    init(_ wire: Wire, _ body: some Sequence<UInt8>) throws {
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(body)) as? [String: Any], "not a JSON object")
        let error = try #require(object["error"] as? [String: Any], "no error object")
        message = try #require(error["message"] as? String, "no error.message")
        #expect(!message.isEmpty)
        switch wire {
        case .anthropicMessages:
            #expect(object["type"] as? String == "error")
            #expect(object["request_id"] is String)
            type = try #require(error["type"] as? String)
        case .gemini:
            #expect(error["code"] is Int)
            type = try #require(error["status"] as? String)
        default:
            #expect(error.keys.contains("param") && error.keys.contains("code"))
            type = try #require(error["type"] as? String)
        }
    }

    /// An error answer before any part of the upstream's: the dialect, and that it is whole.
    @discardableResult
    static func expect(
        _ response: HTTPResponse, status: Int, wire: Wire,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> DialectError {
        #expect(response.status == status, sourceLocation: sourceLocation)
        #expect(response.end == .complete, sourceLocation: sourceLocation)
        #expect(
            response.value("content-type")?.hasPrefix("application/json") == true,
            sourceLocation: sourceLocation)
        return try DialectError(wire, response.body)
    }
}

/// What a client may find when a stream was cut.
enum CutStream {
    /// Whether `tail`, what came after the last whole event, is the wire's error event.
    static func isErrorEvent(_ tail: String, of wire: Wire) -> Bool {
        guard tail.hasSuffix("\n\n"), let data = tail.range(of: "data: ") else { return false }
        let json = Data(tail[data.upperBound...].utf8)
        guard let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any] else {
            return false
        }
        switch wire {
        case .anthropicMessages:
            return tail.hasPrefix("event: error\n") && object["type"] as? String == "error"
        case .openAIResponses:
            return object["type"] as? String == "response.failed"
                && tail.hasPrefix("event: response.failed\n")
        default:
            return (object["error"] as? [String: Any])?["message"] is String
        }
    }
}
