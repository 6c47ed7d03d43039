internal import AgentRouteCore

extension ModelCatalogue {
    /// The lists of several providers, asked for side by side, in their order.
    func models(
        of providers: [Provider], maximumAge: Duration
    ) async -> [(Provider, Result<Catalogue, AgentRouteError>)] {
        await withTaskGroup(of: (Int, Result<Catalogue, AgentRouteError>).self) { group in
            for (index, provider) in providers.enumerated() {
                group.addTask {
                    do throws(AgentRouteError) {
                        return (
                            index,
                            .success(try await models(of: provider, maximumAge: maximumAge))
                        )
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [Int: Result<Catalogue, AgentRouteError>] = [:]
            for await (index, result) in group { results[index] = result }
            return providers.enumerated().compactMap { index, provider in
                results[index].map { (provider, $0) }
            }
        }
    }
}
