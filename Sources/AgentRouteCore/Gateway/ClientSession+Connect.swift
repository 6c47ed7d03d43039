import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// Phase 4, connect: a connection to the provider, and the request on it.

extension ClientSession {
    /// Asks for a connection to the plan's provider.
    func connect(_ plan: Exchange.Plan) {
        exchange?.plan = plan
        exchange?.phase = .connecting
        // A pooled connection is ready, and the request on it, before `connect` returns.
        if let upstream = plan.target.origin?.connect(handler: self, pooled: !plan.isRetry) {
            self.upstream = upstream
            return
        }
        fail(
            AgentRouteError(
                .internalError, origin: .gateway, retry: .possible,
                "no memory for a connection to provider \(plan.target.id)"))
    }

    /// Sends the request: its head and the client's body around the inserted part, in one write.
    func send(on upstream: ClientConnection) {
        guard let plan = exchange?.plan, let head = connection.head else { return }
        if let request = plan.translation?.request {
            Self.send(request, plan, on: upstream, head: &server.head)
        } else if let body = plan.rewritten {
            Self.splice(
                plan, head, body.span.bytes, on: upstream, head: &server.head,
                inserted: &server.body)
        } else {
            connection.withBody { body in
                Self.splice(
                    plan, head, body, on: upstream, head: &server.head, inserted: &server.body)
            }
        }
        upstream.expectResponse(isHead: false)
        exchange?.phase = .waiting
        dropSentRequest(upstream)
    }

    /// The client's head and body, but for the model's name. `body` stays where it is until the kernel
    /// has it: it is the connection's, or the plan's. The writers are the server's, lent once.
    private static func splice(
        _ plan: Exchange.Plan, _ received: MessageHead, _ body: RawSpan,
        on upstream: ClientConnection, head: inout ByteWriter, inserted: inout ByteWriter
    ) {
        inserted.clear()
        head.clear()
        let replaced = plan.splicer?.edit(plan.top, inserting: &inserted) ?? 0..<0
        let count = body.byteCount - replaced.count + inserted.count
        RequestHeadWriter(plan: plan, bodyByteCount: count).write(received, into: &head)
        head.withBytes { head in
            inserted.withBytes { inserted in
                upstream.write(
                    head: head, before: body.extracting(0..<replaced.lowerBound),
                    inserted: inserted,
                    after: body.extracting(replaced.upperBound..<body.byteCount))
            }
        }
    }

    /// A request of our own making; nothing of the client's head goes with it.
    private static func send(
        _ request: TranslatedRequest, _ plan: Exchange.Plan, on upstream: ClientConnection,
        head: inout ByteWriter
    ) {
        head.clear()
        TranslatedHeadWriter(plan: plan, request: request).write(into: &head)
        let none: [UInt8] = []
        head.withBytes { head in
            upstream.write(
                head: head, before: none.span.bytes, inserted: request.body.span.bytes,
                after: none.span.bytes)
        }
    }

    /// Frees the client's request when the kernel has it whole. Until then it may have to be sent
    /// again; after that it must not be.
    func dropSentRequest(_ upstream: ClientConnection) {
        // A request for a count may yet have to be counted here.
        guard exchange?.plan?.countsTokens != true else { return }
        if upstream.pendingByteCount == 0, upstream.sentByteCount > 0 { connection.dropRequest() }
    }

    /// Tries once more on a new connection, if the provider can have seen nothing of the request:
    /// the kept-alive connection had died unused.
    func retryUnsent(_ upstream: ClientConnection) -> Bool {
        guard case .waiting? = exchange?.phase, let plan = exchange?.plan, !plan.isRetry,
            upstream.sentByteCount == 0, connection.head != nil
        else { return false }
        plan.isRetry = true
        abandonUpstream()
        connect(plan)
        return true
    }
}

// MARK: - From the provider's connection

extension ClientSession: ClientConnectionHandler {
    func clientConnectionReady(_ upstream: ClientConnection, reused: Bool) {
        guard case .connecting? = exchange?.phase else { return upstream.close() }
        self.upstream = upstream
        send(on: upstream)
    }

    func clientConnection(_ upstream: ClientConnection, received head: MessageHead) {
        guard upstream === self.upstream else { return }
        if let translation = exchange?.plan?.translation {
            begin(translation, head, from: upstream)
        } else {
            relay(head, from: upstream)
        }
    }

    func clientConnection(_ upstream: ClientConnection, received body: RawSpan) {
        if let translation = exchange?.plan?.translation {
            guard upstream === self.upstream else { return }
            take(body, translation, from: upstream)
        } else {
            exchange?.observe(body)
        }
    }

    func clientConnectionCompleted(_ upstream: ClientConnection) {
        guard upstream === self.upstream else { return upstream.close() }
        if let translation = exchange?.plan?.translation {
            complete(translation, from: upstream)
        } else {
            completeRelay(from: upstream)
        }
    }

    func clientConnectionDrained(_ upstream: ClientConnection) {
        guard upstream === self.upstream else { return }
        dropSentRequest(upstream)
    }

    func clientConnection(_ upstream: ClientConnection, ended end: ConnectionEnd) {
        guard upstream === self.upstream else { return upstream.close() }
        if retryUnsent(upstream) { return }
        let plan = exchange?.plan
        var error = AgentRouteError(upstream: end, provider: plan?.target.id ?? "")
        if plan?.sidecar != nil { error = error.blamedOnSidecar }
        if let translation = exchange?.plan?.translation {
            interrupt(translation, because: error, from: upstream)
        } else {
            interruptRelay(from: upstream, because: error)
        }
    }

    func clientConnectionClosed(_ upstream: ClientConnection) {
        if upstream === self.upstream { self.upstream = nil }
    }
}
