import AgentRouteWire

/// Where the key of a provider is looked for, as `config.json` has it.
package struct KeyPlan: Sendable, Equatable {
    /// A place to look.
    package enum Place: Sendable, Equatable {
        /// The provider takes no key.
        case notNeeded
        /// One place that `apiKey` names: an environment variable, a file or the text itself.
        case configured(KeySource)
        /// The key store: the first of these environment variables that is set, then the keyring,
        /// then a file. So with `"apiKey": "keyring"`, and with a preset and no `apiKey`.
        case store(variables: [String])
    }

    /// The provider's id.
    package let provider: String
    /// Where to look.
    package let place: Place

    /// The plan of a provider that leaves its key to the store. Without a preset of that name the
    /// variable is the id in capitals with `_API_KEY` behind it, as the presets' are.
    package static func store(_ provider: String) -> KeyPlan {
        KeyPlan(
            provider: provider,
            place: .store(variables: variables(provider, Preset.named(provider))))
    }

    /// The plans of the providers in a `config.json`, in their order. What the document has wrong is
    /// passed over: `Configuration.load` reports it.
    package static func all(in document: JSONValue) -> [KeyPlan] {
        let members = document[RootKey.providers.rawValue]?.object ?? []
        return members.map { KeyPlan(provider: $0.key, place: place($0.key, $0.value)) }
    }

    private static func place(_ provider: String, _ settings: JSONValue) -> Place {
        func text(_ key: ProviderKey) -> String? { settings[key.rawValue]?.string }
        if text(.auth) == Authentication.none.name { return .notNeeded }
        let preset = text(.preset).flatMap(Preset.named)
        guard let key = text(.apiKey) else {
            let variables = preset?.keyVariables ?? []
            return variables.isEmpty ? .notNeeded : .store(variables: variables)
        }
        if key == KeyState.storeName { return .store(variables: variables(provider, preset)) }
        return .configured(key.hasPrefix("env:") ? .environment : .file)
    }

    private static func variables(_ provider: String, _ preset: Preset?) -> [String] {
        if let variables = preset?.keyVariables, !variables.isEmpty { return variables }
        let name = provider.uppercased().map {
            $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_"
        }
        return [String(name) + "_API_KEY"]
    }
}
