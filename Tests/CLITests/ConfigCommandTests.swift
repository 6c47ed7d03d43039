import AgentRouteCore
import AgentRouteTesting
import Testing

@testable import AgentRouteCLI

/// A configuration that says something of everything.
private let full = """
    { "listen": { "port": 4600 },
      "providers": { "lab": {
          "preset": "openai", "baseURL": "http://127.0.0.1:1/v1", "apiKey": "sk-literal",
          "headers": { "x-team": "a" }, "timeouts": { "connect": "500ms" } } },
      "profiles": { "home": { "heavy": "lab/m" } }, "activeProfile": "home" }
    """

@Suite("The configuration's commands")
struct ConfigCommandTests {
    /// The settings that `words` show, by key.
    private func settings(
        _ words: String..., home: String, environment: [String: String] = [:]
    ) async throws -> [String: JSONValue] {
        let run = try await ProgramRun(
            list: ["config", "show", "--json"] + words, home: home, environment: environment)
        #expect(run.code == .ok)
        let list = try #require(try run.json.array)
        return Dictionary(list.map { ($0["key"]?.string ?? "", $0) }) { first, _ in first }
    }

    @Test(
        "each setting tells its value and whether a flag, the environment, the file or nobody said it"
    )
    func show() async throws {
        let home = try TemporaryFolder()
        let file = try home.write(full)
        let all = try await settings(
            "--log-level", "debug", home: home.path,
            environment: ["AGENTROUTE_TOKEN": "0123456789abcdef"])
        func expect(_ key: String, _ value: JSONValue, _ source: String, _ origin: String?) {
            #expect(
                all[key] == [
                    "key": .string(key), "value": value, "source": .string(source),
                    "origin": origin.map(JSONValue.string) ?? nil,
                ])
        }
        expect("folder", .string(home.path), "environment", "AGENTROUTE_HOME")
        expect("token", "<redacted>", "environment", "AGENTROUTE_TOKEN")
        expect("listen.host", "127.0.0.1", "default", nil)
        expect("listen.port", 4600, "file", file)
        expect("log.level", "debug", "flag", "--log-level")
        expect("limits.head", "10s", "default", nil)
        expect("providers.lab.baseURL", "http://127.0.0.1:1/v1", "file", file)
        expect(
            "providers.lab.wires", ["openai-chat", "openai-responses"], "default", "preset openai")
        expect("providers.lab.apiKey", "<redacted>", "file", "configuration")
        expect("providers.lab.headers.x-team", "<redacted>", "file", file)
        expect("providers.lab.timeouts.connect", "500ms", "file", file)
        expect("providers.lab.timeouts.silence", "300s", "default", nil)
        expect("profiles.home.heavy", "lab/m", "file", file)
        expect("activeProfile", "home", "file", file)
    }

    @Test("a flag goes before the file, and a profile's file before config.json")
    func precedence() async throws {
        let home = try TemporaryFolder()
        try home.write(full)
        let own = try home.write(#"{ "heavy": "lab/n" }"#, to: "profiles/home.json")
        let chosen = try home.write(#"{ "activeProfile": "home" }"#, to: "active-profile.json")
        let all = try await settings("--port", "4700", home: home.path)
        #expect(all["listen.port"]?["value"] == 4700)
        #expect(all["listen.port"]?["origin"] == "--port")
        #expect(all["profiles.home.heavy"]?["value"] == "lab/n")
        #expect(all["profiles.home.heavy"]?["origin"] == .string(own))
        #expect(all["activeProfile"]?["origin"] == .string(chosen))
        let flagged = try await settings("--profile", "home", home: home.path)
        #expect(flagged["activeProfile"]?["source"] == "flag")
        let unknown = try await ProgramRun(
            "config", "show", "--profile", "nowhere", home: home.path)
        #expect(unknown.code == .general)
    }

    @Test("without a file the presets hold, and a key of the store is told by its place only")
    func noFile() async throws {
        let home = try TemporaryFolder()
        try home.write("sk-kept", to: "keys/openrouter")
        let all = try await settings(home: home.path)
        let key = all["providers.openrouter.apiKey"]
        #expect(key?["value"] == "<redacted>")
        #expect(key?["source"] == "file")
        #expect(key?["origin"] == .string("file \(home.path)/keys/openrouter"))
        #expect(all["providers.ollama.baseURL"]?["origin"] == "preset ollama")
    }

    @Test("people get a line for each setting")
    func lines() async throws {
        let home = try TemporaryFolder()
        try home.write(full)
        let run = try await ProgramRun("config", "show", home: home.path)
        #expect(run.output.contains { $0.hasPrefix("listen.port ") && $0.contains(" 4600 ") })
        #expect(!run.output.contains { $0.contains("sk-literal") })
    }

    @Test("check passes what is sound, and warns of keys that others can read")
    func sound() async throws {
        let home = try TemporaryFolder()
        let file = try home.write(full)
        let run = try await ProgramRun("config", "check", "--json", home: home.path)
        #expect(run.code == .ok)
        #expect(run.output == [#"{"ok":true,"file":"\#(file)"}"#])
        #expect(run.errors.isEmpty)
        try home.write(full, mode: 0o644)
        #expect(try await ProgramRun("config", "check", home: home.path).errors.count == 1)
        let none = try TemporaryFolder()
        let nothing = try await ProgramRun("config", "check", "--json", home: none.path)
        #expect(nothing.output == [#"{"ok":true,"file":null}"#])
    }

    @Test("check ends with 1 and a line for every fault of config.json")
    func faults() async throws {
        let home = try TemporaryFolder()
        let file = try home.write(
            #"{ "listen": { "port": "x" }, "limits": { "head": 1 }, "odd": 1 }"#)
        let run = try await ProgramRun("config", "check", home: home.path)
        #expect(run.code == .general)
        #expect(run.errors.count == 3)
        #expect(run.errors.allSatisfy { $0.hasPrefix("\(file): ") })
        let json = try await ProgramRun("config", "check", "--json", home: home.path)
        #expect(json.output.count == 3)
        #expect(json.output.allSatisfy { $0.contains(#""code":"configuration_invalid""#) })
    }

    @Test("check looks at every profile and at the choice of the active one")
    func profileFaults() async throws {
        let home = try TemporaryFolder()
        try home.write(full)
        let broken = try home.write("{ \"heavy\": 1, \"odd\": 2 }", to: "profiles/b.json")
        let pointer = try home.write(#"{ "activeProfile": "gone" }"#, to: "active-profile.json")
        let run = try await ProgramRun("config", "check", home: home.path)
        #expect(run.code == .general)
        #expect(run.errors.filter { $0.hasPrefix("\(broken): ") }.count == 2)
        #expect(run.errors.filter { $0.hasPrefix("\(pointer): ") }.count == 1)
    }

    @Test("check looks at the token of the environment, and does not print it")
    func token() async throws {
        let home = try TemporaryFolder()
        let run = try await ProgramRun(
            "config", "check", home: home.path, environment: ["AGENTROUTE_TOKEN": "shorty"])
        #expect(run.code == .general)
        #expect(run.errors.count == 1)
        #expect(run.errors.first?.contains("AGENTROUTE_TOKEN") == true)
        #expect(run.errors.first?.contains("shorty") == false)
    }

    @Test(
        "a config.json that is no JSON, no text or no file ends every command with 1",
        arguments: [
            ["profiles", "list"], ["key", "status"], ["key", "check"], ["models"],
            ["config", "show"], ["config", "check"], ["serve", "--port", "0"],
        ])
    func broken(words: [String]) async throws {
        for text in ["{ broken", "\u{0}\u{0}", "", "[]"] {
            let home = try TemporaryFolder()
            let file = try home.write(text)
            let run = try await ProgramRun(list: words, home: home.path)
            #expect(run.code == .general)
            #expect(run.errors.first?.hasPrefix(file) == true, "\(run.errors)")
        }
        let folder = try TemporaryFolder()
        try folder.write("", to: "config.json/inner")
        let run = try await ProgramRun(list: words, home: folder.path)
        #expect(run.code == .general)
        #expect(run.errors.first?.contains("Is a directory") == true)
    }

    @Test("path says where the file is or would be")
    func path() async throws {
        let home = try TemporaryFolder()
        let path = "\(home.path)/config.json"
        #expect(try await ProgramRun("config", "path", home: home.path).output == [path])
        let json = try await ProgramRun("config", "path", "--json", home: home.path).json
        #expect(json == ["path": .string(path), "exists": false, "state": .string(home.path)])
    }

    @Test("init writes a file for its owner alone that is accepted, and never a second one")
    func initialise() async throws {
        let home = try TemporaryFolder()
        let run = try await ProgramRun(
            "config", "init", "--provider", "openai", "--provider", "ollama", "--json",
            home: home.path)
        #expect(run.code == .ok)
        #expect(run.output == [#"{"path":"\#(home.path)/config.json"}"#])
        #expect(home.mode(of: "config.json") == 0o600)
        let check = try await ProgramRun("config", "check", home: home.path)
        #expect(check.code == .ok)
        let status = try await ProgramRun("key", "status", "--json", home: home.path)
        #expect(status.output.count == 2)
        let again = try await ProgramRun("config", "init", home: home.path)
        #expect(again.code == .general)
        #expect(again.errors.first?.contains("stays as it is") == true)
        #expect(try await ProgramRun("key", "status", "--json", home: home.path).output.count == 2)
    }

    @Test("init knows presets only, and says what it cannot write")
    func refusals() async throws {
        let home = try TemporaryFolder()
        let unknown = try await ProgramRun("config", "init", "--provider", "x", home: home.path)
        #expect(unknown.code == .usage)
        let unwritable = try await ProgramRun("config", "init", home: "/dev/null/home")
        #expect(unwritable.code == .general)
        #expect(unwritable.errors.first?.contains("/dev/null/home") == true)
    }

    @Test("every preset can be begun with")
    func presets() throws {
        let text = ConfigStart.text(Preset.all)
        let configuration = try Configuration.load(
            text: Array(text.utf8), environment: [:], readFile: { _ in [] })
        #expect(configuration.providers.map(\.id) == Preset.all.map(\.name))
    }
}
