import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// Phase 3, route: the wire by path, the model by alias, the provider by model.

extension ClientSession {
    /// Finds out where a whole request goes, and sends it on its way.
    func route(_ endpoint: Endpoint, body: RawSpan) {
        do throws(AgentRouteError) {
            switch endpoint {
            case .health: answerHealth()
            case .models: answerModels()
            case .generate(let wire, let model), .countTokens(let wire, let model):
                let plan = try plan(endpoint, wire, model, body)
                if plan.target.isDemo {
                    play(plan, body)
                } else if let translation = plan.translation {
                    translate(plan, translation, body)
                } else {
                    connect(plan)
                }
            }
        } catch {
            fail(error)
        }
    }

    private func plan(
        _ endpoint: Endpoint, _ wire: Wire, _ place: Endpoint.ModelPlace, _ body: RawSpan
    ) throws(AgentRouteError) -> Exchange.Plan {
        let top: JSONScanner.TopLevel
        do throws(JSONSyntaxError) {
            top = try JSONScanner.scan(body)
        } catch {
            throw AgentRouteError(
                .invalidRequest, origin: .client, retry: .useless,
                "the request body is not valid JSON: \(error)", cause: error)
        }
        let route = try route(place, top, body)
        exchange?.record.note(route)
        let provider = server.targets[route.providerIndex]
        let passage = try passage(endpoint, wire, provider)
        let target = passage?.target ?? provider
        let carrier =
            if let carrier = passage?.carrier(route) { carrier } else {
                try carrier(endpoint, wire, target, route)
            }
        // A translated count may need no provider.
        if let fault = target.keyFault, carrier.translation == nil {
            throw AgentRouteError(provider: target.id, keyFault: fault)
        }
        let plan = Exchange.Plan(target: target, carrier: carrier, route: route, top: top)
        plan.sidecar = passage
        if case .path(let found) = place { plan.path = found }
        if case .countTokens = endpoint { plan.countsTokens = true }
        if carrier.splicer != nil, ForeignSeals.mayBe(in: body) { try rewrite(plan, body) }
        return plan
    }

    /// Takes out reasoning that another provider issued through this gateway: the one thing besides
    /// the model's name that changes where wires are the same.
    private func rewrite(_ plan: Exchange.Plan, _ body: RawSpan) throws(AgentRouteError) {
        guard let rewritten = ForeignSeals.removed(from: body.withUnsafeBytes { Array($0) }) else {
            return
        }
        do throws(JSONSyntaxError) {
            plan.top = try JSONScanner.scan(rewritten.span.bytes)
        } catch {
            throw AgentRouteError(
                .internalError, origin: .gateway, retry: .useless,
                "the request could not be written anew: \(error)", cause: error)
        }
        plan.rewritten = rewritten
        exchange?.record.degraded = ["reasoning"]
    }

    /// The sidecar, where it carries the request. It does not count: its counts are estimates as ours
    /// are, and ours learn.
    private func passage(
        _ endpoint: Endpoint, _ wire: Wire, _ provider: UpstreamTarget
    ) throws(AgentRouteError) -> SidecarPassage? {
        guard case .generate = endpoint else { return nil }
        return try server.sidecar?.passage(wire, provider: provider.id)
    }

    /// The first of the provider's wires that a translator carries the client's to.
    private func carrier(
        _ endpoint: Endpoint, _ wire: Wire, _ target: UpstreamTarget, _ route: Route
    ) throws(AgentRouteError) -> Exchange.Carrier {
        for translator in server.translators where translator.wire == wire {
            for lane in target.lanes {
                let upstream = Upstream(
                    id: target.id, wire: lane.wire, model: route.model, dialect: lane.dialect)
                switch translator.handler(upstream: upstream) {
                case nil: continue
                case .splice(let splicer)?:
                    return Exchange.Carrier(lane: lane, splicer: splicer, translation: nil)
                case .translate(let handler)?:
                    let translation = Translation(
                        handler: handler, call: call(endpoint),
                        isStrict: target.isStrict || server.isStrict(route))
                    return Exchange.Carrier(lane: lane, splicer: nil, translation: translation)
                }
            }
        }
        let spoken = target.lanes.map(\.wire.rawValue).joined(separator: ", ")
        throw AgentRouteError(
            .wireNotServed, origin: .gateway, retry: .useless,
            "provider \(target.id) does not speak \(wire.rawValue) (it speaks \(spoken))")
    }

    /// What the request line says of a request that is translated.
    private func call(_ endpoint: Endpoint) -> RequestCall {
        var call = RequestCall()
        if case .countTokens = endpoint { call.countsTokens = true }
        guard case .generate(_, .path(let found)) = endpoint, let head = connection.head else {
            if case .countTokens(_, .path(let found)) = endpoint { call.model = model(at: found) }
            return call
        }
        call.model = model(at: found)
        call.streams = found.streams
        call.wantsEvents = head.withBytes { bytes in
            let target = bytes.extracting(head.targetRange)
            return !found.streams || RequestQuery.contains("alt=sse", in: target)
        }
        return call
    }

    private func model(at found: Endpoint.PathModel) -> String? {
        guard let head = connection.head else { return nil }
        return head.withBytes { bytes in
            PercentEncoding.decode(
                bytes.extracting(head.targetRange).extracting(found.model))
        }
    }

    // MARK: The model

    private func route(
        _ place: Endpoint.ModelPlace, _ top: JSONScanner.TopLevel, _ body: RawSpan
    ) throws(AgentRouteError) -> Route {
        switch place {
        case .body:
            guard let token = top.model else {
                throw Self.modelFault("model: the request names no model")
            }
            guard top.modelIsString else { throw Self.modelFault("model: not a string") }
            let name = body.extracting(token)
            if let route = server.routes.resolve(name.extracting(1..<name.byteCount - 1)) {
                return route
            }
            guard let text = JSONString.decode(name), !text.unicodeScalars.contains("\u{FFFD}")
            else {
                throw Self.modelFault("model: not valid Unicode")
            }
            return try resolve(text)
        case .path(let found):
            guard let name = model(at: found) else {
                throw Self.modelFault("the model in the path is not well percent-encoded")
            }
            guard !name.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
                throw Self.modelFault("the model in the path has a segment . or ..")
            }
            return try resolve(name)
        }
    }

    private func resolve(_ name: String) throws(AgentRouteError) -> Route {
        do throws(RouteFault) {
            return try server.routes.resolve(name)
        } catch {
            throw AgentRouteError(
                .modelNotFound, origin: .client, retry: .useless, error.description, cause: error)
        }
    }

    private static func modelFault(_ message: String) -> AgentRouteError {
        AgentRouteError(.invalidRequest, origin: .client, retry: .useless, message)
    }
}

extension AgentRouteError {
    /// A provider's key is missing.
    init(provider: String, keyFault fault: String) {
        self.init(
            .providerKeyMissing, origin: .gateway, retry: .useless,
            "provider \(provider) has no API key: \(fault)")
    }
}

/// The query of a request target (RFC 3986 section 3.4).
enum RequestQuery {
    /// Whether `item` is one of its parts.
    static func contains(_ item: StaticString, in target: RawSpan) -> Bool {
        var start = 0
        while start < target.byteCount, target.byte(at: start) != UInt8(ascii: "?") { start += 1 }
        while start < target.byteCount {
            start += 1
            var end = start
            while end < target.byteCount, target.byte(at: end) != UInt8(ascii: "&") { end += 1 }
            if target.extracting(start..<end).equals(item) { return true }
            start = end
        }
        return false
    }
}

/// RFC 3986 section 2.1.
enum PercentEncoding {
    /// `bytes` with its escapes undone; nil if one is incomplete or the result is not UTF-8.
    static func decode(_ bytes: RawSpan) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.byteCount)
        var index = 0
        while index < bytes.byteCount {
            let byte = bytes.byte(at: index)
            index += 1
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard index + 2 <= bytes.byteCount, let high = digit(bytes.byte(at: index)),
                let low = digit(bytes.byte(at: index + 1))
            else { return nil }
            decoded.append(high << 4 | low)
            index += 2
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
