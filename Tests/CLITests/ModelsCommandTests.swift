import AgentRouteCore
import AgentRouteTesting
import Testing

@testable import AgentRouteCLI

@Suite("Models")
struct ModelsCommandTests {
    @Test("programs get one array; ids are those a profile takes")
    func json() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration(#""auth": "none""#))
        let run = try await ProgramRun("models", "--json", home: home.path)
        upstream.stop()
        #expect(run.code == .ok)
        let models = try #require(try run.json.array)
        #expect(models.compactMap { $0["id"]?.string } == ["lab/vendor/big", "lab/vendor/small"])
        #expect(models.first?["provider"] == "lab")
        #expect(models.first?["contextWindow"] == 200000)
        #expect(models.first?["pricePrompt"]?.double == 0.000005)
    }

    @Test("people get a table with the price of a million tokens")
    func table() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration(#""auth": "none""#))
        let run = try await ProgramRun("models", home: home.path)
        upstream.stop()
        #expect(
            run.output == [
                "MODEL             CONTEXT  $/M IN  $/M OUT",
                "lab/vendor/big     200000       5       25",
                "lab/vendor/small    32000   0.075      0.3",
            ])
    }

    @Test("a filter keeps the models with every word of it; none is no error")
    func filter() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration(#""auth": "none""#))
        let some = try await ProgramRun("models", "--filter", "VENDOR sm", home: home.path)
        #expect(some.output.count == 2)
        let none = try await ProgramRun("models", "--filter", "zzz", "--json", home: home.path)
        upstream.stop()
        #expect(none.code == .ok)
        #expect(none.output == ["[]"])
    }

    @Test("a list is asked for once a day, and again with --refresh; an old one is said to be old")
    func age() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration(#""auth": "none""#))
        for words in [["models"], ["models"], ["models", "--refresh"]] {
            let run = try await ProgramRun(list: words, home: home.path)
            #expect(run.errors.isEmpty)
        }
        upstream.stop()
        #expect(upstream.seen.requests.count == 2)
        let stale = try await ProgramRun("models", "--refresh", "--json", home: home.path)
        #expect(stale.code == .ok)
        #expect(try stale.json.array?.count == 2)
        #expect(stale.errors.first?.contains("the list of lab is 0 hours old") == true)
    }

    @Test("a provider without a list is an error, by its own code where it is about the key")
    func failing() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(status: 401, json: "{}")
        try home.write(upstream.configuration())
        let refused = try await ProgramRun(
            "models", "--json", home: home.path, environment: ["LAB_API_KEY": "sk-x"])
        upstream.stop()
        #expect(refused.code == .key)
        #expect(try refused.json["code"] == "provider_key_refused")
        let unreachable = try await ProgramRun("models", "--provider", "lab", home: home.path)
        #expect(unreachable.code == .general)
        let unknown = try await ProgramRun("models", "--provider", "lap", home: home.path)
        #expect(unknown.code == .usage)
    }

    @Test("one provider that fails does not hide the others")
    func partly() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(
            """
            { "providers": {
                "dead": { "baseURL": "http://127.0.0.1:1/v1", "wires": ["openai-chat"] },
                "lab": { "baseURL": "http://127.0.0.1:\(upstream.port)/v1",
                         "wires": ["openai-chat"] } } }
            """)
        let run = try await ProgramRun("models", "--json", home: home.path)
        upstream.stop()
        #expect(run.code == .ok)
        #expect(try run.json.array?.count == 2)
        #expect(run.errors.first?.contains("provider dead") == true)
    }
}
