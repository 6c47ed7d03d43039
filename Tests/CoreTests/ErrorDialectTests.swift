import AgentRouteWire
import Testing

@testable import AgentRouteCore

@Suite("Errors in the client's dialect")
struct ErrorDialectTests {
    private let error = AgentRouteError(
        .upstreamCut, origin: .upstream, retry: .possible, "provider lab closed \"early\"")

    private func body(_ wire: Wire, _ error: AgentRouteError) -> JSONValue {
        ErrorDialect(wire: wire, requestID: 7).body(error)
    }

    private func event(_ wire: Wire) -> String {
        var writer = ByteWriter()
        ErrorDialect(wire: wire, requestID: 7).writeEvent(error, into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("Anthropic's has a type and the request's id")
    func anthropic() {
        let value = body(.anthropicMessages, error)
        #expect(value["type"] == "error")
        #expect(value["error"]?["type"] == "api_error")
        #expect(value["error"]?["message"] == "provider lab closed \"early\"")
        #expect(value["request_id"] == "req_agentroute_7")
    }

    @Test("an unknown model is OpenAI's model_not_found, with the parameter named")
    func openAI() {
        let unknown = AgentRouteError(.modelNotFound, origin: .client, retry: .useless, "no x")
        for wire in [Wire.openAIChat, .openAIResponses] {
            let value = body(wire, unknown)["error"]
            #expect(value?["type"] == "not_found_error" && value?["code"] == "model_not_found")
            #expect(value?["param"] == "model" && value?["message"] == "no x")
        }
    }

    @Test("Gemini's is a google.rpc.Status")
    func gemini() {
        let value = body(.gemini, error)["error"]
        #expect(value?["code"] == 502 && value?["status"] == "UNAVAILABLE")
    }

    @Test("inside a stream it is the event that the wire's clients act on")
    func events() throws {
        #expect(event(.anthropicMessages).hasPrefix("event: error\ndata: {\"type\":\"error\""))
        #expect(event(.openAIChat).hasPrefix("data: {\"error\":{"))
        #expect(event(.gemini).hasPrefix("data: {\"error\":{"))
        // Codex ignores `event: error`.
        #expect(event(.openAIResponses).hasPrefix("event: response.failed\ndata: {"))
        for wire in Wire.all {
            #expect(event(wire).hasSuffix("}\n\n"))
        }
    }

    @Test("a failed response has what an SDK reads")
    func failedResponse() throws {
        let text = event(.openAIResponses)
        let data = text.split(separator: "\n")[1].dropFirst("data: ".count)
        let value = try JSONValue.parse(Array(data.utf8))
        #expect(value["type"] == "response.failed")
        #expect(value["response"]?["status"] == "failed")
        #expect(value["response"]?["error"]?["code"] == "server_error")
        #expect(value["response"]?["output"] == [])
    }
}
