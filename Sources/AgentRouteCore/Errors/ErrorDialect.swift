import AgentRouteWire

/// The one place where errors take the form a client understands.
///
/// Sources: Anthropic "Errors" (docs.anthropic.com/en/api/errors), OpenAI "Error codes" and the
/// streaming events of the Responses API, Google's `google.rpc.Status` in its JSON form.
struct ErrorDialect {
    let wire: Wire
    /// The exchange's number, told where the dialect has room for it.
    let requestID: UInt64

    /// The JSON body of a response.
    func body(_ error: AgentRouteError) -> JSONValue {
        switch wire {
        case .anthropicMessages: anthropic(error)
        case .gemini: ["error": gemini(error)]
        default: ["error": openAI(error)]
        }
    }

    /// A server-sent event that ends a stream whose head has been sent.
    func writeEvent(_ error: AgentRouteError, into writer: inout ByteWriter) {
        switch wire {
        case .anthropicMessages:
            write("error", anthropic(error), into: &writer)
        case .openAIResponses:
            // Codex ignores `event: error` in a stream.
            write("response.failed", failedResponse(error), into: &writer)
        default:
            write(nil, body(error), into: &writer)
        }
    }

    private func write(_ name: StaticString?, _ data: JSONValue, into writer: inout ByteWriter) {
        if let name {
            writer.append("event: ")
            writer.append(name)
            writer.append("\n")
        }
        writer.append("data: ")
        data.write(into: &writer)
        writer.append("\n\n")
    }

    private func anthropic(_ error: AgentRouteError) -> JSONValue {
        [
            "type": "error",
            "error": [
                "type": .string(Self.anthropicType(error.code.status)),
                "message": .string(error.message),
            ],
            "request_id": .string(Self.name(requestID)),
        ]
    }

    private func openAI(_ error: AgentRouteError) -> JSONValue {
        let isModel = error.code == .modelNotFound
        return [
            "message": .string(error.message),
            "type": .string(Self.openAIType(error.code.status)),
            "param": isModel ? "model" : nil,
            "code": .string(error.code.name),
        ]
    }

    private func gemini(_ error: AgentRouteError) -> JSONValue {
        [
            "code": .number(JSONNumber(error.code.status)),
            "message": .string(error.message),
            "status": .string(Self.geminiStatus(error.code.status)),
        ]
    }

    private func failedResponse(_ error: AgentRouteError) -> JSONValue {
        [
            "type": "response.failed",
            "sequence_number": 0,
            "response": [
                "id": .string("resp_" + Self.name(requestID)),
                "object": "response",
                "created_at": .number(JSONNumber(WallClock.nanoseconds() / 1_000_000_000)),
                "status": "failed",
                "error": ["code": "server_error", "message": .string(error.message)],
                "incomplete_details": nil,
                "output": [],
                "usage": nil,
            ],
        ]
    }

    /// The request's name for the user and the log.
    static func name(_ requestID: UInt64) -> String {
        "req_agentroute_\(requestID)"
    }

    private static func anthropicType(_ status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 503: "overloaded_error"
        case 504: "timeout_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    private static func openAIType(_ status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func geminiStatus(_ status: Int) -> String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 408, 504: "DEADLINE_EXCEEDED"
        case 429: "RESOURCE_EXHAUSTED"
        case 501: "UNIMPLEMENTED"
        case 500: "INTERNAL"
        case 502...: "UNAVAILABLE"
        default: "INVALID_ARGUMENT"
        }
    }
}
