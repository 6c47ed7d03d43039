import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// Phase 3 where wires differ: the client's request becomes the provider's.

extension ClientSession {
    /// Up to this size a request is translated at once. What is larger leaves the loop, which must not
    /// stand still for a millisecond.
    static let inlineTranslationByteCount = 24 << 10

    /// Translates the request of `plan`, and sends it on its way.
    func translate(_ plan: Exchange.Plan, _ translation: Translation, _ body: RawSpan) {
        exchange?.plan = plan
        exchange?.phase = .translating
        let bytes = body.withUnsafeBytes { Array($0) }
        let handler = translation.handler
        let call = translation.call
        let isStrict = translation.isStrict
        guard bytes.count > Self.inlineTranslationByteCount, let id = exchange?.record.id else {
            return translated(
                Result { () throws(RequestFault) in
                    try handler.translate(bytes, call, isStrict: isStrict)
                })
        }
        server.translating[id] = self
        let server = LoopBound(server, loop: server.loop)
        let loop = self.server.loop
        Task {
            let result = Result { () throws(RequestFault) in
                try handler.translate(bytes, call, isStrict: isStrict)
            }
            loop.execute {
                server.withValue { $0.translating.removeValue(forKey: id) }?
                    .translated(result, exchange: id)
            }
        }
    }

    /// A request has come back from another thread. Its client may have gone meanwhile.
    private func translated(_ result: Result<TranslatedRequest, RequestFault>, exchange id: UInt64)
    {
        guard exchange?.record.id == id, case .translating? = exchange?.phase else { return }
        translated(result)
    }

    private func translated(_ result: Result<TranslatedRequest, RequestFault>) {
        guard let exchange, let plan = exchange.plan, let translation = plan.translation else {
            return
        }
        switch result {
        case .failure(let fault):
            answer(ProviderFailure(fault), translation, outcome: .refused)
        case .success(let request):
            translation.request = request
            exchange.record.degraded = request.degradations.map(\.name)
            if plan.countsTokens, !translation.countsAtProvider {
                return answerEstimate(of: request, translation)
            }
            if let fault = plan.target.keyFault {
                return fail(AgentRouteError(provider: plan.target.id, keyFault: fault))
            }
            connect(plan)
        }
    }

    // MARK: Counting

    /// Whether a provider of the client's own wire has answered that it has no counter; then the tokens
    /// are counted here.
    func countsInstead(of head: MessageHead, from upstream: ClientConnection) -> Bool {
        guard let plan = exchange?.plan, plan.countsTokens, let wire = exchange?.record.wire,
            [404, 405, 501].contains(head.status),
            let handler = NativeHandler(counting: wire, for: plan.upstream)
        else { return false }
        abandonUpstream()
        var call = RequestCall()
        call.countsTokens = true
        call.model = plan.route.model
        let translation = Translation(handler: handler, call: call, isStrict: false)
        translation.countsHere = true
        plan.translation = translation
        connection.withBody { translate(plan, translation, $0) }
        return true
    }

    /// Counts the tokens of a request here, where the provider has no counter.
    func answerEstimate(of request: TranslatedRequest, _ translation: Translation) {
        guard let plan = exchange?.plan else { return }
        let tokens = server.tokenCounts.count(
            request.features, provider: plan.route.provider, model: plan.route.model)
        answer(count: tokens, by: "estimate", translation)
    }

    /// Tells the client a count, and whose it is.
    func answer(count tokens: Int, by counter: String, _ translation: Translation) {
        var answer = Answer(
            status: 200, body: .json(translation.handler.body(ofCount: tokens)))
        answer.fields.append(("x-agentroute-token-count", counter))
        write(answer, outcome: .ok)
    }

    // MARK: Errors

    /// Answers with what the provider, or the gateway about it, says went wrong.
    func answer(
        _ failure: ProviderFailure, _ translation: Translation, outcome: RequestRecord.Outcome
    ) {
        guard let exchange else { return }
        exchange.record.error = failure.recordName
        let body = translation.handler.body(
            of: failure, requestID: ErrorDialect.name(exchange.record.id))
        var answer = Answer(status: failure.status, body: .json(body))
        answer.fields.append(("request-id", ErrorDialect.name(exchange.record.id)))
        answer.fields += translation.retryFields
        let saysWhen = translation.retryFields.contains { $0.value != "" }
        let wantsPatience = failure.status == 429 && failure.kind != .quota
        if !saysWhen, wantsPatience || failure.retryAfter != nil {
            let seconds = failure.retryAfter.map { "\($0)" } ?? "\(ResponseHeadWriter.retryAfter)"
            answer.fields.append(("retry-after", seconds))
        }
        // Clients that retry everything would keep a refused key or a wrong request waiting.
        if failure.isFinal { answer.fields.append(("x-should-retry", "false")) }
        write(answer, outcome: outcome)
    }
}

extension ProviderFailure {
    /// Whether the same request would fail again.
    fileprivate var isFinal: Bool {
        switch kind {
        case .authentication, .permission, .billing, .quota: true
        default: false
        }
    }
}
