import AgentRouteCore
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("The service's commands")
    struct ServiceCommandTests {
        /// A home with a systemctl that writes down what it is told, and says `status`.
        private func home(status: Int32 = 0, port: UInt16 = 0) throws -> UserHome {
            let home = try UserHome(UserHome.demo(port: port))
            try home.write(
                "#!/bin/sh\necho \"$@\" >> '\(home.path)/told'\necho no bus >&2\nexit \(status)\n",
                to: "bin/systemctl", mode: 0o755)
            return home
        }

        @Test(
            "install writes the units, a token, and has systemd take the socket up; uninstall undoes it"
        )
        func life() throws {
            let home = try home()
            let install = try home.run("service", "install", "--json")
            #expect(install.code == 0)
            #expect(install.json["installed"] == true && install.json["active"] == true)
            #expect(install.json["manager"] == "systemd")
            #expect(
                try home.text("told")
                    == "--user daemon-reload\n--user enable --now agentroute.socket\n")
            let service = try home.text(".config/systemd/user/agentroute.service")
            let program = try ProgramProcess.executable().resolvingSymlinksInPath().path
            #expect(service.contains("\nExecStart=\(program) up --no-link\n"))
            #expect(try home.text(".local/state/agentroute/token").count == 64)
            #expect(try home.run("service", "status", "--json").json["active"] == true)
            let uninstall = try home.run("service", "uninstall", "--json")
            #expect(uninstall.code == 0 && uninstall.json["installed"] == false)
            #expect(try home.run("service", "status", "--json").json["installed"] == false)
            #expect(
                try home.text("told").hasSuffix(
                    "--user disable --now agentroute.socket agentroute.service\n"
                        + "--user daemon-reload\n"))
        }

        @Test("where systemd cannot be reached the units are written, and it is said what to run")
        func noBus() throws {
            let home = try home(status: 1)
            let install = try home.run("service", "install")
            #expect(install.code == 0)
            #expect(install.errors.contains("  systemctl --user enable --now agentroute.socket"))
            #expect(install.errors.contains { $0.hasSuffix("daemon-reload: no bus") })
            #expect(try home.run("service", "status", "--json").json["active"] == false)
            #expect(try home.run("service", "uninstall").code == 0)
        }

        @Test(
            "a tool linked to the service's gateway stays linked when that ends; uninstall unlinks it"
        )
        func linksStay() throws {
            let home = try home()
            #expect(try home.run("service", "install").code == 0)
            for signal in [SIGTERM, SIGKILL] {
                let program = try home.up("--no-link")
                #expect(try home.run("link", "claude-code").code == 0)
                program.send(signal)
                _ = program.exitCode()
                #expect(try home.run("status", "--json").json["running"] == false)
                #expect(home.settings.contains("agentroute-heavy"))
            }
            #expect(try home.run("service", "uninstall", "--json").code == 0)
            #expect(home.settings == UserHome.settings)
        }

        @Test("a key that only the shell has is told, and is not in the unit")
        func shellKey() throws {
            let home = try home()
            try home.write(
                """
                { "providers": { "openrouter": { "preset": "openrouter" } },
                  "profiles": { "default": { "heavy": "openrouter/x/y" } } }
                """, to: ".config/agentroute/config.json")
            home.environment["OPENROUTER_API_KEY"] = "sk-0123456789"
            let install = try home.run("service", "install")
            #expect(install.code == 0)
            #expect(install.errors.contains { $0.contains("agentroute key set --stdin") })
            #expect(try !home.text(".config/systemd/user/agentroute.service").contains("sk-0123"))
        }

        @Test("a gateway is started on a socket that a client has connected to already")
        func activation() throws {
            let home = try home()
            // A service manager in two lines: the socket is descriptor 3, and the gateway is this process.
            let manager = """
                import os, socket, sys
                s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8)
                os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
                print(s.getsockname()[1], flush=True)
                sys.stdin.readline()
                os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
                os.execve(sys.argv[1], [sys.argv[1], "up", "--no-link"], os.environ)
                """
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "python3", "-c", manager, try ProgramProcess.executable().path,
            ]
            process.environment = home.environment
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let port = try #require(UInt16(line.dropLast()))
            let early = try ClientSocket(port: port)
            try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
            // The system takes connections before the gateway does, and keeps them for it.
            let health =
                "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
            #expect(try SampleClient(port: port).send(Array(health.utf8)) { _ in } == 200)
            _ = consume early
            #expect(eventually { home.state?.port == port })
            #expect(try home.run("down").code == 0)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }
}
