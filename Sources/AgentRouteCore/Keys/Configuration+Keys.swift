import AgentRouteWire

extension Configuration {
    /// As `load(path:environment:)`, with the keys that `store` has for the providers that leave
    /// theirs to it.
    package static func load(
        path: String, environment: [String: String], store: KeyStore
    ) async throws(ConfigurationError) -> Configuration {
        let text = try contents(of: path)
        // A text that is no JSON has no plans; loading it says what is wrong.
        let plans = (try? JSONValue.parse(text, comments: true)).map(KeyPlan.all) ?? []
        let keys = await store.answers(for: plans).mapValues(\.state)
        return try load(
            text: text, directory: folder(of: path), environment: environment, keys: keys,
            readFile: { try AtomicFile.read($0) })
    }

    /// This configuration with `keys` for the providers that are without theirs and, in `document`,
    /// leave it to the key store.
    func filling(_ keys: [String: KeyState], from document: JSONValue) -> Configuration {
        var asking: Set<String> = []
        for plan in KeyPlan.all(in: document) {
            if case .store = plan.place { asking.insert(plan.provider) }
        }
        return replacing(
            providers: providers.map { provider in
                guard asking.contains(provider.id), case .missing = provider.key,
                    let key = keys[provider.id]
                else { return provider }
                var provider = provider
                provider.key = key
                return provider
            })
    }
}
