import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("The program as a process")
    struct ProgramProcessTests {
        @Test(
            "serve listens, tells where once, leaves gateway.json while it lives, and drains on SIGTERM"
        )
        func serve() throws {
            let home = try TemporaryFolder()
            let program = try ProgramProcess(
                "serve", "--demo", "--port", "0", "--json",
                environment: ["AGENTROUTE_HOME": home.path])
            let event = try #require(try program.nextEvent())
            #expect(event["event"] as? String == "listening")
            #expect(event["host"] as? String == "127.0.0.1")
            #expect(event["pid"] as? Int == Int(program.pid))
            #expect(event["profile"] as? String == "default")
            let aliases = event["aliases"] as? [String: String]
            #expect(aliases?["agentroute-heavy"] == "demo/scripted")
            let token = try #require(event["token"] as? String)
            #expect(token.count == 64)

            let state = try #require(try GatewayState.read(from: home.path + "/gateway.json"))
            #expect(Int(state.port) == event["port"] as? Int)
            #expect(state.token == Secret(token))
            #expect(state.pid == program.pid)
            #expect(home.mode(of: "gateway.json") == 0o600)
            #expect(try health(of: state.port) == 200)

            program.send(SIGTERM)
            let end = try #require(try program.nextEvent())
            #expect(end["event"] as? String == "stopped")
            #expect(try program.nextEvent() == nil)
            #expect(program.exitCode() == 0)
            #expect(home.mode(of: "gateway.json") == nil)
        }

        @Test("a gateway at rest gives back the memory of the code that only its start has needed")
        func startupCode() throws {
            let home = try TemporaryFolder()
            let program = try ProgramProcess(
                "serve", "--demo", "--port", "0", "--json",
                environment: ["AGENTROUTE_HOME": home.path])
            _ = try #require(try program.nextEvent())
            let before = try #require(mappedKiB(of: program.pid))
            #expect(eventually { (mappedKiB(of: program.pid) ?? before) < before / 2 })
            let state = try #require(try GatewayState.read(from: home.path + "/gateway.json"))
            #expect(try health(of: state.port) == 200)
        }

        /// What the process has of files in memory.
        private func mappedKiB(of pid: Int32) -> Int? {
            let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("RssFile:") }
            return line.flatMap { Int($0.filter(\.isNumber)) }
        }

        @Test("a token from the environment is the gateway's, and is never printed")
        func chosenToken() throws {
            let home = try TemporaryFolder()
            let token = "chosen-0123456789"
            let program = try ProgramProcess(
                "serve", "--demo", "--port", "0",
                environment: ["AGENTROUTE_HOME": home.path, "AGENTROUTE_TOKEN": token])
            var lines: [String] = []
            while let line = program.nextLine() {
                lines.append(line)
                if line.hasPrefix("Ctrl-C") { break }
            }
            #expect(lines.contains("Token: the value of AGENTROUTE_TOKEN"))
            #expect(!lines.contains { $0.contains(token) })
            #expect(
                try GatewayState.read(from: home.path + "/gateway.json")?.token == Secret(token))
            program.send(SIGINT)
            #expect(program.exitCode() == 0)
        }

        @Test("a busy port ends the program with 4 and the name of who holds it")
        func busyPort() throws {
            let home = try TemporaryFolder()
            let holder = try BusyPort()
            let program = try ProgramProcess(
                "serve", "--demo", "--port", "\(holder.number)",
                environment: ["AGENTROUTE_HOME": home.path])
            let error = try #require(program.nextError())
            #expect(error.hasPrefix("agentroute: port \(holder.number) is taken by "))
            #expect(error.hasSuffix("(pid \(getpid())); choose another with --port"))
            #expect(program.exitCode() == 4)
            #expect(home.mode(of: "gateway.json") == nil)
        }

        @Test("a faulty configuration ends the program with 1 and a line for each fault")
        func faultyConfiguration() throws {
            let home = try TemporaryFolder()
            let file = try home.write(#"{ "listen": { "port": "x" }, "limits": { "head": 1 } }"#)
            let program = try ProgramProcess("serve", environment: ["AGENTROUTE_HOME": home.path])
            #expect(program.nextError()?.hasPrefix("\(file): listen.port: ") == true)
            #expect(program.nextError()?.hasPrefix("\(file): limits.head: ") == true)
            #expect(program.exitCode() == 1)
        }

        @Test("a running serve follows the profile that another command activates")
        func follows() throws {
            let home = try TemporaryFolder()
            let upstream = try FakeUpstream(json: "{}")
            defer { upstream.stop() }
            try home.write(
                """
                { "providers": { "demo": { "preset": "demo" },
                                 "lab": { "baseURL": "http://127.0.0.1:\(upstream.port)/v1",
                                          "wires": ["anthropic-messages"], "auth": "none" } } }
                """)
            try home.write(#"{ "heavy": "demo/scripted" }"#, to: "profiles/first.json")
            try home.write(#"{ "heavy": "lab/x" }"#, to: "profiles/second.json")
            let environment = [
                "AGENTROUTE_HOME": home.path, "AGENTROUTE_TOKEN": "0123456789abcdef",
            ]
            func activate(_ name: String) throws {
                let program = try ProgramProcess(
                    "profiles", "activate", name, "--json", environment: environment)
                #expect(program.nextLine() == #"{"activeProfile":"\#(name)"}"#)
                #expect(program.exitCode() == 0)
            }
            try activate("first")
            let program = try ProgramProcess(
                "serve", "--port", "0", "--json", environment: environment)
            let port = UInt16(try #require(try program.nextEvent()?["port"] as? Int))
            let request = SampleRequest.anthropicMessages.bytes(
                port: port, token: "0123456789abcdef")
            #expect(try SampleClient(port: port).send(request) { _ in } == 200)
            #expect(upstream.seen.requests.isEmpty)
            try activate("second")
            // The gateway is told by the file system, a moment after the command has ended.
            for _ in 0..<1_000 where upstream.seen.requests.isEmpty {
                _ = try SampleClient(port: port).send(request) { _ in }
            }
            #expect(upstream.seen.requests.first?.target == "/v1/messages")
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
        }

        @Test("a second signal does not wait for an exchange that is under way")
        func secondSignal() throws {
            let home = try TemporaryFolder()
            let silent = try BusyPort()
            try home.write(
                """
                { "providers": { "lab": { "baseURL": "http://127.0.0.1:\(silent.number)/v1",
                                          "wires": ["anthropic-messages"] } },
                  "profiles": { "default": { "heavy": "lab/x" } } }
                """)
            let program = try ProgramProcess(
                "serve", "--port", "0", "--json",
                environment: ["AGENTROUTE_HOME": home.path, "AGENTROUTE_TOKEN": "0123456789abcdef"])
            let port = try #require(try program.nextEvent()?["port"] as? Int)
            let client = try ClientSocket(port: UInt16(port))
            client.send(
                SampleRequest.anthropicMessages.bytes(port: UInt16(port), token: "0123456789abcdef")
            )
            silent.awaitConnection()

            program.send(SIGINT)
            while let line = program.nextError(), !line.contains("another signal") {}
            program.send(SIGTERM)
            #expect(program.exitCode() == 1)
            #expect(home.mode(of: "gateway.json") == nil)
        }

        @Test(
            "demo shows a streamed exchange in every wire and its record",
            arguments: SampleRequest.all)
        func demo(sample: SampleRequest) throws {
            let program = try ProgramProcess(
                "demo", "--wire", sample.wire, "--json", environment: [:])
            var events: [[String: Any]] = []
            while let event = try program.nextEvent() { events.append(event) }
            #expect(program.exitCode() == 0)
            let names = events.compactMap { $0["event"] as? String }
            #expect(names.first == "request")
            #expect(names.last == "record")
            #expect(names.dropFirst().dropLast().allSatisfy { $0 == "stream" })
            #expect(names.count > 10)
            let record = try #require(events.last)
            #expect(record["outcome"] as? String == "ok")
            #expect(record["status"] as? Int == 200)
            #expect(record["wire"] as? String == sample.wire)
            #expect(record["provider"] as? String == "demo")
        }

        /// The status of `GET /healthz` on `port`.
        private func health(of port: UInt16) throws -> Int {
            let request =
                "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
            return try SampleClient(port: port).send(Array(request.utf8)) { _ in }
        }
    }
}
