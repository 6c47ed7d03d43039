internal import AgentRouteCore

/// The providers as far as their keys go, and which of them a command means.
struct KeyChoice {
    /// Where each provider's key is looked for, in the order of the configuration.
    let plans: [KeyPlan]
    /// The configuration, without the keys of the store.
    let configuration: Configuration

    /// Reads the configuration. Throws every fault of it.
    init(_ workspace: Workspace) throws(Failure) {
        configuration = try workspace.configuration()
        plans = KeyPlan.all(in: try workspace.document())
    }

    private func plan(_ name: String) throws(Failure) -> KeyPlan {
        guard let plan = plans.first(where: { $0.provider == name }) else {
            throw Failure(noProvider: name, among: plans.map(\.provider))
        }
        return plan
    }

    /// The plans of the providers that take a key.
    var takers: [KeyPlan] { plans.filter { $0.place != .notNeeded } }

    /// The plan of the provider called `name`; without a name that of the only one that takes a key,
    /// else OpenRouter's.
    func plan(named name: String?) throws(Failure) -> KeyPlan {
        if let name { return try plan(name) }
        if takers.count == 1, let only = takers.first { return only }
        let id = Preset.openRouter.name
        if let openRouter = takers.first(where: { $0.provider == id }) { return openRouter }
        let names = takers.map(\.provider).joined(separator: ", ")
        throw Failure(
            .usage, code: "provider_missing",
            takers.isEmpty
                ? "no provider takes a key" : "name a provider with --provider: \(names)")
    }

    /// The environment variables that go before what is stored of the provider `plan` is of.
    ///
    /// - Throws: When the provider does not have its key from the key store.
    func variables(_ plan: KeyPlan) throws(Failure) -> [String] {
        let name = plan.provider
        switch plan.place {
        case .store(let variables): return variables
        case .notNeeded:
            throw Failure(
                .usage, code: "key_not_needed",
                "provider \(name) takes no key; if it should, give it \"apiKey\": \"keyring\"")
        case .configured:
            throw Failure(
                .usage, code: "key_elsewhere",
                "config.json says where the key of \(name) is; for the key store say "
                    + "\"apiKey\": \"keyring\" there")
        }
    }

    /// What the configuration has for the provider `plan` is of.
    func configured(_ plan: KeyPlan) -> KeyState {
        configuration.providers.first { $0.id == plan.provider }?.key ?? .notNeeded
    }
}

extension KeyStore {
    /// The answers for all of `choice`, asked for side by side, in the order of `plans`.
    func answers(
        _ plans: [KeyPlan], of choice: KeyChoice
    ) async -> [(plan: KeyPlan, answer: KeyAnswer)] {
        let stored = await answers(for: plans)
        var result: [(plan: KeyPlan, answer: KeyAnswer)] = []
        for plan in plans {
            if let answer = stored[plan.provider] {
                result.append((plan, answer))
            } else {
                result.append((plan, await answer(for: plan, configured: choice.configured(plan))))
            }
        }
        return result
    }
}

extension Provider {
    /// Whether it has a key.
    var hasKey: Bool {
        if case .present = key { true } else { false }
    }
}
