import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("Doctor")
    struct DoctorTests {
        /// What `doctor --json` says, by the name of the check.
        private func findings(
            _ home: UserHome, _ words: String..., code: Int32 = 1
        ) throws -> [String: JSONValue] {
            let program = try ProgramProcess(
                list: ["doctor", "--json"] + words, environment: home.environment)
            var lines: [String] = []
            while let line = program.nextLine() { lines.append(line) }
            #expect(program.exitCode() == code, "\(lines)")
            #expect(lines.count == 1)
            let list = try JSONValue.parse(Array((lines.first ?? "").utf8)).array ?? []
            #expect(
                list.allSatisfy { $0.object?.map(\.key) == ["name", "ok", "detail", "fix"] },
                "\(list)")
            // Nothing that failed is without a way out.
            #expect(list.allSatisfy { $0["ok"] == true || $0["fix"]?.string?.isEmpty == false })
            return Dictionary(list.map { ($0["name"]?.string ?? "", $0) }) { first, _ in first }
        }

        /// A home whose gateway would listen on a port that is free.
        private func home(_ configuration: ((UInt16) -> String)? = nil) throws -> UserHome {
            let port = try BusyPort().number
            let home = try UserHome(configuration?(port) ?? UserHome.demo(port: port))
            try FileManager.default.createDirectory(
                atPath: home.stateFolder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            return home
        }

        @Test("all is well: exit code 0, every check ok, one array")
        func well() throws {
            let found = try findings(try home(), code: 0)
            #expect(
                Set(found.keys) == [
                    "configuration", "profile", "folders", "files", "leftovers", "key demo",
                    "provider demo", "models demo", "tool claude-code", "link claude-code",
                    "gateway",
                    "port", "proxy", "tool search",
                ])
            #expect(
                found["tool claude-code"]?["detail"]?.string?.hasPrefix("2.0.0 (Claude Code)")
                    == true)
        }

        @Test("a gateway that runs is asked whether it answers, and its link is seen")
        func running() throws {
            let home = try home()
            let program = try home.up()
            let found = try findings(home, code: 0)
            #expect(found["gateway"]?["detail"]?.string?.hasPrefix("runs: ") == true)
            #expect(found["link claude-code"]?["detail"]?.string?.hasPrefix("linked") == true)
            #expect(found["port"] == nil)
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
        }

        @Test("every fault of the configuration is a finding")
        func configuration() throws {
            let home = try home()
            try home.write(
                #"{ "listen": { "port": "x" }, "limits": { "head": 1 } }"#,
                to: ".config/agentroute/config.json")
            let run = try home.run("doctor", "--json")
            #expect(run.code == 1)
            let faults = run.json.array?.filter { $0["name"] == "configuration" } ?? []
            #expect(faults.count == 2 && faults.allSatisfy { $0["ok"] == false })
        }

        @Test(
            "a key that is missing or refused, and a provider that does not answer, are told apart")
        func providers() throws {
            let refusing = try FakeUpstream(status: 401, json: "{}")
            defer { refusing.stop() }
            func configured(_ port: UInt16, _ key: String) throws -> UserHome {
                try self.home { listen in
                    """
                    { "listen": { "port": \(listen) },
                      "providers": { "lab": { "baseURL": "http://127.0.0.1:\(port)/v1",
                                              "wires": ["openai-chat"], "apiKey": "\(key)" } },
                      "profiles": { "default": { "heavy": "lab/big" } } }
                    """
                }
            }
            let missing = try findings(try configured(1, "env:LAB_KEY"))
            #expect(missing["key lab"]?["ok"] == false && missing["provider lab"]?["ok"] == true)
            #expect(missing["key lab"]?["fix"] == "agentroute key set --stdin --provider lab")
            let refused = try findings(try configured(refusing.port, "sk-0123456789"))
            #expect(refused["key lab"]?["ok"] == false && refused["provider lab"]?["ok"] == true)
            #expect(refused["key lab"]?["detail"]?.string?.contains("sk-0123") == false)
            let silent = try findings(try configured(1, "sk-0123456789"))
            #expect(silent["key lab"]?["ok"] == true && silent["provider lab"]?["ok"] == false)
        }

        @Test("a model that the provider does not list is told, with the one that was meant")
        func models() throws {
            let upstream = try FakeUpstream(json: modelList)
            defer { upstream.stop() }
            let home = try home { listen in
                """
                { "listen": { "port": \(listen) },
                  "providers": { "lab": { "baseURL": "http://127.0.0.1:\(upstream.port)/v1",
                                          "wires": ["openai-chat"], "auth": "none" } },
                  "profiles": { "default": { "heavy": "lab/vendor/bigg", "fast": "lab/vendor/small" } } }
                """
            }
            let found = try findings(home)
            #expect(found["provider lab"]?["ok"] == true)
            #expect(found["models lab"]?["ok"] == false)
            #expect(found["models lab"]?["detail"]?.string?.contains("vendor/big\"") == true)
        }

        @Test(
            "--fix closes what is open, makes what is missing, and cleans up after a killed gateway"
        )
        func fix() throws {
            let home = try home()
            #expect(try home.run("link", "--tune", "claude-code").code == 0)
            let dead = try home.start(["version"])
            dead.waitUntilExit()
            try GatewayState(
                port: 1, token: Secret("0123456789abcdef"), pid: dead.processIdentifier,
                profile: "p",
                startedAt: 1
            ).write(to: "\(home.stateFolder)/gateway.json")
            let folder = "\(home.path)/.config/agentroute"
            chmod(folder, 0o755)
            try home.write("sk-0123456789", to: ".local/state/agentroute/keys/lab", mode: 0o644)
            try home.write("", to: ".claude/settings.json.\(dead.processIdentifier).5.tmp")
            let found = try findings(home)
            #expect(found["folders"]?["ok"] == false && found["files"]?["ok"] == false)
            #expect(found["leftovers"]?["ok"] == false)
            #expect(found["folders"]?["fix"] == "agentroute doctor --fix")
            let fixed = try findings(home, "--fix")
            for name in ["folders", "files", "leftovers"] { #expect(fixed[name]?["ok"] == true) }
            // A link that was made to stay is the user's to take back.
            #expect(fixed["link claude-code"]?["ok"] == false)
            #expect(home.state == nil)
            #expect(try home.damagedFiles() == [])
        }

        @Test("--fix says on standard error what it did")
        func says() throws {
            let home = try home()
            chmod("\(home.path)/.config/agentroute", 0o755)
            let run = try home.run("doctor", "--fix")
            #expect(run.code == 0)
            #expect(
                run.errors == ["agentroute: closed to others: \(home.path)/.config/agentroute"])
            #expect(run.output.last == "All is well.")
        }

        @Test(
            "a link that the user changed, one to another gateway, and settings that are none fail")
        func links() throws {
            let home = try home()
            try home.write(
                #"{ "env": { "ANTHROPIC_BASE_URL": "https://x.example" } }"#,
                to: ".claude/settings.json")
            let foreign = try findings(home)["link claude-code"]
            #expect(foreign?["ok"] == false && foreign?["fix"] == "agentroute link claude-code")
            try home.write("{ oops", to: ".claude/settings.json")
            #expect(try findings(home)["link claude-code"]?["ok"] == false)
            try home.write(UserHome.settings, to: ".claude/settings.json")
            let program = try home.up()
            try home.write(
                home.settings.replacing("agentroute-fast", with: "mine"),
                to: ".claude/settings.json")
            let edited = try findings(home)["link claude-code"]
            #expect(edited?["detail"]?.string?.contains("ANTHROPIC_DEFAULT_HAIKU_MODEL") == true)
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
        }

        @Test("a busy port names its holder")
        func port() throws {
            let holder = try BusyPort()
            let home = try home { _ in UserHome.demo(port: holder.number) }
            let found = try findings(home)["port"]
            #expect(found?["ok"] == false)
            #expect(found?["detail"]?.string?.hasSuffix("(pid \(getpid()))") == true)
        }

        @Test("a tool that hangs or fails when asked for its version is told, and the rest goes on")
        func tools() throws {
            let home = try home()
            try home.write("#!/bin/sh\nexec sleep 60\n", to: "bin/claude", mode: 0o755)
            try home.write("#!/bin/sh\nexit 3\n", to: "bin/codex", mode: 0o755)
            let found = try findings(home)
            #expect(
                found["tool claude-code"]?["detail"]?.string?.hasSuffix("more than 5 s") == true)
            #expect(found["tool codex"]?["detail"]?.string?.hasSuffix("fails") == true)
            #expect(found["proxy"]?["ok"] == true)
        }

        @Test(
            "a sidecar that is installed and does not work is told; one that is not is not missed")
        func sidecar() throws {
            let home = try home()
            #expect(try findings(home, code: 0)["sidecar"] == nil)
            try home.write("", to: ".local/state/agentroute/sidecar/venv-0.0.1/bin/python")
            let found = try findings(home)["sidecar"]
            #expect(found?["ok"] == false && found?["fix"] == "agentroute sidecar install")
        }

        @Test("Claude Code without tool search is told")
        func toolSearch() throws {
            let home = try home()
            try home.write(
                #"{ "env": { "ENABLE_TOOL_SEARCH": "false" } }"#, to: ".claude/settings.json")
            #expect(try findings(home)["tool search"]?["ok"] == false)
        }

        @Test(
            "a proxy that tools would ask for the gateway is told",
            arguments: [
                ([:], true), (["HTTP_PROXY": ""], true), (["HTTP_PROXY": "http://p"], false),
                (["https_proxy": "http://p"], false),
                (["HTTPS_PROXY": "http://p", "no_proxy": "a.example, 127.0.0.1"], true),
                (["ALL_PROXY": "http://p", "NO_PROXY": "localhost"], false),
                (["HTTP_PROXY": "http://p", "NO_PROXY": "*"], true),
            ] as [([String: String], Bool)])
        func proxy(environment: [String: String], isOK: Bool) {
            #expect(Doctor.proxyFinding(environment).isOK == isOK)
        }
    }
}
