import AgentRouteCore
import AgentRouteWire
import Testing

@Suite("Sidecar configuration")
struct SidecarConfigurationTests {
    private static let text = """
        { "providers": {
            "openrouter": { "preset": "openrouter" },
            "lab": { "baseURL": "http://127.0.0.1:9000/api/v2", "wires": ["openai-chat"],
                "apiKey": "sk-lab-secret", "headers": { "x-team": "team-secret" } },
            "google": { "preset": "gemini", "apiKey": "sk-google-secret" },
            "local": { "preset": "ollama" },
            "claude": { "preset": "anthropic", "apiKey": "sk-claude-secret" },
            "keyless": { "preset": "openai" },
            "inhouse": { "baseURL": "https://models.example/v1", "wires": ["openai-chat"],
                "apiKey": "sk-inhouse-secret", "caFile": "/etc/ssl/own.pem" } },
          "profiles": { "one": { "heavy": "lab/a" }, "two": { "heavy": "openrouter/b/c" } },
          "activeProfile": "one" }
        """
    private static let secrets = [
        "sk-or-secret", "sk-lab-secret", "team-secret", "sk-google-secret",
    ]

    private static func configuration(active: String = "one") throws -> SidecarConfiguration {
        let text = text.replacing(": \"one\"", with: ": \"\(active)\"")
        return SidecarConfiguration(
            try ConfigurationFixture(
                text, environment: ["OPENROUTER_API_KEY": "sk-or-secret"],
                files: ["/etc/ssl/own.pem": ""]
            ).load())
    }

    @Test("the file is what LiteLLM was tried with, to the byte")
    func golden() throws {
        let configuration = try Self.configuration()
        #expect(String(decoding: configuration.text, as: UTF8.self) == Self.golden)
    }

    @Test("no secret is in the file; all are in the environment it names")
    func secrets() throws {
        let configuration = try Self.configuration()
        let text = String(decoding: configuration.text, as: UTF8.self)
        for secret in Self.secrets { #expect(!text.contains(secret)) }
        let values = configuration.secrets.values.map { $0.withValue { $0 } }
        #expect(values.sorted() == Self.secrets.sorted())
        for name in configuration.secrets.keys {
            #expect(text.contains("\"os.environ/\(name)\""))
        }
    }

    @Test("a provider without a chat wire, key or authority LiteLLM could use is not served")
    func served() throws {
        #expect(
            try Self.configuration().providers == ["openrouter", "lab", "google", "local"])
    }

    @Test("a switch of profiles changes nothing")
    func profiles() throws {
        #expect(try Self.configuration(active: "one") == Self.configuration(active: "two"))
    }

    @Test("a key goes where the provider wants it")
    func authentication() throws {
        var lab = Provider(
            id: "lab", endpoint: .http(try BaseURL("http://127.0.0.1:9000/v1")),
            wires: [ServedWire(.openAIChat, authentication: .xAPIKey)],
            key: .present(Secret("sk-lab-secret"), source: "test"))
        lab.dialect = .openAI
        let configuration = SidecarConfiguration(try Configuration(providers: [lab]))
        let parameters = try JSONValue.parse(configuration.text, comments: false)["model_list"]?
            .array?.last?["litellm_params"]
        #expect(parameters?["api_key"]?.string == "unused")
        #expect(
            parameters?["extra_headers"]?["x-api-key"]?.string
                == "os.environ/AGENTROUTE_SECRET_1")
    }

    private static let golden = """
        {
          "general_settings": {
            "master_key": "os.environ/LITELLM_MASTER_KEY"
          },
          "litellm_settings": {
            "drop_params": true,
            "num_retries": 0,
            "telemetry": false,
            "use_chat_completions_url_for_anthropic_messages": true
          },
          "model_list": [
            {
              "model_name": "agentroute-warm-up",
              "litellm_params": {
                "model": "openai/agentroute-warm-up-answer",
                "api_base": "os.environ/AGENTROUTE_SELF",
                "api_key": "os.environ/LITELLM_MASTER_KEY"
              }
            },
            {
              "model_name": "agentroute-warm-up-answer",
              "litellm_params": {
                "model": "openai/agentroute-warm-up-answer",
                "api_key": "unused",
                "mock_response": "ok"
              }
            },
            {
              "model_name": "openrouter/*",
              "litellm_params": {
                "model": "openrouter/*",
                "api_base": "https://openrouter.ai/api/v1",
                "api_key": "os.environ/AGENTROUTE_SECRET_1"
              }
            },
            {
              "model_name": "lab/*",
              "litellm_params": {
                "model": "openai/*",
                "api_base": "http://127.0.0.1:9000/api/v2",
                "api_key": "os.environ/AGENTROUTE_SECRET_2",
                "extra_headers": {
                  "x-team": "os.environ/AGENTROUTE_SECRET_3"
                }
              }
            },
            {
              "model_name": "google/*",
              "litellm_params": {
                "model": "openai/*",
                "api_base": "https://generativelanguage.googleapis.com/v1beta/openai",
                "api_key": "os.environ/AGENTROUTE_SECRET_4"
              }
            },
            {
              "model_name": "local/*",
              "litellm_params": {
                "model": "openai/*",
                "api_base": "http://127.0.0.1:11434/v1",
                "api_key": "unused"
              }
            }
          ],
          "router_settings": {
            "disable_cooldowns": true,
            "num_retries": 0
          }
        }

        """
}
