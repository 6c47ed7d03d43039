import AgentRouteWire

extension Configuration {
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
