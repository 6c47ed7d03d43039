import AgentRouteWire

/// What a LiteLLM is told: a file without secrets, and the environment that holds them.
///
/// There is one entry for each provider that LiteLLM can serve, a wildcard under the provider's id:
/// a request for `lab/vendor/mid` finds `lab/*` and leaves for the model `vendor/mid`
/// (docs.litellm.ai, "Provider-specific wildcard routing"). So the file says nothing of profiles, and
/// a switch of profiles changes nothing of it.
package struct SidecarConfiguration: Sendable, Equatable {
    /// The file: JSON, which is YAML too. The same providers give the same bytes.
    package let text: [UInt8]
    /// The variables that the file names. Secrets.
    package let secrets: [String: Secret]
    /// The ids of the providers in it.
    package let providers: Set<String>

    /// The model that is asked for to warm LiteLLM up: it asks itself, through all that a request
    /// to a provider goes through, for one whose answer it makes up.
    static let warmUpModel = "agentroute-warm-up"

    /// The variable of the key that LiteLLM's clients must show.
    static let keyVariable = "LITELLM_MASTER_KEY"

    /// The variable of the URL that LiteLLM has for itself.
    static let selfVariable = "AGENTROUTE_SELF"

    /// What the providers of `configuration` need that speak OpenAI's chat wire, have their key or
    /// need none, and are trusted through the system's certificate authorities: LiteLLM has no
    /// authorities for one provider alone.
    package init(_ configuration: Configuration) {
        var secrets = SecretVariables()
        var ids: Set<String> = []
        var models = Self.warmUp
        for provider in configuration.providers {
            guard let entry = SidecarModel(provider, secrets: &secrets) else { continue }
            ids.insert(provider.id)
            models.append(entry.json)
        }
        let document: JSONValue = [
            "general_settings": ["master_key": .string("os.environ/\(Self.keyVariable)")],
            "litellm_settings": [
                // What a provider does not take, as far as LiteLLM knows, is left out and no error.
                "drop_params": true,
                "num_retries": 0,
                "telemetry": false,
                // Else a request for a provider of OpenAI's kind leaves in the Responses wire, which
                // few of them speak.
                "use_chat_completions_url_for_anthropic_messages": true,
            ],
            "model_list": .array(models),
            // The gateway and its clients retry. A cooldown makes one failure into many.
            "router_settings": ["disable_cooldowns": true, "num_retries": 0],
        ]
        text = document.serialized(pretty: true) + [0x0A]
        self.secrets = secrets.values
        providers = ids
    }

    /// LiteLLM's name for a provider's model.
    package static func modelName(provider: String, model: String) -> String {
        "\(provider)/\(model)"
    }

    private static let warmUp: [JSONValue] = {
        let answer = "\(warmUpModel)-answer"
        return [
            [
                "model_name": .string(warmUpModel),
                "litellm_params": [
                    "model": .string("openai/\(answer)"),
                    "api_base": .string("os.environ/\(selfVariable)"),
                    "api_key": .string("os.environ/\(keyVariable)"),
                ],
            ],
            [
                "model_name": .string(answer),
                "litellm_params": [
                    "model": .string("openai/\(answer)"), "api_key": "unused",
                    "mock_response": "ok",
                ],
            ],
        ]
    }()
}

/// Environment variables for secrets, in the order they are asked for.
struct SecretVariables {
    private(set) var values: [String: Secret] = [:]

    /// How the file refers to `secret`.
    mutating func reference(_ secret: Secret) -> JSONValue {
        let name = "AGENTROUTE_SECRET_\(values.count + 1)"
        values[name] = secret
        return .string("os.environ/\(name)")
    }
}

/// A provider as an entry of LiteLLM's `model_list`.
private struct SidecarModel {
    let json: JSONValue

    /// Nil for a provider that LiteLLM cannot serve.
    init?(_ provider: Provider, secrets: inout SecretVariables) {
        guard provider.caFile == nil, case .http(let base) = provider.endpoint,
            let chat = provider.served(.openAIChat),
            let apiBase = Self.apiBase(chat, after: base)
        else { return nil }
        var key: JSONValue = "unused"
        var fields: [JSONMember] = []
        switch provider.key {
        case .missing: return nil
        case .notNeeded: break
        case .present(let secret, _) where chat.authentication == .bearer:
            key = secrets.reference(secret)
        case .present(let secret, _):
            if let field = chat.authentication.field(for: secret) {
                let value = secrets.reference(Secret(field.value))
                fields.append(JSONMember(key: field.name, value: value))
            }
        }
        for field in provider.headers {
            fields.append(JSONMember(key: field.name, value: secrets.reference(field.value)))
        }
        let kind = provider.dialect == .openRouter ? "openrouter" : "openai"
        var parameters = [
            JSONMember(key: "model", value: .string("\(kind)/*")),
            JSONMember(key: "api_base", value: .string(apiBase)),
            JSONMember(key: "api_key", value: key),
        ]
        if !fields.isEmpty {
            parameters.append(JSONMember(key: "extra_headers", value: .object(fields)))
        }
        json = .object([
            JSONMember(key: "model_name", value: .string("\(provider.id)/*")),
            JSONMember(key: "litellm_params", value: .object(parameters)),
        ])
    }

    /// What LiteLLM puts `/chat/completions` behind; nil for a path that does not end so.
    private static func apiBase(_ chat: ServedWire, after base: BaseURL) -> String? {
        let end = "/chat/completions"
        let path = chat.path(after: base)
        guard path.hasSuffix(end) else { return nil }
        return "\(base.isSecure ? "https" : "http")://\(base.authority)\(path.dropLast(end.count))"
    }
}
