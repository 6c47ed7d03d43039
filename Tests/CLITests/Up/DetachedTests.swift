import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("A gateway in the background")
    struct DetachedTests {
        @Test("up --detach returns when the tools are linked; down ends it and gives them back")
        func detach() throws {
            let home = try UserHome()
            let up = try home.run("up", "--detach", "--json")
            #expect(up.code == 0)
            let state = try #require(home.state)
            #expect(up.json["port"]?.int == Int(state.port) && up.json["status"] == "running")
            #expect(up.json["links"] == ["claude-code"])
            #expect(home.settings.contains("agentroute-heavy"))
            #expect(try home.request() == 200)
            let down = try home.run("down", "--json")
            #expect(down.code == 0)
            #expect(down.json["stopped"] == true && down.json["unlinked"] == true)
            #expect(down.json["pid"]?.int == Int(state.pid))
            #expect(home.settings == UserHome.settings && home.state == nil)
            let again = try home.run("down", "--json")
            #expect(again.code == 0 && again.json["stopped"] == false)
        }

        @Test(
            "up --detach says why no gateway started, and ends as one in front would"
        )
        func refused() throws {
            let home = try UserHome()
            try home.write("{", to: ".claude/settings.json")
            let linked = try home.run("up", "--detach", "--json")
            #expect(linked.code == 5 && linked.json["code"] == "start_failed")
            #expect(
                linked.json["message"]?.string?.contains("/.claude/settings.json:1:2") == true)
            try home.write(
                """
                { "providers": { "lab": { "baseURL": "http://127.0.0.1:9/v1", "apiKey": "env:NONE",
                                          "wires": ["openai-chat"] } },
                  "profiles": { "default": { "heavy": "lab/big" } } }
                """, to: ".config/agentroute/config.json")
            let keyless = try home.run("up", "--detach", "--json")
            #expect(keyless.code == 3)
            #expect(keyless.json["message"]?.string?.contains("has no API key") == true)
            #expect(try home.run("run", "claude-code").code == 3)
            #expect(home.state == nil)
        }

        @Test("down waits for a gateway that is starting, and ends it")
        func starting() throws {
            let home = try UserHome()
            let lock = "\(home.stateFolder)/gateway.lock"
            for _ in 0..<10 {
                let up = try home.start(["up"])
                #expect(
                    try eventually {
                        let free = try FileLock(trying: lock, shared: true)
                        free?.release()
                        return free == nil
                    })
                #expect(try home.run("down").code == 0)
                up.waitUntilExit()
                #expect(home.settings == UserHome.settings && home.state == nil)
            }
        }

        @Test("down ends a gateway that is stopped, as by Ctrl-Z")
        func stopped() throws {
            let home = try UserHome()
            let program = try home.up()
            program.send(SIGSTOP)
            let start = ContinuousClock.now
            #expect(try home.run("down", "--json").json["stopped"] == true)
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(program.exitCode() == 0)
            #expect(home.settings == UserHome.settings && home.state == nil)
        }

        @Test("run gives the tool its environment and its exit code, and touches no file")
        func run() throws {
            let home = try UserHome()
            try home.write(
                """
                #!/bin/sh
                echo "$ANTHROPIC_BASE_URL $ANTHROPIC_DEFAULT_OPUS_MODEL ${ANTHROPIC_API_KEY-none} $*"
                exit 7
                """, to: "bin/claude", mode: 0o755)
            home.environment["ANTHROPIC_API_KEY"] = "sk-other"
            let run = try home.run("run", "claude-code", "--", "-p", "a b")
            #expect(run.code == 7)
            let line = try #require(run.output.first)
            #expect(line.hasPrefix("http://127.0.0.1:"))
            #expect(line.hasSuffix(" agentroute-heavy none -p a b"))
            #expect(home.settings == UserHome.settings)
            #expect(eventually { home.state == nil })
            #expect(try home.run("run", "nothing").code == 2)
            #expect(try home.run("run", "codex", "--json").json["code"] == "tool_not_found")
        }

        @Test("two tools that run at once share a gateway, which ends with the last of them")
        func twoUsers() throws {
            let home = try UserHome()
            try home.write(
                "#!/bin/sh\necho $ANTHROPIC_BASE_URL\nread line < $1\n", to: "bin/claude",
                mode: 0o755)
            let pipes = ["first", "second"].map { "\(home.path)/\($0)" }
            for pipe in pipes { #expect(mkfifo(pipe, 0o600) == 0) }
            let tools = try pipes.map { pipe in
                try ProgramProcess("run", "claude-code", "--", pipe, environment: home.environment)
            }
            let addresses = tools.map { $0.nextLine() }
            #expect(
                addresses[0]?.hasPrefix("http://127.0.0.1:") == true,
                "\(addresses[0] ?? tools[0].nextError() ?? "nothing")")
            #expect(addresses[0] == addresses[1])
            let state = try #require(home.state)
            try "go\n".write(toFile: pipes[0], atomically: false, encoding: .utf8)
            #expect(tools[0].exitCode() == 0)
            #expect(try home.request() == 200)
            #expect(home.state == state)
            try "go\n".write(toFile: pipes[1], atomically: false, encoding: .utf8)
            #expect(tools[1].exitCode() == 0)
            #expect(eventually { kill(state.pid, 0) != 0 })
            #expect(home.state == nil)
        }

        @Test("one tool after the other: the next never meets the gateway that goes")
        func oneAfterTheOther() throws {
            let home = try UserHome()
            try home.write(
                "#!/bin/sh\nexec 3<>/dev/tcp/${ANTHROPIC_BASE_URL#http://}\n".replacing(
                    "/bin/sh", with: "/bin/bash"
                ).replacing(
                    "${ANTHROPIC_BASE_URL#http://}", with: "127.0.0.1/${ANTHROPIC_BASE_URL##*:}"),
                to: "bin/claude", mode: 0o755)
            for _ in 0..<10 {
                let run = try home.run("run", "claude-code")
                #expect(run.code == 0, "\(run.errors)")
            }
            #expect(eventually { home.state == nil })
        }
    }
}
