internal import AgentRouteCore
internal import Glibc

extension Doctor {
    /// The providers that the active profile uses: their keys, whether they answer, their models. Asks
    /// them, side by side.
    func providerFindings(_ configuration: Configuration) async -> [Finding] {
        let models = configuration.active?.models ?? [:]
        let used = configuration.providers.filter { provider in
            models.values.contains { $0.provider == provider.id }
        }
        let check = KeyCheck(directories: workspace.directories, loop: loop)
        var findings: [Finding] = []
        for (provider, (_, problem)) in zip(used, await check.results(for: used)) {
            findings += Self.findings(provider, problem)
            findings.append(await modelFinding(provider, models))
        }
        return findings
    }

    /// What an answer, or none, tells of the key and of the way to the provider.
    private static func findings(_ provider: Provider, _ problem: AgentRouteError?) -> [Finding] {
        let (key, way) = ("key \(provider.id)", "provider \(provider.id)")
        let setting = "agentroute key set --stdin --provider \(provider.id)"
        guard case .http(let base) = provider.endpoint else {
            return [.fine(key, "not needed"), .fine(way, "built in")]
        }
        let source: String
        switch provider.key {
        case .present(_, let place): source = "from \(place)"
        case .notNeeded: source = "not needed"
        case .missing(let reason):
            return [
                .wrong(key, reason, remedy: setting), .fine(way, "not asked, for want of a key"),
            ]
        }
        guard let problem else {
            return [.fine(key, "\(source), accepted"), .fine(way, "answers at \(base.authority)")]
        }
        switch problem.code {
        case .providerKeyMissing, .providerKeyRefused:
            return [
                .wrong(key, problem.message, remedy: setting),
                .fine(way, "answers at \(base.authority)"),
            ]
        case .upstreamUntrusted:
            return [
                .fine(key, "\(source), not shown to it"),
                .wrong(
                    way, problem.message,
                    remedy: "install its authority's certificate, or set caFile in config.json"),
            ]
        default:
            return [
                .fine(key, "\(source), whether it is accepted could not be asked"),
                .wrong(
                    way, problem.message,
                    remedy: "once it answers: agentroute key check --provider \(provider.id)"),
            ]
        }
    }

    /// Whether the provider lists the models that the profile names.
    private func modelFinding(
        _ provider: Provider, _ models: [ModelAlias: ModelReference]
    ) async -> Finding {
        let name = "models \(provider.id)"
        let lists = ModelCatalogue(directories: workspace.directories, loop: loop)
        // The provider was asked a moment ago: what it gave is kept.
        guard let list = lists.cached(provider) else {
            return .fine(name, "not checked: there is no list of them yet")
        }
        let hours = list.age(now: Int64(time(nil))).components.seconds / 3_600
        let age = hours < 1 ? "list is new" : "list is \(hours) hours old"
        for alias in ModelAlias.allCases {
            guard let model = models[alias], model.provider == provider.id,
                !list.contains(model.model)
            else { continue }
            return .wrong(
                name,
                "\(alias.rawValue): there is no \(model)\(list.hint(for: model.model)), \(age)",
                remedy: "agentroute models --provider \(provider.id) --refresh")
        }
        return .fine(name, "those of the profile are listed, \(age)")
    }
}
