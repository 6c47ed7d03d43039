import AgentRouteCore
import AgentRouteTesting
import Testing

@testable import AgentRouteCLI

/// A configuration whose provider nobody answers for.
private let dead = """
    { "providers": { "lab": { "baseURL": "http://127.0.0.1:1/v1", "wires": ["openai-chat"] } } }
    """

@Suite("Profiles")
struct ProfileCommandTests {
    @Test("a profile is created, listed, shown, renamed, activated and deleted; JSON is one line")
    func life() async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        let created = try await ProgramRun(
            "profiles", "create", "work", "--heavy", "lab/a/big", "--balanced", "lab/b",
            "--fast=lab/c", "--json", home: home.path)
        #expect(created.code == .ok)
        #expect(created.output == [#"{"name":"work"}"#])
        _ = try await ProgramRun(
            "profiles", "create", "play", "--heavy", "lab/d", "--json", home: home.path)

        let list = try await ProgramRun("profiles", "list", "--json", home: home.path).json
        #expect(list.array?.compactMap { $0["name"]?.string } == ["play", "work"])
        #expect(list.array?.compactMap { $0["active"]?.bool } == [false, true])
        let models = list.array?.last?["models"]
        #expect(models == ["heavy": "lab/a/big", "balanced": "lab/b", "fast": "lab/c"])

        let shown = try await ProgramRun("profiles", "show", "--json", home: home.path).json
        #expect(shown == list.array?.last)
        let renamed = try await ProgramRun(
            "profiles", "rename", "work", "job", "--json", home: home.path)
        #expect(renamed.output == [#"{"name":"job"}"#])
        let activated = try await ProgramRun(
            "profiles", "activate", "play", "--json", home: home.path)
        #expect(activated.output == [#"{"activeProfile":"play"}"#])
        let deleted = try await ProgramRun(
            "profiles", "delete", "play", "--activate", "job", "--json", home: home.path)
        #expect(deleted.output == [#"{"name":"play"}"#])
        let last = try await ProgramRun("profiles", "list", "--json", home: home.path).json
        #expect(last.array?.compactMap { $0["name"]?.string } == ["job"])
        #expect(last.array?.first?["active"] == true)
    }

    @Test("a tier that is not given is the next stronger one, else the next weaker, and it is said")
    func missingTiers() async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        let run = try await ProgramRun(
            "profiles", "create", "a", "--balanced", "lab/m", home: home.path)
        #expect(run.code == .ok)
        #expect(run.errors.contains("agentroute: heavy was not given and is lab/m too"))
        #expect(run.errors.contains("agentroute: fast was not given and is lab/m too"))
        let big = try ModelReference("lab/big")
        let small = try ModelReference("lab/small")
        #expect(
            ProfileChange.completed([.heavy: big, .fast: small])
                == [.heavy: big, .balanced: big, .fast: small])
        #expect(ProfileChange.completed([:]).isEmpty)
    }

    @Test("set changes what is given and nothing else")
    func set() async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        _ = try await ProgramRun("profiles", "create", "a", "--heavy", "lab/m", home: home.path)
        let run = try await ProgramRun(
            "profiles", "set", "a", "--fast", "lab/n", "--json", home: home.path)
        #expect(run.output == [#"{"name":"a"}"#])
        let shown = try await ProgramRun("profiles", "show", "a", "--json", home: home.path).json
        #expect(shown["models"] == ["heavy": "lab/m", "balanced": "lab/m", "fast": "lab/n"])
    }

    @Test("--activate makes a new profile the active one although another was")
    func activateNew() async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        _ = try await ProgramRun("profiles", "create", "a", "--heavy", "lab/m", home: home.path)
        let run = try await ProgramRun(
            "profiles", "create", "b", "--heavy", "lab/m", "--activate", home: home.path)
        #expect(run.output == ["Created profile b; it is active."])
    }

    @Test(
        "what makes no sense ends with its code and one line on standard error",
        arguments: [
            (["create", "a"], ExitCode.usage, "needs a model"),
            (["create", "a/b", "--heavy", "lab/m"], .usage, "is no name"),
            (["create", "..", "--heavy", "lab/m"], .usage, "is no name"),
            (["create", "a", "--heavy", "lab"], .usage, "--heavy: expected provider/model"),
            (["create", "a", "--heavy", "lap/m"], .usage, #"did you mean "lab"?"#),
            (["create", "there", "--heavy", "lab/m"], .general, "already"),
            (["create", "a", "b", "--heavy", "lab/m"], .usage, "unexpected argument"),
            (["set", "there"], .usage, "nothing to set"),
            (["set", "nowhere", "--heavy", "lab/m"], .general, "no profile \"nowhere\""),
            (["show", "thre"], .general, #"did you mean "there"?"#),
            (["activate", "nowhere"], .general, "there is no profile"),
            (["rename", "there"], .usage, "NEW is missing"),
            (["rename", "there", "a/b"], .usage, "is no name"),
            (["delete", "there"], .general, "is active"),
            (["delete", "there", "--activate", "nowhere"], .general, "there is no profile"),
            (["remove", "there"], .usage, "there is no profiles remove"),
            ([], .usage, "profiles needs one more word"),
        ])
    func nonsense(words: [String], code: ExitCode, text: String) async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        try home.write(#"{ "heavy": "lab/m" }"#, to: "profiles/there.json")
        let run = try await ProgramRun(list: ["profiles"] + words, home: home.path)
        #expect(run.code == code)
        #expect(run.output.isEmpty)
        #expect(run.errors.first?.contains(text) == true, "\(run.errors)")
    }

    @Test("a model its provider does not list is a warning with the nearest name, not a refusal")
    func unlisted() async throws {
        let home = try TemporaryFolder()
        let upstream = try FakeUpstream(json: modelList)
        try home.write(upstream.configuration(#""auth": "none""#))
        let run = try await ProgramRun(
            "profiles", "create", "a", "--heavy", "lab/vendor/bug", "--balanced", "lab/vendor/big",
            "--fast", "lab/vendor/small", "--json", home: home.path)
        upstream.stop()
        #expect(run.code == .ok)
        #expect(run.output == [#"{"name":"a"}"#])
        #expect(
            run.errors == [
                "agentroute: warning: heavy: lab lists no model \"vendor/bug\""
                    + " (did you mean \"vendor/big\"?)"
            ])
        #expect(upstream.seen.requests.map(\.target) == ["/v1/models"])
    }

    @Test("a provider that cannot be reached is said, and the profile is there all the same")
    func offline() async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        let run = try await ProgramRun(
            "profiles", "create", "a", "--heavy", "lab/m", "--balanced", "lab/m", "--fast", "lab/m",
            home: home.path)
        #expect(run.code == .ok)
        #expect(run.errors.count == 1)
        #expect(run.errors.first?.contains("the models of lab were not checked") == true)
        #expect(home.mode(of: "profiles/a.json") == 0o600)
    }

    @Test("broken profiles are listed with their faults and do not hide the others")
    func broken() async throws {
        let home = try TemporaryFolder()
        try home.write(dead)
        try home.write("{", to: "profiles/a.json")
        try home.write(#"{ "heavy": "lab/m" }"#, to: "profiles/b.json")
        try home.write("[]", to: "active-profile.json")
        let run = try await ProgramRun("profiles", "list", "--json", home: home.path)
        #expect(run.code == .ok)
        #expect(try run.json.array?.first?["faults"]?.array?.count == 1)
        #expect(try run.json.array?.last?["faults"]?.array?.isEmpty == true)
        #expect(run.errors.contains { $0.contains("profile \"a\"") })
        #expect(run.errors.contains { $0.contains("active-profile.json") })
        let broken = try await ProgramRun("profiles", "activate", "a", home: home.path)
        #expect(broken.code == .general)
    }

    @Test("without any profile list is empty and show fails with what to do")
    func none() async throws {
        let home = try TemporaryFolder()
        #expect(
            try await ProgramRun("profiles", "list", "--json", home: home.path).output == ["[]"])
        let shown = try await ProgramRun("profiles", "show", "--json", home: home.path)
        #expect(shown.code == .general)
        #expect(try shown.json["event"] == "error")
        #expect(try shown.json["code"] == "no_profile")
    }

    @Test("a model of OpenRouter's without its provider is told how it is written")
    func vendor() async throws {
        let home = try TemporaryFolder()
        try home.write(#"{ "providers": { "or": { "preset": "openrouter" } } }"#)
        let run = try await ProgramRun(
            "profiles", "create", "a", "--heavy", "anthropic/claude-opus-4.5", home: home.path)
        #expect(run.code == .usage)
        #expect(run.errors.last?.contains("or/anthropic/claude-opus-4.5") == true)
        #expect(home.mode(of: "profiles/a.json") == nil)
    }

    @Test("without a configuration the presets are the providers")
    func presets() async throws {
        let home = try TemporaryFolder()
        let run = try await ProgramRun(
            "profiles", "create", "a", "--heavy", "openruter/x", home: home.path)
        #expect(run.code == .usage)
        #expect(run.errors.first?.contains(#"did you mean "openrouter"?"#) == true)
    }

    @Test(
        "a folder that cannot be written or read is an error with its path, not a crash",
        arguments: ["/dev/null", "/dev/null/home", "/proc/self"])
    func unwritable(home: String) async throws {
        let run = try await ProgramRun(
            "profiles", "create", "a", "--heavy", "ollama/m", home: home)
        #expect(run.code == .general)
        #expect(run.errors.first?.contains(home) == true, "\(run.errors)")
    }
}
