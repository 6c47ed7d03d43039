import AgentRouteIO
import AgentRouteWire

// Phase 5, relay: the response on its way, from the buffer it was read into. The bytes move in C;
// here is what starts, watches and ends them.

extension ClientSession {
    /// Starts the response: its head, and how its body goes on.
    func relay(_ head: MessageHead, from upstream: ClientConnection) {
        guard var exchange, let plan = exchange.plan else { return upstream.close() }
        connection.dropRequest()
        let isOld = exchange.isOldClient
        let framing: RelayFraming =
            switch head.framing {
            case .chunked: isOld ? .plain : .raw
            case .toEnd: isOld ? .plain : .chunked
            case .none, .length: .raw
            }
        if framing == .plain { exchange.keepAlive = false }
        let content = Content(head)
        exchange.record.status = head.status
        exchange.headersCame()
        exchange.phase = .relaying(
            Exchange.Passage(
                observer: UsageObserver(
                    wire: plan.lane.wire, isEventStream: content.isEventStream),
                isEventStream: content.isEventStream,
                endsWithConnection: head.framing == .toEnd))
        self.exchange = exchange
        server.head.clear()
        ResponseHeadWriter(
            framing: framing, isOldClient: isOld,
            keepAlive: exchange.keepAlive && !server.isDraining
        ).write(head, into: &server.head)
        if server.isDraining { self.exchange?.keepAlive = false }
        server.head.withBytes { bytes in
            upstream.relay(
                to: connection, head: bytes, framing: framing, observe: true,
                events: content.isEventStream)
        }
    }

    /// Watches body bytes pass. No allocation: this runs for every chunk.
    func observe(_ bytes: RawSpan) {
        exchange?.observe(bytes)
    }

    /// The response is whole.
    func completeRelay(from upstream: ClientConnection) {
        guard case .relaying(var passage)? = exchange?.phase else { return upstream.close() }
        passage.observer.finish()
        exchange?.record.usage = passage.observer.usage
        let isFinished = !passage.isEventStream || passage.observer.sawTerminal
        if passage.endsWithConnection {
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
        self.upstream = nil
        upstream.release()
        finish(isFinished || exchange?.record.status != 200 ? .ok : .upstreamUnfinished)
        endAnswer()
    }

    /// The response, or the way to it, has broken.
    func interruptRelay(from upstream: ClientConnection, because end: ConnectionEnd) {
        let provider = exchange?.plan?.target.id ?? ""
        let error = AgentRouteError(upstream: end, provider: provider)
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
        server.body.clear()
        if case .relaying(let passage)? = exchange?.phase {
            exchange?.record.usage = passage.observer.usage
            if passage.isEventStream, !passage.observer.sawTerminal, let wire = exchange?.record.wire {
                ErrorDialect(wire: wire, requestID: exchange?.record.id ?? 0)
                    .writeEvent(error, into: &server.body)
            }
        }
        server.body.withBytes { upstream.relayAbort($0) }
        exchange?.record.error = error.code.name
        abandonUpstream()
        finish(outcome)
        connection.finishAndClose()
    }
}

extension Exchange {
    fileprivate mutating func observe(_ bytes: RawSpan) {
        if record.responseBytes == 0 { record.timeToFirstByte = elapsed }
        record.responseBytes += UInt64(bytes.byteCount)
        // Moved out and back: two owners of the observer's buffers would copy them.
        guard case .relaying(var passage) = phase else { return }
        phase = .answering
        passage.observer.observe(bytes)
        phase = .relaying(passage)
    }
}

/// What a response's body is.
private struct Content {
    /// `text/event-stream`, readable as it passes.
    var isEventStream = false

    init(_ head: MessageHead) {
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
}

extension AgentRouteError {
    /// Why a provider failed.
    fileprivate init(upstream end: ConnectionEnd, provider: String) {
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
