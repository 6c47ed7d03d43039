import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// Phase 6, finish: one record for each exchange, on every path; then the next request or the close.

extension ClientSession {
    /// Closes the books of the exchange. Exactly once for each: there is none afterwards.
    func finish(_ outcome: RequestRecord.Outcome) {
        guard let exchange else { return }
        self.exchange = nil
        if let translation = exchange.plan?.translation {
            server.forgetWaiting(self)
            exchange.record.usage = translation.answer.map { TokenUsage($0.usage) }
        }
        if let upstream, exchange.record.responseBytes == 0 {
            exchange.record.responseBytes = upstream.relayedByteCount
        }
        // Taken: a copy would cost more.
        if let observer = exchange.observer.take() { exchange.record.usage = observer.usage }
        exchange.record.totalNanoseconds = exchange.elapsed
        exchange.record.outcome = outcome
        server.add(&exchange.record)
    }

    /// Whether the connection lives on after the exchange under way.
    var keepsConnection: Bool {
        guard let exchange else { return false }
        return exchange.keepAlive && exchange.isRead && !server.isDraining
    }

    /// After a whole answer: finishes, and waits for the next request, or closes. A gateway that is
    /// draining does not wait for the client to close when the kernel has everything.
    func endAnswer(_ outcome: RequestRecord.Outcome) {
        let keepsConnection = keepsConnection
        let wasRead = exchange?.isRead ?? false
        finish(outcome)
        if keepsConnection {
            connection.next(keepAlive: true)
        } else if server.isDraining, wasRead, connection.pendingByteCount == 0 {
            connection.close()
        } else {
            connection.finishAndClose()
        }
    }

    /// Answers with an error in the client's dialect. The connection lives on only if the request was
    /// read to its end.
    func fail(
        _ error: AgentRouteError, allow: String? = nil,
        outcome: RequestRecord.Outcome? = nil
    ) {
        // After what is no sound HTTP nothing on the connection can be trusted.
        if error.code == .malformedRequest { exchange?.keepAlive = false }
        let wire = exchange?.record.wire ?? .openAIChat
        let dialect = ErrorDialect(wire: wire, requestID: exchange?.record.id ?? 0)
        exchange?.record.error = error.code.name
        var answer = Answer(status: error.code.status, body: .json(dialect.body(error)))
        answer.fields.append(("request-id", ErrorDialect.name(dialect.requestID)))
        if error.retry == .useless { answer.fields.append(("x-should-retry", "false")) }
        if let allow { answer.fields.append(("allow", allow)) }
        switch error.code {
        case .unauthorized:
            answer.fields.append(("www-authenticate", "Bearer realm=\"agentroute\""))
        case .upgradeRequired:
            answer.fields += [("upgrade", "HTTP/1.1"), ("connection", "upgrade")]
        case .unavailable: answer.fields.append(("retry-after", "\(ResponseHeadWriter.retryAfter)"))
        default: break
        }
        let isOurs = error.code == .internalError
        write(answer, outcome: outcome ?? (isOurs ? .failed : .refused))
    }
}

/// An answer of the gateway's own.
struct Answer {
    /// What the body is.
    enum Body {
        case json(JSONValue)
        case text(StaticString)
    }

    let status: Int
    let body: Body
    var fields: [(name: StaticString, value: String)] = []

    /// The phrases of RFC 9110 section 15 and RFC 6585 for the statuses the gateway gives.
    static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 426: "Upgrade Required"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Internal Server Error"
        }
    }
}
