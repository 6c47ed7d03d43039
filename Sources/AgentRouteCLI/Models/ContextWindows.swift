internal import AgentRouteCore
internal import AgentRoutePlatforms

extension ModelCatalogue {
    /// The context windows of the models behind the aliases, as far as kept lists tell. Asks nobody.
    func contextWindows(in configuration: Configuration) -> [Role: Int] {
        var windows: [Role: Int] = [:]
        for (alias, model) in configuration.active?.models ?? [:] {
            guard let role = Role(rawValue: alias.rawValue),
                let provider = configuration.providers.first(where: { $0.id == model.provider })
            else { continue }
            windows[role] = cached(provider)?.model(model.model)?.contextWindow
        }
        return windows
    }
}
