import AgentRouteIO
import AgentRouteWire

// Phase 2, head: limits were kept by the C core; here Host, Origin, token and path.

extension ClientSession {
    /// Admits a request, or answers it without reading its body.
    func receive(_ head: MessageHead) -> HeadAnswer {
        guard let exchange else { return .answered }
        exchange.keepAlive = head.keepAlive && !server.isDraining
        exchange.isOldClient = head.minorVersion == 0
        exchange.isHead = head.withBytes { $0.extracting(head.methodRange).equals("HEAD") }
        exchange.isRead = head.framing == .none
        switch server.gate.admit(head) {
        case .admitted(let endpoint):
            exchange.record.wire = endpoint.wire
            exchange.phase = .gathering(endpoint)
            return .gather
        case .refused(let error, let wire, let allow):
            exchange.record.wire = wire
            fail(error, allow: allow)
            return .answered
        }
    }
}
