import AgentRouteCore
import Testing

@testable import AgentRouteCLI

/// A configuration with a literal key.
private let withKey = """
    { "listen": { "port": 4600 }, "log": { "level": "warn" },
      "providers": { "lab": { "baseURL": "http://127.0.0.1:9/v1", "wires": ["openai-chat"],
                              "apiKey": "sk-literal-in-file" } },
      "profiles": { "default": { "heavy": "lab/big" } } }
    """

private func plan(
    _ options: [String: String] = [:], home: String, token: String? = nil
) async throws -> ServePlan {
    var environment = ["AGENTROUTE_HOME": home]
    environment["AGENTROUTE_TOKEN"] = token
    // Nothing asks the loop for anything: there is no keyring in this environment.
    return try await ServePlan(
        Invocation(values: options.mapValues { [$0] }), environment: environment,
        loop: EventLoop())
}

@Suite("What serve puts together")
struct ServePlanTests {
    @Test("the file says the port and the log level, and the command line overrules it")
    func precedence() async throws {
        let home = try TemporaryFolder()
        try home.write(withKey)
        let fromFile = try await plan(home: home.path)
        #expect(fromFile.configuration.listen.port == 4600)
        #expect(fromFile.logLevel == nil)
        #expect(fromFile.configuration.log.level == .warn)
        let overruled = try await plan(["port": "4700", "log-level": "debug"], home: home.path)
        #expect(overruled.configuration.listen.port == 4700)
        #expect(overruled.logLevel == .debug)
    }

    @Test("--config names another file than the folder's")
    func otherFile() async throws {
        let home = try TemporaryFolder()
        try home.write("{ this is not read")
        let other = try home.write(withKey, to: "other.json")
        #expect(
            try await plan(["config": other], home: home.path).configuration.listen.port == 4600)
    }

    @Test("--demo alone reads no file; with --config it adds the demo to the file's providers")
    func demo() async throws {
        let home = try TemporaryFolder()
        let file = try home.write(withKey)
        #expect(try await plan(["demo": ""], home: home.path).configuration == .demo)
        let both = try await plan(["demo": "", "config": file], home: home.path).configuration
        #expect(both.providers.map(\.id) == ["lab", "demo"])
        #expect(both.active?.models[.heavy]?.description == "lab/big")
    }

    @Test("without a configuration the failure shows how to make one")
    func missing() async throws {
        let home = try TemporaryFolder()
        let failure = try await #require(throws: Failure.self) {
            try await plan(home: home.path)
        }
        #expect(failure.exitCode == .general)
        #expect(
            failure.faults.first?.message == "there is no configuration at \(home.path)/config.json"
        )
        // The example is one that is accepted.
        let example = failure.advice.filter { $0.hasPrefix("  ") }.joined()
        let file = try home.write(example)
        #expect(
            try await plan(["config": file], home: home.path).configuration.providers.count == 1)
    }

    @Test("without a configuration a profile is enough: every preset is a provider")
    func profileAlone() async throws {
        let home = try TemporaryFolder()
        try home.write(#"{ "heavy": "ollama/m" }"#, to: "profiles/a.json")
        let configuration = try await plan(home: home.path).configuration
        #expect(configuration.active?.name == "a")
        #expect(configuration.providers.contains { $0.id == "openrouter" })
    }

    @Test("a profile's file goes before config.json, and a kept key is the provider's")
    func filesAndKeys() async throws {
        let home = try TemporaryFolder()
        try home.write(withKey.replacing("sk-literal-in-file", with: "keyring"))
        try home.write(#"{ "heavy": "lab/other" }"#, to: "profiles/default.json")
        try home.write("sk-kept", to: "keys/lab")
        let configuration = try await plan(home: home.path).configuration
        #expect(configuration.active?.models[.heavy]?.description == "lab/other")
        guard case .present(let key, _) = configuration.providers.first?.key else {
            Issue.record("the kept key is not there")
            return
        }
        #expect(key == Secret("sk-kept"))
    }

    @Test("every fault of the configuration is a line with its file and place")
    func faults() async throws {
        let home = try TemporaryFolder()
        let file = try home.write(
            #"{ "listen": { "port": "x" }, "providers": { "lab": { "wires": [] } } }"#)
        let failure = try await #require(throws: Failure.self) {
            try await plan(["config": file], home: home.path)
        }
        #expect(failure.exitCode == .general)
        #expect(failure.faults.count > 1)
        #expect(failure.faults.contains { $0.place == "\(file): listen.port" })
        #expect(failure.faults.allSatisfy { $0.place?.hasPrefix("\(file): ") == true })
    }

    @Test("a file with keys in it that others can read is worth a warning, which names no key")
    func readableKeys() async throws {
        let home = try TemporaryFolder()
        let file = try home.write(withKey, mode: 0o644)
        let warnings = try await plan(["config": file], home: home.path).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("\(file): ") == true)
        #expect(warnings.first?.contains("lab") == true)
        #expect(warnings.first?.contains("sk-literal") == false)
    }

    @Test("no warning about a file that is private, nor about one that holds no key")
    func noWarning() async throws {
        let home = try TemporaryFolder()
        #expect(
            try await plan(["config": try home.write(withKey)], home: home.path).warnings.isEmpty)
        let keyless = withKey.replacing("sk-literal-in-file", with: "env:LAB_KEY")
        let open = try home.write(keyless, to: "open.json", mode: 0o644)
        #expect(try await plan(["config": open], home: home.path).warnings.isEmpty)
    }

    @Test("the token is the environment's, else a new one each time")
    func token() async throws {
        let home = try TemporaryFolder()
        let chosen = try await plan(["demo": ""], home: home.path, token: "0123456789abcdef")
        #expect(chosen.token.isChosen)
        #expect(chosen.token.secret == Secret("0123456789abcdef"))
        let first = try await plan(["demo": ""], home: home.path)
        #expect(try await first.token != plan(["demo": ""], home: home.path).token)
        #expect(!first.token.isChosen)
    }
}

@Suite("Failures")
struct FailureTests {
    private let failure = Failure(
        .general, code: "configuration_invalid",
        faults: [.init(place: "c.json: listen", message: "m"), .init(place: nil, message: "n")],
        advice: ["do this"])

    @Test("people get one line for each fault, then the advice, on standard error")
    func prose() throws {
        let captured = try CapturedConsole()
        #expect(failure.report(on: captured.console, isJSON: false) == .general)
        #expect(captured.errors == ["c.json: listen: m", "agentroute: n", "do this"])
        #expect(captured.output.isEmpty)
    }

    @Test("programs get one object for each fault on standard output")
    func json() throws {
        let captured = try CapturedConsole()
        _ = failure.report(on: captured.console, isJSON: true)
        #expect(
            captured.output == [
                #"{"event":"error","code":"configuration_invalid","place":"c.json: listen","message":"m"}"#,
                #"{"event":"error","code":"configuration_invalid","place":null,"message":"n"}"#,
            ])
    }
}
