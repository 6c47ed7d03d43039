import AgentRouteIO
import AgentRouteWire

/// The models that providers offer, as their own lists tell, kept for when a provider cannot be asked.
///
/// ```swift
/// let lists = ModelCatalogue(directories: directories, loop: loop)
/// let catalogue = try await lists.models(of: provider, maximumAge: .seconds(86_400))
/// guard catalogue.contains("vendor/big") else { ... }
/// ```
package struct ModelCatalogue: Sendable {
    private let cache: CatalogueCache
    private let loop: EventLoop
    private let limits: HTTPFetch.Limits
    private let now: @Sendable () -> Int64

    /// The lists kept under `directories`.
    ///
    /// - Parameters:
    ///   - loop: Carries the requests; must be running, now or soon.
    ///   - limits: What one page of a list may take.
    ///   - now: The time of day in whole seconds since 1970-01-01T00:00:00Z; nil for the system's.
    package init(
        directories: Directories, loop: EventLoop, limits: HTTPFetch.Limits = HTTPFetch.Limits(),
        now: (@Sendable () -> Int64)? = nil
    ) {
        cache = CatalogueCache(folder: directories.catalogueFolder)
        self.loop = loop
        self.limits = limits
        self.now = now ?? { WallClock.nanoseconds() / 1_000_000_000 }
    }

    /// The models of `provider`, from the cache if that is younger than `maximumAge`, else from the
    /// provider, and then kept.
    ///
    /// - Parameter maximumAge: Zero asks the provider in any case.
    /// - Returns: The provider's list; or an older one, marked stale with the reason, when the
    ///   provider gives none.
    /// - Throws: Why the provider gives no list, when there is no older one either: what
    ///   `HTTPFetch.get` and `HTTPFetch.Response.check` throw, and `upstreamMalformed`.
    package func models(
        of provider: Provider, maximumAge: Duration
    ) async throws(AgentRouteError) -> Catalogue {
        guard let list = CatalogueEndpoint(provider), case .http(let base) = provider.endpoint
        else {
            return demo(provider)
        }
        let now = now()
        let kept = cached(provider)
        if let kept, kept.fetchedAt <= now, kept.age(now: now) < maximumAge { return kept }
        do throws(AgentRouteError) {
            let models = try await fetch(list, of: provider, from: base)
            let entry = CatalogueCache.Entry(
                source: Self.source(base, list), fetchedAt: now, models: models)
            // A state folder that cannot be written costs the next command another request, no more.
            try? cache.write(entry, for: provider.id)
            return Catalogue(
                provider: provider.id, models: models, fetchedAt: now, origin: .provider)
        } catch {
            guard let kept else { throw error }
            return Catalogue(
                provider: provider.id, models: kept.models, fetchedAt: kept.fetchedAt,
                origin: .stale(error))
        }
    }

    /// What is kept of `provider`, however old; nil if nothing is. Asks nobody.
    package func cached(_ provider: Provider) -> Catalogue? {
        guard let list = CatalogueEndpoint(provider), case .http(let base) = provider.endpoint
        else {
            return demo(provider)
        }
        return cache.read(provider.id, source: Self.source(base, list)).map {
            Catalogue(
                provider: provider.id, models: $0.models, fetchedAt: $0.fetchedAt, origin: .cache)
        }
    }

    private func demo(_ provider: Provider) -> Catalogue {
        Catalogue(
            provider: provider.id, models: [CatalogueModel(id: "scripted")], fetchedAt: now(),
            origin: .provider)
    }

    private static func source(_ base: BaseURL, _ list: CatalogueEndpoint) -> String {
        "\(base.isSecure ? "https" : "http")://\(base.authority)\(list.path)"
    }

    private func fetch(
        _ list: CatalogueEndpoint, of provider: Provider, from base: BaseURL
    ) async throws(AgentRouteError) -> [CatalogueModel] {
        let subject = "provider \(provider.id)"
        let fetch = HTTPFetch(
            base: base, subject: subject, caFile: provider.caFile, loop: loop, limits: limits)
        var models: [CatalogueModel] = []
        var cursor: String?
        for _ in 0..<CatalogueEndpoint.pageLimit {
            let response = try await fetch.get(list.target(after: cursor), fields: list.fields)
            try response.check(provider)
            guard let page = list.page(response.body) else {
                throw AgentRouteError(
                    .upstreamMalformed, origin: .upstream, retry: .useless,
                    "\(subject) did not answer with a list of models; is its baseURL right?")
            }
            models += page.models
            guard let next = page.next else { return models }
            cursor = next
        }
        throw AgentRouteError(
            .upstreamMalformed, origin: .upstream, retry: .useless,
            "\(subject) has a list of models without an end")
    }
}
