import AgentRouteCore
import AgentRouteTesting
import Foundation
import Synchronization
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("Link and unlink")
    struct LinkCommandTests {
        @Test("a tool linked while no gateway runs shows the token of the one that comes")
        func offline() throws {
            let port = try freePort()
            let home = try UserHome(UserHome.demo(port: port))
            let link = try home.run("link", "claude-code", "--json")
            #expect(link.code == 0)
            #expect(link.json["platform"] == "claude-code" && link.json["changed"] == true)
            #expect(link.json["path"]?.string == "\(home.path)/.claude/settings.json")
            let linked = home.settings
            #expect(linked.contains("\"http://127.0.0.1:\(port)\""))
            // It is no leftover of a gateway that was killed.
            #expect(try home.run("status", "--json").json["links"]?.array?.count == 1)
            #expect(home.settings == linked)
            #expect(try home.run("link", "claude-code", "--json").json["changed"] == false)
            let program = try home.up("--no-link")
            let token = try #require(home.state).token.value
            #expect(linked.contains("\"\(token)\""))
            #expect(try home.request() == 200)
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
            #expect(home.settings == linked)
            let unlink = try home.run("unlink", "claude-code", "--json")
            #expect(unlink.code == 0 && unlink.json["outcome"] == "restored")
            #expect(home.settings == UserHome.settings)
        }

        @Test(
            "a tool linked to a gateway that runs is unlinked when that ends, also when it is killed"
        )
        func online() throws {
            let home = try UserHome()
            for signal in [SIGTERM, SIGKILL] {
                let program = try home.up("--no-link")
                #expect(home.settings == UserHome.settings)
                #expect(try home.run("link", "claude-code").code == 0)
                #expect(home.settings.contains("agentroute-heavy"))
                program.send(signal)
                _ = program.exitCode()
                #expect(eventually { home.settings == UserHome.settings })
            }
        }

        @Test("a gateway of serve is one that runs, and gives back what was linked to it")
        func served() throws {
            let home = try UserHome()
            let program = try ProgramProcess("serve", "--json", environment: home.environment)
            #expect(try program.nextEvent()?["event"] as? String == "listening")
            let status = try home.run("status", "--json").json
            #expect(status["running"] == true && status["stale"] == false)
            #expect(try home.run("link", "claude-code").code == 0)
            #expect(home.settings.contains("agentroute-heavy"))
            #expect(try home.run("up").code == 4)
            // As a terminal that is closed does.
            program.send(SIGHUP)
            #expect(program.exitCode() == 0)
            #expect(home.settings == UserHome.settings && home.state == nil)
        }

        @Test("unlink --all gives every tool back, and says so of each")
        func all() throws {
            let home = try UserHome()
            try home.write("model = \"o3\" # mine\n", to: ".codex/config.toml")
            #expect(try home.run("link", "claude-code", "codex").code == 0)
            let run = try home.run("unlink", "--all", "--json")
            #expect(run.code == 0)
            #expect(run.output.count == 2 && run.output.allSatisfy { $0.contains("\"restored\"") })
            #expect(try home.text(".codex/config.toml") == "model = \"o3\" # mine\n")
            #expect(home.settings == UserHome.settings)
            #expect(try home.run("unlink", "--all", "--json").output == [])
            let nothing = try home.run("unlink", "claude-code", "--json")
            #expect(nothing.code == 0 && nothing.json["outcome"] == "nothing")
        }

        @Test(
            "settings that cannot be edited are refused with 5 and the place, and stay as they are")
        func refused() throws {
            let home = try UserHome()
            try home.write("{\n  oops\n", to: ".claude/settings.json")
            let run = try home.run("link", "claude-code", "--json")
            #expect(run.code == 5)
            #expect(run.json["code"] == "link_failed")
            #expect(
                run.json["place"]?.string?.hasPrefix("\(home.path)/.claude/settings.json:2:")
                    == true)
            #expect(home.settings == "{\n  oops\n")
        }

        @Test("a tool there is not, and unlink without a tool, are usage errors")
        func usage() throws {
            let home = try UserHome()
            let unknown = try home.run("link", "claude-cod")
            #expect(unknown.code == 2)
            #expect(
                unknown.errors.first
                    == "agentroute: there is no tool claude-cod; did you mean claude-code?")
            #expect(try home.run("unlink").code == 2)
            #expect(try home.run("unlink", "--all", "codex").code == 2)
            #expect(try home.run("link").code == 2)
        }

        @Test("platforms lists each tool, what was found of it and how it stands")
        func platforms() throws {
            let home = try UserHome()
            let rows = try #require(try home.run("platforms", "--json").json.array)
            #expect(rows.compactMap { $0["id"]?.string } == ["claude-code", "codex", "gemini-cli"])
            #expect(rows.first?["binary"]?.string == "\(home.path)/bin/claude")
            #expect(rows.allSatisfy { $0["state"] == "not-linked" })
            #expect(rows.last?["found"] == false)
        }

        /// A port that was free a moment ago.
        private func freePort() throws -> UInt16 { try BusyPort().number }
    }
}

@Suite("What killed commands leave")
struct AbandonedFileTests {
    @Test("temporary files that nobody writes go; one that is being written, and the user's, stay")
    func abandoned() throws {
        let home = try UserHome()
        let gone = [
            ".claude/settings.json.\(getpid()).77.tmp",
            ".local/state/agentroute/links/claude-code.json.99999.1.tmp",
        ]
        let written = ".claude/settings.json.\(getpid()).78.tmp"
        let kept = [
            written, ".claude/other.json.99999.77.tmp", ".claude/settings.json.tmp",
            ".config/agentroute/notes.99999.tmp",
        ]
        for name in gone + kept { try home.write("", to: name) }
        let descriptor = open("\(home.path)/\(written)", O_RDONLY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        let workspace = try Workspace(environment: home.environment)
        let files = AbandonedFiles(workspace, try Toolbox(workspace))
        #expect(files.paths == gone.map { "\(home.path)/\($0)" })
        #expect(files.remove())
        #expect(AbandonedFiles(workspace, try Toolbox(workspace)).paths.isEmpty)
        for name in kept { #expect(FileManager.default.fileExists(atPath: "\(home.path)/\(name)")) }
    }

    @Test("who writes a file while others sweep gets it written")
    func sweptMeanwhile() throws {
        let home = try UserHome()
        let path = "\(home.path)/.config/agentroute/swept.json"
        let folder = "\(home.path)/.config/agentroute"
        let isOver = Mutex(false)
        let sweeper = WorkerThread {
            while !isOver.withLock({ $0 }) {
                for name in Folders.names(in: folder) {
                    _ = AtomicFile.removeAbandoned("\(folder)/\(name)")
                }
            }
        }
        defer {
            isOver.withLock { $0 = true }
            sweeper.join()
        }
        for number in 0..<300 {
            try AtomicFile.write(path: path, bytes: Array("\(number)".utf8))
            #expect(try AtomicFile.read(path) == Array("\(number)".utf8))
        }
    }

    @Test("a mark of a link that was killed before it had a record goes with the next command")
    func mark() throws {
        let home = try UserHome()
        try home.write("", to: ".local/state/agentroute/links/.claude-code.stays")
        #expect(try home.run("version").code == 0)
        #expect(Folders.names(in: "\(home.stateFolder)/links") == [".lock"])
    }
}
