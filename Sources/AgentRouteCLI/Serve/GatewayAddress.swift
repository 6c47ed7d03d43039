internal import AgentRouteCore
internal import AgentRoutePlatforms

extension Listen {
    /// Where a client on this machine finds a gateway that listens so.
    func url(port: UInt16) -> String {
        switch host {
        case "0.0.0.0": "http://127.0.0.1:\(port)"
        case "::": "http://[::1]:\(port)"
        case let host where host.contains(":"): "http://[\(host)]:\(port)"
        default: "http://\(host):\(port)"
        }
    }
}

extension GatewayState {
    /// Where a client on this machine finds the gateway.
    var url: String { Listen(host: host).url(port: port) }
}

extension LinkRequest {
    /// The gateway of `state`.
    init(_ state: GatewayState, contextWindows: [Role: Int] = [:], isTuned: Bool = false) {
        self.init(
            gatewayURL: state.url, token: state.token.value, contextWindows: contextWindows,
            isTuned: isTuned)
    }
}
