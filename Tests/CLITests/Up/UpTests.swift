import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("Up and down")
    struct UpTests {
        @Test(
            "up links Claude Code while it runs, serves it, and Ctrl-C gives the identical bytes back"
        )
        func linkAndBack() throws {
            let home = try UserHome()
            let program = try home.up()
            let state = try #require(home.state)
            #expect(home.settings.contains("\"http://127.0.0.1:\(state.port)\""))
            #expect(home.settings.contains(state.token.value))
            #expect(try home.request() == 200)
            let status = try home.run("status", "--json")
            #expect(status.code == 0)
            #expect(status.json["running"] == true && status.json["stale"] == false)
            #expect(status.json["links"]?.array?.first?["state"] == "linked")
            program.send(SIGINT)
            #expect(try program.nextEvent()?["event"] as? String == "stopped")
            #expect(program.exitCode() == 0)
            #expect(home.settings == UserHome.settings)
            #expect(home.state == nil)
            let after = try home.run("status", "--json").json
            #expect(after["running"] == false && after["port"] == .null && after["links"] == [])
        }

        @Test("a home without settings has none again after up", arguments: [SIGTERM, SIGHUP])
        func noSettings(signal: Int32) throws {
            let home = try UserHome()
            try FileManager.default.removeItem(atPath: "\(home.path)/.claude/settings.json")
            let program = try home.up()
            #expect(home.settings.contains("agentroute-heavy"))
            program.send(signal)
            #expect(program.exitCode() == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(home.path)/.claude/settings.json"))
        }

        @Test("a gateway that is started by nohup outlives its terminal")
        func nohup() throws {
            let home = try UserHome()
            let program = Process()
            program.executableURL = URL(fileURLWithPath: "/usr/bin/nohup")
            program.arguments = [try ProgramProcess.executable().path, "up"]
            program.environment = home.environment
            program.standardInput = FileHandle.nullDevice
            program.standardOutput = FileHandle.nullDevice
            program.standardError = FileHandle.nullDevice
            try program.run()
            #expect(eventually { home.state?.isReady == true })
            kill(program.processIdentifier, SIGHUP)
            #expect(try home.request() == 200)
            kill(program.processIdentifier, SIGTERM)
            program.waitUntilExit()
            #expect(program.terminationStatus == 0)
            #expect(home.settings == UserHome.settings)
        }

        @Test("what the user changes while it runs is kept, and only that")
        func editedMeanwhile() throws {
            let home = try UserHome()
            let program = try home.up()
            let edited = home.settings.replacing("\"opus\"", with: "\"sonnet\"")
            try home.write(edited, to: ".claude/settings.json")
            program.send(SIGINT)
            #expect(program.exitCode() == 0)
            #expect(home.settings == UserHome.settings.replacing("\"opus\"", with: "\"sonnet\""))
        }

        @Test("a second up, in front or in the background, says who runs where, and ends with 4")
        func second() throws {
            let home = try UserHome()
            let program = try home.up("--no-link")
            let state = try #require(home.state)
            for words in [["up"], ["up", "--detach"]] {
                let second = try ProgramProcess(list: words, environment: home.environment)
                #expect(
                    second.nextError()
                        == "agentroute: a gateway runs already: port \(state.port), profile default, "
                        + "pid \(program.pid)")
                #expect(second.exitCode() == 4)
            }
            let json = try home.run("up", "--json")
            #expect(json.json["code"] == "already_running")
            #expect(home.state == state)
        }

        @Test("a busy port ends up with 4 and names the holder; nothing is linked or left")
        func busyPort() throws {
            let holder = try BusyPort()
            let home = try UserHome(UserHome.demo(port: holder.number))
            let run = try home.run("up")
            #expect(run.code == 4)
            #expect(
                run.errors.first?.hasPrefix("agentroute: port \(holder.number) is taken by ")
                    == true)
            #expect(run.errors.first?.contains("(pid \(getpid()))") == true)
            #expect(home.settings == UserHome.settings && home.state == nil)
            let detached = try home.run("up", "--detach", "--json")
            #expect(detached.code == 4 && detached.json["code"] == "start_failed")
            #expect(detached.json["message"]?.string?.contains("is taken by") == true)
        }

        @Test(
            "settings that cannot be linked end up with 5, untouched, and those linked before are back",
            arguments: ["{ not json", "[]", #"{ "env": 7 }"#])
        func unlinkable(text: String) throws {
            let home = try UserHome()
            try home.write("model = \"o3\" # mine\n", to: ".codex/config.toml")
            try home.write(text, to: ".claude/settings.json")
            let run = try home.run("up", "--link", "codex", "--link", "claude-code", "--json")
            #expect(run.code == 5)
            #expect(run.json["code"] == "link_failed")
            #expect(home.settings == text)
            #expect(try home.text(".codex/config.toml") == "model = \"o3\" # mine\n")
            // A gateway that ended by itself was not killed.
            #expect(try home.run("status", "--json").json["stale"] == false)
        }

        @Test("without a profile up ends with 1 and says how to make one; without a key with 3")
        func notReady() throws {
            let empty = try UserHome("{}")
            let run = try empty.run("up", "--json")
            #expect(run.code == 1 && run.json["code"] == "no_profile")
            let keyless = try UserHome(
                """
                { "providers": { "openrouter": { "preset": "openrouter" } },
                  "profiles": { "default": { "heavy": "openrouter/x/y" } } }
                """)
            let missing = try keyless.run("up", "--json")
            #expect(missing.code == 3 && missing.json["code"] == "provider_key_missing")
            #expect(keyless.settings == UserHome.settings)
            #expect(try keyless.run("up", "--no-link", "--link", "codex").code == 2)
            #expect(try keyless.run("up", "--demo", "--profile", "default").code == 2)
        }

        @Test("up --demo needs no profile and no key, and writes none")
        func demo() throws {
            let home = try UserHome("{}")
            let program = try home.up("--demo", "--port", "0")
            #expect(try home.request() == 200)
            program.send(SIGINT)
            #expect(program.exitCode() == 0)
            #expect(try home.text(".config/agentroute/config.json") == "{}")
        }

        @Test("the state of a gateway whose number is another program's by now is recognised")
        func stalePID() throws {
            let home = try UserHome()
            try GatewayState(
                port: 4505, token: Secret("0123456789abcdef"), pid: 1, profile: "p", startedAt: 1
            ).write(to: "\(home.stateFolder)/gateway.json")
            let status = try home.run("status", "--json").json
            #expect(status["running"] == false && status["stale"] == true && status["pid"] == 1)
            #expect(home.state == nil)
            let down = try home.run("down", "--json")
            #expect(down.code == 0 && down.json["stopped"] == false)
            #expect(kill(1, 0) == 0)
        }
    }
}
