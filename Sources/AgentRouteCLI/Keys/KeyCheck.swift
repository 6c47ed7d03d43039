internal import AgentRouteCore

/// Asks providers whether they accept their keys.
struct KeyCheck: Sendable {
    private let lists: ModelCatalogue
    private let loop: EventLoop
    private let limits: HTTPFetch.Limits

    /// Asks over `loop`, which must be running.
    init(directories: Directories, loop: EventLoop) {
        var limits = HTTPFetch.Limits()
        limits.connect = .seconds(5)
        limits.total = .seconds(15)
        lists = ModelCatalogue(directories: directories, loop: loop, limits: limits)
        self.loop = loop
        self.limits = limits
    }

    /// The providers' names, each with what speaks against its key, or nil. Side by side.
    func results(for providers: [Provider]) async -> [(String, AgentRouteError?)] {
        await withTaskGroup(of: (Int, AgentRouteError?).self) { group in
            for (index, provider) in providers.enumerated() {
                group.addTask { (index, await problem(of: provider)) }
            }
            var problems: [Int: AgentRouteError] = [:]
            for await (index, problem) in group { problems[index] = problem }
            return providers.enumerated().map { ($1.id, problems[$0]) }
        }
    }

    /// What speaks against the key of `provider`; nil if it is accepted, or none is needed and the
    /// provider answers.
    func problem(of provider: Provider) async -> AgentRouteError? {
        do throws(AgentRouteError) {
            if case .missing(let reason) = provider.key {
                throw AgentRouteError(
                    .providerKeyMissing, origin: .gateway, retry: .useless, reason)
            }
            if provider.dialect == .openRouter, case .http(let base) = provider.endpoint {
                try await askAboutKey(provider, at: base)
            } else {
                try await askForModels(provider)
            }
            return nil
        } catch {
            return error
        }
    }

    /// OpenRouter's list of models is for everybody: the key itself is asked about
    /// (openrouter.ai/docs, "Limits"). What the answer says holds a part of the key.
    private func askAboutKey(
        _ provider: Provider, at base: BaseURL
    ) async throws(AgentRouteError) {
        guard let wire = provider.wires.first else { return }
        let fetch = HTTPFetch(
            base: base, subject: "provider \(provider.id)", caFile: provider.caFile, loop: loop,
            limits: limits)
        try await fetch.get("\(base.path)/key", fields: provider.credentials(for: wire))
            .check(provider)
    }

    private func askForModels(_ provider: Provider) async throws(AgentRouteError) {
        let list = try await lists.models(of: provider, maximumAge: .zero)
        if case .stale(let error) = list.origin { throw error }
    }
}
