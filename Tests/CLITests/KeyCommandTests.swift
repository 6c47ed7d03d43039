import AgentRouteCore
import AgentRouteTesting
import Testing

@testable import AgentRouteCLI

/// A configuration of one provider of each kind.
private let kinds = """
    { "providers": {
        "openrouter": { "preset": "openrouter" },
        "stored": { "baseURL": "http://127.0.0.1:1/v1", "wires": ["openai-chat"],
                    "apiKey": "keyring" },
        "named": { "baseURL": "http://127.0.0.1:1/v1", "wires": ["openai-chat"],
                   "apiKey": "env:NAMED" },
        "free": { "preset": "ollama" } } }
    """

private let secret = "sk-0123456789abcdef"

@Suite("Keys")
struct KeyCommandTests {
    @Test("a key on standard input is kept for the default provider, and cleared")
    func stdin() async throws {
        let home = try TemporaryFolder()
        let set = try await ProgramRun(
            "key", "set", "--stdin", "--json", home: home.path, input: secret + "\n")
        #expect(set.code == .ok)
        #expect(set.output == [#"{"provider":"openrouter","source":"file"}"#])
        #expect(set.errors.isEmpty)
        #expect(home.mode(of: "keys/openrouter") == 0o600)
        let status = try await ProgramRun(
            "key", "status", "--provider", "openrouter", "--json", home: home.path)
        #expect(
            status.output == [#"{"provider":"openrouter","configured":true,"source":"file"}"#])
        let clear = try await ProgramRun("key", "clear", "--json", home: home.path)
        #expect(clear.output == [#"{"provider":"openrouter","cleared":true}"#])
        let again = try await ProgramRun("key", "clear", "--json", home: home.path)
        #expect(again.code == .ok)
        #expect(again.output == [#"{"provider":"openrouter","cleared":false}"#])
    }

    @Test("a key on the command line is kept, with a warning")
    func value() async throws {
        let home = try TemporaryFolder()
        let run = try await ProgramRun("key", "set", "--value", secret, home: home.path)
        #expect(run.code == .ok)
        #expect(run.errors.count == 1)
        #expect(run.errors.first?.contains("--stdin") == true)
    }

    @Test("no command prints a key, whatever it is asked")
    func neverPrinted() async throws {
        let home = try TemporaryFolder()
        try home.write(kinds)
        let environment = ["NAMED": secret, "OPENROUTER_API_KEY": secret]
        var said: [String] = []
        for words in [
            ["key", "set", "--value", secret], ["key", "set", "--stdin"], ["key", "status"],
            ["key", "status", "--json"], ["key", "check"], ["config", "show"],
            ["config", "show", "--json"], ["models", "--provider", "stored"], ["key", "clear"],
        ] {
            let run = try await ProgramRun(
                list: words + (words[1] == "check" ? ["--provider", "named"] : []),
                home: home.path, environment: environment, input: secret)
            said += run.output + run.errors
        }
        #expect(!said.isEmpty)
        #expect(!said.contains { $0.contains(secret) })
    }

    @Test("status names the source of each provider's key")
    func status() async throws {
        let home = try TemporaryFolder()
        try home.write(kinds)
        try home.write("sk-file\n", to: "keys/stored")
        let run = try await ProgramRun(
            "key", "status", "--json", home: home.path, environment: ["OPENROUTER_API_KEY": "k"])
        #expect(run.code == .ok)
        #expect(
            run.output == [
                #"{"provider":"openrouter","configured":true,"source":"env"}"#,
                #"{"provider":"stored","configured":true,"source":"file"}"#,
                #"{"provider":"named","configured":false,"source":"none"}"#,
                #"{"provider":"free","configured":true,"source":"none"}"#,
            ])
    }

    @Test("a key file that others may read is no key")
    func exposed() async throws {
        let home = try TemporaryFolder()
        try home.write(kinds)
        try home.write("sk-file\n", to: "keys/stored", mode: 0o644)
        let run = try await ProgramRun("key", "status", "--provider", "stored", home: home.path)
        #expect(run.output.first?.contains("chmod 600") == true)
    }

    @Test("a variable that goes before a stored key is told")
    func shadowed() async throws {
        let home = try TemporaryFolder()
        let run = try await ProgramRun(
            "key", "set", "--stdin", home: home.path, environment: ["OPENROUTER_API_KEY": "other"],
            input: secret)
        #expect(run.code == .ok)
        #expect(run.errors.contains { $0.contains("OPENROUTER_API_KEY") })
    }

    @Test(
        "what makes no sense ends with its code, and nothing is kept",
        arguments: [
            (["set"], "", ExitCode.usage, "give the key"),
            (["set", "--value", "k", "--stdin"], "k", .usage, "not both"),
            (["set", "--value="], "", .usage, "must not be empty"),
            (["set", "--stdin"], "", .key, "is empty"),
            (["set", "--stdin"], "\n", .key, "is empty"),
            (["set", "--stdin"], "a b", .key, "has a space"),
            (["set", "--stdin"], "a\nb\n", .key, "has a space"),
            (["set", "--stdin"], String(repeating: "k", count: 70_000), .key, "longer than"),
            (["set", "--stdin", "--provider", "nowhere"], "k", .usage, "there is no provider"),
            (["set", "--stdin", "--provider", "../x"], "k", .usage, "there is no provider"),
            (["set", "--stdin", "--provider", "free"], "k", .usage, "takes no key"),
            (["set", "--stdin", "--provider", "named"], "k", .usage, "config.json says where"),
            (["clear", "--provider", "free"], "", .usage, "takes no key"),
            (["status", "--provider", "nowhere"], "", .usage, "there is no provider"),
            (["check", "--provider", "nowhere"], "", .usage, "there is no provider"),
        ])
    func nonsense(words: [String], input: String, code: ExitCode, text: String) async throws {
        let home = try TemporaryFolder()
        try home.write(kinds)
        let run = try await ProgramRun(list: ["key"] + words, home: home.path, input: input)
        #expect(run.code == code)
        #expect(run.errors.contains { $0.contains(text) }, "\(run.errors)")
        #expect(home.mode(of: "keys/openrouter") == nil)
    }

    @Test("with several providers and no OpenRouter among them, one must be named")
    func ambiguous() async throws {
        let home = try TemporaryFolder()
        try home.write(
            #"{ "providers": { "a": { "preset": "openai" }, "b": { "preset": "groq" } } }"#)
        let run = try await ProgramRun("key", "set", "--stdin", home: home.path, input: "k")
        #expect(run.code == .usage)
        #expect(run.errors == ["agentroute: name a provider with --provider: a, b"])
        try home.write(
            #"{ "providers": { "a": { "preset": "openai" }, "b": { "preset": "ollama" } } }"#)
        let only = try await ProgramRun("key", "set", "--stdin", home: home.path, input: "k")
        #expect(only.output == ["Kept the key of a in a file only you can read."])
    }
}

@Suite("Whether keys are accepted")
struct KeyCheckTests {
    @Test(
        "the provider's answer is the exit code",
        arguments: [
            (200, ExitCode.ok, true), (401, .key, false), (403, .key, false),
            (500, .general, false), (404, .general, false),
        ])
    func answers(status: Int, code: ExitCode, isAccepted: Bool) async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(status: status, json: modelList)
        try home.write(upstream.configuration())
        let run = try await ProgramRun(
            "key", "check", "--json", home: home.path, environment: ["LAB_API_KEY": secret])
        upstream.stop()
        #expect(run.code == code)
        #expect(try run.json["provider"] == "lab")
        #expect(try run.json["ok"] == .bool(isAccepted))
        #expect(upstream.seen.requests.first?.value("authorization") == "Bearer \(secret)")
    }

    @Test("OpenRouter is asked about the key itself: its list is for everybody")
    func openRouter() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: #"{ "data": { "label": "sk-or-v1-abc...def" } }"#)
        try home.write(upstream.configuration(#""apiKey": "keyring", "dialect": "openrouter""#))
        let run = try await ProgramRun(
            "key", "check", home: home.path, environment: ["LAB_API_KEY": secret])
        upstream.stop()
        #expect(run.code == .ok)
        #expect(run.output == ["ok    lab: the provider accepts it"])
        #expect(upstream.seen.requests.map(\.target) == ["/v1/key"])
    }

    @Test("a key that is not there ends with 3, and nobody is asked")
    func missing() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration())
        let run = try await ProgramRun("key", "check", "--json", home: home.path)
        upstream.stop()
        #expect(run.code == .key)
        #expect(try run.json["code"] == "provider_key_missing")
        #expect(upstream.seen.requests.isEmpty)
    }

    @Test("without a configuration and without a key it is OpenRouter's that is missing")
    func nothing() async throws {
        let home = try TemporaryFolder()
        let run = try await ProgramRun("key", "check", "--json", home: home.path)
        #expect(run.code == .key)
        #expect(try run.json["provider"] == "openrouter")
    }

    @Test("a provider that cannot be reached has said nothing about the key: 1, not 3")
    func unreachable() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration())
        upstream.stop()
        let run = try await ProgramRun(
            "key", "check", "--json", home: home.path, environment: ["LAB_API_KEY": secret])
        #expect(run.code == .general)
        #expect(try run.json["code"] == "upstream_unreachable")
    }
}
