import AgentRouteCore
import Testing

@Suite("Routes")
struct ConfigurationRouteTableTests {
    private static let text = """
        { "providers": { "openrouter": { "preset": "openrouter" }, "lab": { "preset": "ollama" } },
          "profiles": {
            "default": { "heavy": "openrouter/anthropic/claude-opus-4.5", "fast": "lab/small" },
            "night": { "heavy": "lab/owl", "fast": "lab/marked[1m]" } } }
        """

    private func table() throws -> RouteTable {
        RouteTable(try ConfigurationFixture(Self.text).load())
    }

    private func exact(_ name: String) throws -> Route? {
        let table = try table()
        let bytes = Array(name.utf8)
        return table.resolve(bytes.span.bytes)
    }

    @Test(
        "an alias goes to the active profile's model, under each of its names",
        arguments: [
            "agentroute-heavy", "claude-agentroute-heavy", "agentroute-heavy[1m]",
            "claude-agentroute-heavy[1m]",
        ])
    func alias(name: String) throws {
        let route = try table().resolve(name)
        #expect(route.provider == "openrouter" && route.providerIndex == 0)
        #expect(route.model == "anthropic/claude-opus-4.5")
        #expect(route.alias == "agentroute-heavy")
    }

    @Test(
        "provider/model goes to that provider, the first slash ending its name",
        arguments: [
            ("lab/x", 1, "x"), ("openrouter/openai/gpt-6", 0, "openai/gpt-6"),
            ("lab//x", 1, "/x"), ("lab/qwen:7b[1m]", 1, "qwen:7b"), ("lab/x[1m][1m]", 1, "x[1m]"),
        ])
    func direct(name: String, index: Int, model: String) throws {
        let route = try table().resolve(name)
        #expect(route.providerIndex == index && route.model == model && route.alias == nil)
    }

    @Test(
        "a name that leads nowhere is a fault, never a guess",
        arguments: [
            ("", .empty), ("[1m]", .empty), ("lab/", .empty), ("lab/[1m]", .empty),
            ("agentroute-balanced", .unassigned), ("claude-agentroute-balanced", .unassigned),
            ("gpt-6", .unknown), ("Agentroute-heavy", .unknown), ("heavy", .unknown),
            ("nowhere/x", .unknownProvider), ("/x", .unknownProvider), ("LAB/x", .unknownProvider),
        ] as [(String, RouteFault.Kind)])
    func faults(name: String, kind: RouteFault.Kind) throws {
        let table = try table()
        let fault = #expect(throws: RouteFault.self) { try table.resolve(name) }
        #expect(fault?.kind == kind)
        #expect(try exact(name) == nil)
    }

    @Test("a fault names what could be asked for")
    func message() throws {
        let table = try table()
        let fault = #expect(throws: RouteFault.self) { try table.resolve("gpt-6\n") }
        #expect(
            fault?.description
                == "there is no model \"gpt-6\\n\"; use agentroute-heavy "
                + "(openrouter/anthropic/claude-opus-4.5), agentroute-balanced (not set), "
                + "agentroute-fast (lab/small), or provider/model with one of the providers "
                + "openrouter, lab")
    }

    @Test("an alias without a model names the profile")
    func unassignedMessage() throws {
        let table = try table()
        let fault = #expect(throws: RouteFault.self) { try table.resolve("agentroute-balanced") }
        #expect(
            fault?.description.hasPrefix("profile \"default\" has no balanced model; use ") == true)
    }

    @Test("a name of any length makes a short message")
    func longName() throws {
        let table = try table()
        let fault = #expect(throws: RouteFault.self) {
            try table.resolve(String(repeating: "x", count: 100_000))
        }
        #expect(try #require(fault).description.utf8.count < 1000)
    }

    @Test("the quick look-up agrees with the other on every alias and configured model")
    func quick() throws {
        let table = try table()
        for name in [
            "agentroute-heavy", "claude-agentroute-heavy", "agentroute-fast",
            "claude-agentroute-fast", "openrouter/anthropic/claude-opus-4.5", "lab/small",
            "lab/owl",
        ] {
            let route = try #require(try exact(name))
            #expect(route == (try table.resolve(name)))
        }
        #expect(try exact("lab/marked[1m]") == nil)
        #expect(try exact("lab/other") == nil && exact("agentroute-heavz") == nil)
    }

    @Test("the aliases are listed with what they stand for")
    func listing() throws {
        let listed = try table().aliases
        #expect(listed.map(\.alias) == [.heavy, .balanced, .fast])
        #expect(listed.map { $0.route?.model } == ["anthropic/claude-opus-4.5", nil, "small"])
    }

    @Test("without providers a fault says so")
    func nothingConfigured() throws {
        let table = RouteTable(try ConfigurationFixture("{}").load())
        let fault = #expect(throws: RouteFault.self) { try table.resolve("x/y") }
        #expect(fault?.description.hasSuffix("no provider is configured") == true)
    }
}
