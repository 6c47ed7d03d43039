import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("A gateway or a command that is killed")
    struct UpCrashTests {
        /// The processes of the home's watchers.
        private func watchers(of home: UserHome) -> [pid_t] {
            Folders.names(in: "/proc").compactMap { pid_t($0) }.filter { pid in
                let words = (try? AtomicFile.read("/proc/\(pid)/cmdline")) ?? []
                let variables = (try? AtomicFile.read("/proc/\(pid)/environ")) ?? []
                return words.split(separator: 0).dropFirst().first == ArraySlice("watch".utf8)
                    && variables.split(separator: 0).contains(ArraySlice("HOME=\(home.path)".utf8))
            }
        }

        @Test(
            "killed at any moment, up leaves the settings as they were or linked, and soon as they were"
        )
        func killedUp() throws {
            let home = try UserHome()
            var random = SystemRandomNumberGenerator()
            for round in 0..<50 {
                let up = try home.start(["up"])
                // From the first instruction to well after the links are made.
                usleep(UInt32.random(in: 0...40_000, using: &random))
                kill(up.processIdentifier, SIGKILL)
                up.waitUntilExit()
                let left = home.settings
                #expect(left == UserHome.settings || left.contains("agentroute-heavy"), "\(round)")
                // Killed before it had a watcher, it has linked nothing.
                #expect(
                    eventually { home.settings == UserHome.settings }, "round \(round): \(left)")
            }
            #expect(try home.run("status", "--json").json["running"] == false)
            #expect(eventually { watchers(of: home).isEmpty })
            #expect(try home.damagedFiles() == [])
        }

        @Test("ended at any moment, up leaves the settings as they were, and no state")
        func endedUp() throws {
            let home = try UserHome()
            var random = SystemRandomNumberGenerator()
            for round in 0..<30 {
                let up = try home.start(["up"])
                usleep(UInt32.random(in: 0...60_000, using: &random))
                kill(up.processIdentifier, round.isMultiple(of: 2) ? SIGINT : SIGTERM)
                up.waitUntilExit()
                #expect(home.settings == UserHome.settings, "round \(round)")
                #expect(home.state == nil, "round \(round)")
            }
        }

        @Test(
            "with the watcher killed as well, the next command gives the settings back",
            arguments: [
                ["status"], ["down"], ["platforms"], ["profiles", "list"], ["unlink", "codex"],
                ["version"], ["--version"], [], ["help"], ["link", "--help"], ["doctor"],
                ["completions", "bash"], ["up", "--no-link", "--port", "70000"],
            ])
        func killedWatcher(words: [String]) throws {
            let home = try UserHome()
            let program = try home.up()
            #expect(eventually { !watchers(of: home).isEmpty })
            for pid in watchers(of: home) { kill(pid, SIGKILL) }
            #expect(eventually { watchers(of: home).isEmpty })
            program.send(SIGKILL)
            #expect(program.exitCode() == nil)
            #expect(home.settings.contains("agentroute-heavy"))
            let next = try ProgramProcess(list: words, environment: home.environment)
            _ = next.exitCode()
            #expect(home.settings == UserHome.settings)
            #expect(home.state == nil)
        }

        @Test("down right after the death of a gateway that is revived ends the revived one too")
        func downBeforeRevival() throws {
            let home = try UserHome()
            for _ in 0..<5 {
                let program = try home.up("--revive")
                program.send(SIGKILL)
                #expect(program.exitCode() == nil)
                #expect(try home.run("down").code == 0)
                #expect(eventually { watchers(of: home).isEmpty })
                #expect(home.settings == UserHome.settings && home.state == nil)
            }
        }

        @Test("with --revive a killed gateway comes back on its port and with its token")
        func revived() throws {
            let home = try UserHome()
            let program = try home.up("--revive")
            let before = try #require(home.state)
            program.send(SIGKILL)
            #expect(program.exitCode() == nil)
            let isBack = eventually {
                home.state.map { $0.pid != before.pid && $0.isReady } ?? false
            }
            #expect(isBack)
            #expect(home.state?.port == before.port && home.state?.token == before.token)
            #expect(try home.request() == 200)
            #expect(home.settings.contains("agentroute-heavy"))
            #expect(try home.run("down").code == 0)
            #expect(home.settings == UserHome.settings)
        }

        @Test("killed while it writes, a command leaves every file whole, and the next one works")
        func killedCommands() throws {
            let home = try UserHome()
            let commands = [
                ["link", "claude-code"], ["unlink", "claude-code"],
                ["profiles", "create", "a", "--heavy", "demo/scripted"],
                ["profiles", "set", "a", "--fast", "demo/scripted"], ["profiles", "activate", "a"],
                ["profiles", "rename", "a", "b"],
                ["profiles", "delete", "b", "--activate", "default"],
                ["profiles", "delete", "a", "--activate", "default"],
                ["key", "set", "--provider", "openrouter", "--value", "sk-0123456789"],
                ["up", "--detach"], ["down"],
            ]
            try home.write(
                """
                { "listen": { "port": 0 },
                  "providers": { "demo": { "preset": "demo" },
                                 "openrouter": { "preset": "openrouter" } },
                  "profiles": { "default": { "heavy": "demo/scripted" } } }
                """, to: ".config/agentroute/config.json")
            var random = SystemRandomNumberGenerator()
            for round in 0..<5 {
                for words in commands {
                    let command = try home.start(words)
                    usleep(UInt32.random(in: 0...15_000, using: &random))
                    kill(command.processIdentifier, SIGKILL)
                    command.waitUntilExit()
                    let damaged = try home.damagedFiles().filter { !$0.hasSuffix(".tmp") }
                    #expect(damaged == [], "round \(round): \(words)")
                    let status = try home.run("status", "--json")
                    #expect(status.code == 0, "round \(round): \(words): \(status.errors)")
                }
                #expect(try home.run("down").code == 0)
                #expect(try home.run("unlink", "--all").code == 0)
                #expect(home.settings == UserHome.settings)
            }
            #expect(try home.run("doctor", "--fix", "--json").code != 2)
            #expect(try home.damagedFiles() == [])
        }
    }
}
