import AgentRouteCore
import AgentRouteTesting
import Testing

@Suite("The catalogue of models")
struct ModelCatalogueTests {
    private let list = """
        { "data": [ { "id": "vendor/big", "name": "Big One", "context_length": 1000,
                      "pricing": { "prompt": "0.000003", "completion": 0 } },
                    { "id": "vendor/small" }, { "id": "llama3:latest" } ] }
        """

    @Test("a list is asked for once while it is young, and kept in a closed file")
    func cache() async throws {
        let fixture = try CatalogueFixture(answering: list)
        let provider = try fixture.provider()
        #expect(fixture.catalogue.cached(provider) == nil)
        let first = try await fixture.catalogue.models(of: provider, maximumAge: .seconds(60))
        #expect(first.fetchedAt == 1_000_000 && first.isFromProvider)
        #expect(fixture.folder.mode("catalogue") == 0o700)
        #expect(fixture.folder.mode("catalogue/lab.json") == 0o600)
        fixture.clock.update { $0 += 59 }
        let second = try await fixture.catalogue.models(of: provider, maximumAge: .seconds(60))
        #expect(second.models == first.models && !second.isFromProvider)
        #expect(second.age(now: fixture.clock.value) == .seconds(59))
        #expect(fixture.upstream.seen.requests.count == 1)
        fixture.clock.update { $0 += 1 }
        let third = try await fixture.catalogue.models(of: provider, maximumAge: .seconds(60))
        #expect(third.isFromProvider && third.fetchedAt == 1_000_060)
        #expect(fixture.catalogue.cached(provider)?.fetchedAt == 1_000_060)
    }

    @Test("a provider that fails gives the list it gave before, said to be stale and why")
    func stale() async throws {
        let list = list
        let fixture = try CatalogueFixture { request in
            [.text(request.ordinal == 0 ? response(200, list) : response(503, ""))]
        }
        let provider = try fixture.provider()
        let first = try await fixture.catalogue.models(of: provider, maximumAge: .zero)
        fixture.clock.update { $0 += 100 }
        let second = try await fixture.catalogue.models(of: provider, maximumAge: .zero)
        #expect(second.models == first.models && second.fetchedAt == first.fetchedAt)
        #expect(second.staleness?.code == .providerFailed)
    }

    @Test("a list of another address, of the future, or of no sense is not used")
    func foreign() async throws {
        let fixture = try CatalogueFixture(answering: list)
        let provider = try fixture.provider()
        _ = try await fixture.catalogue.models(of: provider, maximumAge: .zero)
        #expect(fixture.catalogue.cached(try fixture.provider(path: "/v2")) == nil)
        fixture.clock.update { $0 -= 1 }
        let earlier = try await fixture.catalogue.models(of: provider, maximumAge: .seconds(60))
        #expect(earlier.isFromProvider)
        try AtomicFile.write(
            path: "\(fixture.folder.path)/catalogue/lab.json", bytes: Array("{".utf8))
        #expect(fixture.catalogue.cached(provider) == nil)
    }

    @Test("a folder that cannot be written costs nothing but the cache")
    func unwritable() async throws {
        let fixture = try CatalogueFixture(answering: list)
        try AtomicFile.write(path: "\(fixture.folder.path)/catalogue", bytes: [])
        let catalogue = try await fixture.catalogue.models(
            of: fixture.provider(), maximumAge: .seconds(60))
        #expect(catalogue.models.count == 3)
    }

    @Test("a model is found by its id, one of OpenRouter's variants, or Ollama's short name")
    func contains() async throws {
        let fixture = try CatalogueFixture(answering: list)
        let catalogue = try await fixture.catalogue.models(
            of: fixture.provider(), maximumAge: .zero)
        for id in ["vendor/big", "vendor/big:online", "vendor/small:nitro", "llama3"] {
            #expect(catalogue.contains(id), "\(id)")
        }
        for id in ["vendor/bigger", "vendor/big:70b", "", "vendor", ":online"] {
            #expect(!catalogue.contains(id), "\(id)")
        }
        #expect(catalogue.hint(for: "vendor/bug") == " (did you mean \"vendor/big\"?)")
    }

    @Test("a filter wants every word, in the id or the name, in any case")
    func filter() async throws {
        let fixture = try CatalogueFixture(answering: list)
        let catalogue = try await fixture.catalogue.models(
            of: fixture.provider(), maximumAge: .zero)
        #expect(catalogue.filtered(by: "ONE vendor").map(\.id) == ["vendor/big"])
        #expect(catalogue.filtered(by: "vendor").count == 2)
        #expect(catalogue.filtered(by: " ").count == 3)
        #expect(catalogue.filtered(by: "vendor none").isEmpty)
    }

    @Test("the demonstration's one model is known without asking anybody")
    func demo() async throws {
        let fixture = try CatalogueFixture(answering: "")
        let demo = Provider(id: "demo", preset: .demo)
        let catalogue = try await fixture.catalogue.models(of: demo, maximumAge: .zero)
        #expect(catalogue.models == [CatalogueModel(id: "scripted")])
        #expect(fixture.catalogue.cached(demo)?.contains("scripted") == true)
        #expect(fixture.upstream.seen.requests.isEmpty)
    }
}

extension Catalogue {
    fileprivate var isFromProvider: Bool {
        if case .provider = origin { true } else { false }
    }

    fileprivate var staleness: AgentRouteError? {
        if case .stale(let error) = origin { error } else { nil }
    }
}
