import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

/// The way from a gateway to its LiteLLM. Loop thread only.
///
/// LiteLLM is a provider of Anthropic's wire like any other: requests pass as they are, but for the
/// model's name.
final class SidecarRoute {
    private enum State {
        case ready(SidecarPassage)
        case unavailable(AgentRouteError)
    }

    private let loop: EventLoop
    private var providers: Set<String> = []
    private var state = State.unavailable(.sidecar(.unavailable, "is not started yet"))

    /// The way to the LiteLLM that `process` keeps running on the same loop.
    init(_ process: SidecarProcess, loop: EventLoop) {
        self.loop = loop
        let bound = LoopBound(WeakRoute(route: self), loop: loop)
        process.assumeIsolated {
            $0.observe { availability in bound.withValue { $0.route?.take(availability) } }
        }
    }

    /// Hears of a change; exchanges under way keep the LiteLLM they have.
    private func take(_ availability: SidecarAvailability) {
        providers = availability.providers
        switch availability.state {
        case .unavailable(let error): state = .unavailable(error)
        case .ready(let endpoint):
            do throws(AgentRouteError) {
                let target = try UpstreamTarget(endpoint.provider, loop: loop)
                state = .ready(SidecarPassage(target: target, endpoint: endpoint))
            } catch {
                state = .unavailable(error)
            }
        }
    }

    /// The LiteLLM that carries requests in `wire` for the provider `id`; nil where LiteLLM has no
    /// part in it. Throws when it should and is not there.
    func passage(_ wire: Wire, provider id: String) throws(AgentRouteError) -> SidecarPassage? {
        guard wire == .anthropicMessages, providers.contains(id) else { return nil }
        switch state {
        case .ready(let passage): return passage
        case .unavailable(let error): throw error
        }
    }

    /// Lets go of the LiteLLM: the gateway is done with it.
    func close() {
        state = .unavailable(.sidecar(.unavailable, "is not used any more"))
    }
}

/// A route for a process to tell, which may outlive it.
private struct WeakRoute {
    weak var route: SidecarRoute?
}

/// A LiteLLM as a gateway reaches it. An exchange holds it for as long as it needs it; it goes with
/// the last that does, and the idle connections to it before.
final class SidecarPassage {
    let target: UpstreamTarget
    private let endpoint: SidecarEndpoint

    init(target: UpstreamTarget, endpoint: SidecarEndpoint) {
        self.target = target
        self.endpoint = endpoint
    }

    deinit {
        target.close()
    }

    /// How a request for a provider's model is carried: the wire, and what takes the place of the
    /// model's name.
    func carrier(_ route: Route) -> Exchange.Carrier? {
        guard let lane = target.lane(.anthropicMessages) else { return nil }
        let model = SidecarConfiguration.modelName(provider: route.provider, model: route.model)
        let upstream = Upstream(
            id: target.id, wire: lane.wire, model: model, dialect: lane.dialect)
        let translator = PassThroughTranslator(wire: lane.wire)
        guard case .splice(let splicer)? = translator.handler(upstream: upstream) else {
            return nil
        }
        return Exchange.Carrier(lane: lane, splicer: splicer, translation: nil)
    }
}
