import AgentRouteCore
import AgentRouteWire
import Testing

@Suite("Keys in a configuration")
struct KeyConfigurationTests {
    private let text = """
        { "providers": {
            "openrouter": { "preset": "openrouter" },
            "my-lab": { "baseURL": "http://127.0.0.1:9/v1", "wires": ["openai-chat"],
                        "apiKey": "keyring" },
            "work": { "preset": "gemini", "apiKey": "keyring" },
            "own": { "preset": "openai", "apiKey": "env:OWN" },
            "filed": { "preset": "openai", "apiKey": "file:/k" },
            "literal": { "preset": "openai", "apiKey": "sk-literal" },
            "local": { "preset": "ollama" },
            "open": { "preset": "openai", "auth": "none" }
        } }
        """

    @Test("each provider's key is looked for where its settings say")
    func plans() throws {
        let plans = KeyPlan.all(in: try JSONValue.parse(Array(text.utf8), comments: true))
        #expect(
            plans.map(\.provider)
                == ["openrouter", "my-lab", "work", "own", "filed", "literal", "local", "open"])
        #expect(
            plans.map(\.place) == [
                .store(variables: ["OPENROUTER_API_KEY"]), .store(variables: ["MY_LAB_API_KEY"]),
                .store(variables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
                .configured(.environment), .configured(.file), .configured(.file), .notNeeded,
                .notNeeded,
            ])
        #expect(KeyPlan.store("openrouter") == plans.first)
        #expect(KeyPlan.all(in: ["providers": ["x"]]).isEmpty)
    }

    @Test("the store's keys reach the providers that leave theirs to it, and no others")
    func load() async throws {
        let fixture = try KeyFixture(environment: ["MY_LAB_API_KEY": "sk-lab"])
        for provider in ["openrouter", "own", "local", "literal"] {
            try await fixture.store.set(Secret("sk-\(provider)-stored"), for: provider)
        }
        let text = Array(
            text.replacing("/k\"", with: "\(fixture.folder.path)/keys/own\"").utf8)
        let plans = KeyPlan.all(in: try JSONValue.parse(text, comments: true))
        let configuration = try Configuration.load(
            text: text, environment: fixture.environment,
            keys: await fixture.store.answers(for: plans).mapValues(\.state),
            readFile: { try AtomicFile.read($0) })
        let keys = Dictionary(uniqueKeysWithValues: configuration.providers.map { ($0.id, $0.key) })
        let folder = "\(fixture.folder.path)/keys"
        #expect(
            keys["openrouter"]
                == .present(Secret("sk-openrouter-stored"), source: "file \(folder)/openrouter"))
        #expect(
            keys["my-lab"]
                == .present(Secret("sk-lab"), source: "environment variable MY_LAB_API_KEY"))
        #expect(
            keys["work"]
                == .missing(
                    reason: "there is no key; set GEMINI_API_KEY or GOOGLE_API_KEY, "
                        + "or run: agentroute key set --provider work"))
        #expect(keys["own"] == .missing(reason: "the environment variable OWN is not set"))
        #expect(keys["literal"] == .present(Secret("sk-literal"), source: "configuration"))
        #expect(keys["local"] == .notNeeded && keys["open"] == .notNeeded)
        var sources: [KeySource] = []
        for plan in plans {
            let key = keys[plan.provider] ?? .notNeeded
            sources.append(await fixture.store.answer(for: plan, configured: key).source)
        }
        #expect(sources == [.file, .environment, .none, .none, .file, .file, .none, .none])
    }

    @Test("without a store, keyring is a missing key and no fault")
    func noStore() throws {
        let lab = try ConfigurationFixture.provider(
            "\"preset\": \"openai\", \"apiKey\": \"keyring\""
        ).lab()
        #expect(lab.key == .missing(reason: "its key is in the key store, which was not asked"))
    }
}
