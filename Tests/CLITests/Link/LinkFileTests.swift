import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("Settings files of every kind")
    struct LinkFileTests {
        private static let name = ".claude/settings.json"

        /// A home without settings of Claude Code's, and without their folder.
        private func bareHome() throws -> UserHome {
            let home = try UserHome()
            try FileManager.default.removeItem(atPath: "\(home.path)/.claude")
            return home
        }

        private func makeFolder(_ home: UserHome, _ name: String) throws {
            try FileManager.default.createDirectory(
                atPath: "\(home.path)/\(name)", withIntermediateDirectories: true)
        }

        /// What is left of links in the state folder, the lock aside.
        private func leftovers(_ home: UserHome) -> [String] {
            Folders.names(in: "\(home.stateFolder)/links").filter { $0 != ".lock" }
        }

        private func exists(_ home: UserHome, _ name: String) -> Bool {
            FileManager.default.fileExists(atPath: "\(home.path)/\(name)")
        }

        @Test("the folder a link has made goes with it; one that has something in it stays")
        func madeFolder() throws {
            let home = try bareHome()
            #expect(try home.run("link", "claude-code", "codex", "gemini-cli").code == 0)
            try home.write("mine", to: ".codex/history")
            #expect(try home.run("unlink", "--all").code == 0)
            #expect(!exists(home, ".claude") && !exists(home, ".gemini"))
            #expect(try home.text(".codex/history") == "mine")
            #expect(leftovers(home) == [])
        }

        @Test("a symbolic link that leads nowhere leads nowhere after unlink, and is the same link")
        func dangling() throws {
            let home = try bareHome()
            try makeFolder(home, ".claude")
            let link = "\(home.path)/\(Self.name)"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "../dotfiles/claude/settings.json")
            #expect(try home.run("link", "claude-code").code == 0)
            #expect(exists(home, "dotfiles/claude/settings.json"))
            #expect(try home.run("unlink", "claude-code").code == 0)
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: link)
                    == "../dotfiles/claude/settings.json")
            #expect(!exists(home, "dotfiles"))
        }

        @Test(
            "what is no file is refused with 5 and left alone",
            arguments: ["pipe", "folder", "link to a pipe"])
        func noFile(kind: String) throws {
            let home = try bareHome()
            try makeFolder(home, ".claude")
            let path = "\(home.path)/\(Self.name)"
            switch kind {
            case "pipe": #expect(mkfifo(path, 0o600) == 0)
            case "folder": try makeFolder(home, Self.name)
            default:
                #expect(mkfifo("\(home.path)/pipe", 0o600) == 0)
                try FileManager.default.createSymbolicLink(
                    atPath: path, withDestinationPath: "../pipe")
            }
            var before = stat()
            #expect(stat(path, &before) == 0)
            #expect(try home.run("link", "claude-code").code == 5)
            var after = stat()
            #expect(stat(path, &after) == 0 && after.st_ino == before.st_ino)
            #expect(leftovers(home) == [])
        }

        @Test(
            "a link that is refused leaves nothing in the state, and the link before it stays",
            arguments: ["{", "[]", "{\"env\": null}"])
        func refused(text: String) throws {
            let home = try UserHome()
            try home.write(text, to: Self.name)
            #expect(try home.run("link", "claude-code").code == 5)
            #expect(leftovers(home) == [])
            try home.write("{}", to: Self.name)
            #expect(try home.run("link", "claude-code").code == 0)
            let linked = leftovers(home).sorted()
            try home.write(text, to: Self.name)
            #expect(try home.run("link", "claude-code").code == 5)
            #expect(leftovers(home).sorted() == linked)
        }

        @Test("a file where the settings' folder should be is refused, without a trace")
        func fileForFolder() throws {
            let home = try bareHome()
            try home.write("x", to: ".claude")
            #expect(try home.run("link", "claude-code").code == 5)
            #expect(try home.text(".claude") == "x")
            #expect(leftovers(home) == [])
        }

        @Test("a tool whose manifest is gone since is unlinked by its name all the same")
        func manifestGone() throws {
            let home = try UserHome()
            let manifest = ".config/agentroute/manifests/other.json"
            try home.write(
                """
                { "id": "other", "displayName": "Other", "wire": "openai-chat",
                  "detect": { "binary": "other", "configPaths": ["~/.other"] },
                  "target": { "type": "dotenv", "path": "~/.other/.env" }, "roles": ["heavy"],
                  "wiring": { "OTHER_URL": "{{gateway_url}}", "OTHER_MODEL": "{{roles.heavy}}" } }
                """, to: manifest)
            #expect(try home.run("link", "other").code == 0)
            #expect(try home.text(".other/.env").contains("agentroute-heavy"))
            try FileManager.default.removeItem(atPath: "\(home.path)/\(manifest)")
            #expect(try home.run("unlink", "other", "--json").json["outcome"] == "restored")
            #expect(!exists(home, ".other") && leftovers(home) == [])
            #expect(try home.run("unlink", "other").code == 2)
        }

        @Test("--tune writes the context window that the provider's kept list has")
        func contextWindow() throws {
            let upstream = try FakeUpstream(
                json: """
                    {"data": [{"id": "big", "context_length": 200000},
                              {"id": "small", "context_length": 64000}]}
                    """)
            defer { upstream.stop() }
            let home = try UserHome(
                """
                { "listen": { "port": 4599 },
                  "providers": { "lab": { "baseURL": "http://127.0.0.1:\(upstream.port)/v1",
                                          "wires": ["openai-chat"], "auth": "none" } },
                  "profiles": { "default": { "heavy": "lab/big", "fast": "lab/small" } } }
                """)
            #expect(try home.run("models").code == 0)
            #expect(try home.run("link", "--tune", "claude-code", "codex").code == 0)
            #expect(home.settings.contains(#""CLAUDE_CODE_MAX_CONTEXT_TOKENS" : "64000""#))
            let models = try JSONValue.parse(
                Array(home.text(".local/state/agentroute/links/codex.models.json").utf8))
            #expect(models["models"]?.array?.first?["context_window"]?.int == 200_000)
        }

        @Test("temporary files of commands that were killed go with the next command")
        func strays() throws {
            let home = try UserHome()
            let dead = try home.start(["version"])
            dead.waitUntilExit()
            let number = dead.processIdentifier
            let target = "\(home.path)/dotfiles/settings.json"
            try home.write("{}", to: "dotfiles/settings.json")
            try FileManager.default.removeItem(atPath: "\(home.path)/\(Self.name)")
            try FileManager.default.createSymbolicLink(
                atPath: "\(home.path)/\(Self.name)", withDestinationPath: target)
            let strays = [
                "dotfiles/settings.json.\(number).1.tmp",
                ".config/agentroute/config.json.\(number).2.tmp",
                ".config/systemd/user/agentroute.service.\(number).3.tmp",
                ".local/state/agentroute/sidecar/config.json.\(number).4.tmp",
            ]
            for name in strays { try home.write("x", to: name) }
            #expect(try home.run("key", "status").code == 0)
            for name in strays { #expect(!exists(home, name), "\(name)") }
        }
    }
}
