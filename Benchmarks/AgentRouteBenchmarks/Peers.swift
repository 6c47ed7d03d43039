// How gateways that know of models are started: one worker each, nothing logged but errors, nothing
// fetched, and no second tries.

extension Configurations {
    /// Its own form for a provider with the chat wire. Cooldowns would refuse requests after an error.
    static func litellm(_ setup: ProxySetup) -> String {
        """
        model_list:
          - model_name: bench-model
            litellm_params:
              model: openrouter/bench/bench-model
              api_base: http://127.0.0.1:\(setup.source(.plain))/v1
              api_key: bench-key
        general_settings:
          master_key: \(Workbench.token)
        router_settings:
          num_retries: 0
          disable_cooldowns: true

        """
    }

    static let ferrogw = """
        strategy:
          mode: single
        targets:
          - virtual_key: openai

        """
}

extension Contender {
    /// The command of a peer and its environment.
    func peerCommand(
        file: String, setup: ProxySetup, program: String
    ) -> (arguments: [String], environment: [String: String]) {
        let port = setup.port(.plain)
        let source = "http://127.0.0.1:\(setup.source(.plain))"
        switch self {
        case .litellm:
            return (
                [program, "--config", file, "--host", "127.0.0.1", "--port", port],
                ["LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"]
            )
        case .smg:
            return (
                [
                    program, "launch", "--host", "127.0.0.1", "--port", port, "--worker-urls",
                    source, "--policy", "random", "--disable-retries", "--log-level", "error",
                    "--prometheus-host", "127.0.0.1", "--prometheus-port", "\(setup.sparePort)",
                ], [:]
            )
        default:
            return (
                [program, "serve"],
                [
                    "HOST": "127.0.0.1", "PORT": port, "GATEWAY_CONFIG": file,
                    "MASTER_KEY": Workbench.token, "OPENAI_API_KEY": "bench-key",
                    "OPENAI_BASE_URL": "\(source)/v1", "LOG_LEVEL": "error", "GOMAXPROCS": "1",
                    "RATE_LIMIT_RPS": "1000000", "RATE_LIMIT_BURST": "1000000",
                ]
            )
        }
    }
}
