import AgentRouteIO
import AgentRouteWire

// Phase 5, relay: the response on its way, from the buffer it was read into. The bytes move in C;
// here is what starts, watches and ends them.

extension ClientSession {
    /// Starts the response: its head, and how its body goes on.
    func relay(_ head: MessageHead, from upstream: ClientConnection) {
        guard let exchange, let plan = exchange.plan else { return upstream.close() }
        if plan.countsTokens, countsInstead(of: head, from: upstream) { return }
        dropSentRequest(upstream)
        let framing = RelayFraming(from: head.framing, toOldClient: exchange.isOldClient)
        if framing == .plain || server.isDraining { exchange.keepAlive = false }
        let content = ResponseContent(head)
        exchange.begin(content, status: head.status, wire: plan.lane.wire)
        server.head.clear()
        ResponseHeadWriter(
            framing: framing, isOldClient: exchange.isOldClient, keepAlive: exchange.keepAlive,
            degraded: exchange.record.degraded
        ).write(head, into: &server.head)
        server.head.withBytes { bytes in
            upstream.relay(
                to: connection, head: bytes, framing: framing,
                content: content.relayed(in: plan.lane.wire))
        }
    }

    /// The response is whole.
    func completeRelay(from upstream: ClientConnection) {
        guard let exchange, case .relaying = exchange.phase else { return upstream.close() }
        exchange.observer?.finish()
        let isFinished = !exchange.isEventStream || exchange.observer?.sawTerminal == true
        if exchange.endsWithConnection {
            // A stream's end and a cut look the same here: its last event tells them apart.
            guard isFinished else {
                return cut(
                    upstream,
                    because: AgentRouteError(
                        .upstreamCut, origin: .upstream, retry: .possible,
                        "the provider closed the connection before its stream was finished"),
                    outcome: .upstreamCut)
            }
            upstream.relayFinish()
        }
        exchange.record.responseBytes = upstream.relayedByteCount
        self.upstream = nil
        upstream.release()
        let isWhole = isFinished || exchange.record.status != 200
        endAnswer(isWhole ? .ok : .upstreamUnfinished)
    }

    /// The response, or the way to it, has broken.
    func interruptRelay(from upstream: ClientConnection, because error: AgentRouteError) {
        let isTimeout = error.code == .upstreamTimeout
        guard upstream.relayStarted else {
            abandonUpstream()
            return fail(error, outcome: isTimeout ? .upstreamTimeout : .upstreamFailed)
        }
        cut(upstream, because: error, outcome: isTimeout ? .upstreamTimeout : .upstreamCut)
    }

    /// Ends a response that has begun: with the dialect's error event where it is a stream, and in
    /// any case so that it cannot be taken for finished.
    private func cut(
        _ upstream: ClientConnection, because error: AgentRouteError,
        outcome: RequestRecord.Outcome
    ) {
        guard let exchange else { return abandonUpstream() }
        server.body.clear()
        if exchange.isEventStream, exchange.observer?.sawTerminal != true {
            ErrorDialect(wire: exchange.record.wire ?? .openAIChat, requestID: exchange.record.id)
                .writeEvent(error, into: &server.body)
        }
        exchange.record.responseBytes = upstream.relayedByteCount
        server.body.withBytes { upstream.relayAbort($0) }
        exchange.record.error = error.code.name
        // Bytes without framing end with the connection: only a reset says that they are not all.
        let endsWithClose = exchange.isOldClient && !exchange.isEventStream
        abandonUpstream()
        finish(outcome)
        if endsWithClose {
            connection.reset()
        } else {
            connection.finishAndClose()
        }
    }
}

extension ResponseContent {
    init(_ head: MessageHead) {
        endsWithConnection = head.framing == .toEnd
        var isEncoded = false
        head.withBytes { bytes in
            for index in 0..<head.fieldCount {
                let name = bytes.extracting(head.nameRange(index))
                let value = bytes.extracting(head.valueRange(index))
                if name.equalsIgnoringCase("content-type") {
                    isEventStream = value.hasPrefixIgnoringCase("text/event-stream")
                } else if name.equalsIgnoringCase("content-encoding") {
                    isEncoded = value.byteCount > 0 && !value.equalsIgnoringCase("identity")
                }
            }
        }
        if isEncoded { isEventStream = false }
    }

    /// How it is relayed. Every chunk of Gemini's may tell of usage or the end.
    fileprivate func relayed(in wire: Wire) -> RelayContent {
        if !isEventStream { return .bytes }
        return wire == .gemini ? .events : .eventsWithoutDeltas
    }
}

extension RelayFraming {
    /// A body that is self-delimited keeps its framing for a client that understands it.
    fileprivate init(from source: MessageHead.Framing, toOldClient isOld: Bool) {
        switch source {
        case .chunked: self = isOld ? .plain : .raw
        case .toEnd: self = isOld ? .plain : .chunked
        case .none, .length: self = .raw
        }
    }
}

extension AgentRouteError {
    /// Why a provider failed.
    init(upstream end: ConnectionEnd, provider: String) {
        let name = "provider \(provider)"
        switch end.reason {
        case .unresolved, .refused:
            let what = end.reason == .unresolved ? "its host has no address" : "no connection"
            self.init(
                .upstreamUnreachable, origin: .upstream, retry: .safe,
                "\(name) cannot be reached: \(what) (\(end.detail))", cause: end)
        case .tlsUntrusted, .tlsWrongHost, .tlsFailed:
            self.init(
                .upstreamUntrusted, origin: .upstream, retry: .safe,
                "\(name) has no trusted TLS connection: \(end.detail)", cause: end)
        case .timeoutConnect:
            self.init(
                .upstreamTimeout, origin: .upstream, retry: .safe,
                "\(name) \(end.detail) (timeouts.connect)", cause: end)
        case .timeoutHead, .timeoutBody, .timeoutWrite:
            let key = end.reason == .timeoutHead ? "timeouts.headers" : "timeouts.silence"
            self.init(
                .upstreamTimeout, origin: .upstream, retry: .possible,
                "\(name) \(end.detail) (\(key))", cause: end)
        case .malformed, .headTooLarge:
            self.init(
                .upstreamMalformed, origin: .upstream, retry: .possible,
                "\(name) did not answer in sound HTTP/1.1: \(end.detail)", cause: end)
        case .noMemory:
            self.init(.internalError, origin: .gateway, retry: .possible, end.detail, cause: end)
        default:
            self.init(
                .upstreamCut, origin: .upstream, retry: .possible, "\(name) \(end.detail)",
                cause: end)
        }
    }
}
