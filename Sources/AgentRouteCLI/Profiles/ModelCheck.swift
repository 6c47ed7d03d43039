internal import AgentRouteCore

/// Holds the models of a profile against the lists of their providers. What it finds is advice: a
/// list may lag behind its provider.
struct ModelCheck: Sendable {
    private let lists: ModelCatalogue

    /// Asks providers over `loop`, for a few seconds at most, unless the lists under `directories` are
    /// of today.
    init(directories: Directories, loop: EventLoop) {
        var limits = HTTPFetch.Limits()
        limits.connect = .seconds(2)
        limits.total = .seconds(5)
        lists = ModelCatalogue(directories: directories, loop: loop, limits: limits)
    }

    /// What there is to say, one sentence each: a model that is not in its provider's list, and a
    /// provider that has no list to give. `providers` have their keys.
    func findings(
        on models: [ModelAlias: ModelReference], of providers: [Provider]
    ) async -> [String] {
        let concerned = providers.filter { provider in
            models.values.contains { $0.provider == provider.id }
        }
        let results = await lists.models(of: concerned, maximumAge: .seconds(86_400))
        return results.flatMap { provider, result in
            switch result {
            case .success(let catalogue): Self.findings(on: models, in: catalogue)
            case .failure(let error):
                ["the models of \(provider.id) were not checked: \(error.message)"]
            }
        }
    }

    private static func findings(
        on models: [ModelAlias: ModelReference], in catalogue: Catalogue
    ) -> [String] {
        ModelAlias.allCases.compactMap { alias in
            guard let model = models[alias], model.provider == catalogue.provider,
                !catalogue.contains(model.model)
            else { return nil }
            let hint = catalogue.hint(for: model.model)
            return "\(alias.rawValue): \(model.provider) lists no model \"\(model.model)\"\(hint)"
        }
    }
}
