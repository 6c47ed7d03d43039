/// A LiteLLM that is ready. Whoever sends it requests holds this object meanwhile: one that has been
/// replaced ends when nothing holds it any more.
package final class SidecarEndpoint: Sendable {
    /// Its port on 127.0.0.1.
    package let port: UInt16
    /// What it wants to be shown.
    package let key: Secret
    /// Its process, which leads a group of its own.
    package let pid: Int32
    private let onRelease: @Sendable () -> Void

    init(
        port: UInt16, key: Secret, pid: Int32, onRelease: @escaping @Sendable () -> Void
    ) {
        self.port = port
        self.key = key
        self.pid = pid
        self.onRelease = onRelease
    }

    deinit {
        onRelease()
    }

    /// The provider it is for a gateway: one of Anthropic's wire, called `litellm`.
    package var provider: Provider {
        Provider(
            id: "litellm",
            endpoint: .http(BaseURL(secure: false, host: "127.0.0.1", port: port)),
            wires: [ServedWire(.anthropicMessages)], key: .present(key, source: "sidecar"))
    }
}

/// Whether there is a LiteLLM to be sent requests, and for whom.
package struct SidecarAvailability: Sendable {
    /// Whether there is one.
    package enum State: Sendable {
        /// There is.
        case ready(SidecarEndpoint)
        /// There is none; the error is the answer to a request for it.
        case unavailable(AgentRouteError)
    }

    /// Whether there is one.
    package let state: State
    /// The ids of the providers it serves, or would serve.
    package let providers: Set<String>
}
