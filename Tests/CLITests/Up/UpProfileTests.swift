import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

extension Processes {
    @Suite("The profile of a running gateway")
    struct UpProfileTests {
        /// A home whose one provider is `upstream`, with a profile for each of its models.
        private func home(_ upstream: FakeUpstream, models: [String]) throws -> UserHome {
            let home = try UserHome(
                """
                { "listen": { "port": 0 },
                  "providers": { "lab": { "baseURL": "http://127.0.0.1:\(upstream.port)/v1",
                                          "wires": ["anthropic-messages"], "auth": "none" } } }
                """)
            for model in models {
                try home.write(
                    #"{ "heavy": "lab/\#(model)" }"#,
                    to: ".config/agentroute/profiles/\(model).json")
            }
            #expect(try home.run("profiles", "activate", models[0]).code == 0)
            return home
        }

        /// The model of the newest request the upstream has seen.
        private func model(_ upstream: FakeUpstream) throws -> String? {
            let body = try #require(upstream.seen.requests.last?.body)
            return try JSONValue.parse(body)["model"]?.string
        }

        @Test("a profile that is activated between two requests holds for the second")
        func switched() throws {
            let upstream = try FakeUpstream(json: "{}")
            defer { upstream.stop() }
            let home = try home(upstream, models: ["one", "two"])
            let program = try home.up("--no-link")
            #expect(try home.request() == 200)
            #expect(try model(upstream) == "one")
            #expect(try home.run("profiles", "activate", "two", "--json").code == 0)
            #expect(try program.nextEvent()?["profile"] as? String == "two")
            #expect(try home.request() == 200)
            #expect(try model(upstream) == "two")
            #expect(try home.run("status", "--json").json["profile"] == "two")
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
        }

        @Test("up --profile is for one run: it is not remembered, and no activation overrides it")
        func oneRun() throws {
            let upstream = try FakeUpstream(json: "{}")
            defer { upstream.stop() }
            let home = try home(upstream, models: ["one", "two", "three"])
            let program = try home.up("--no-link", "--profile", "two")
            #expect(try home.request() == 200)
            #expect(try model(upstream) == "two")
            #expect(try home.run("profiles", "activate", "three").code == 0)
            // The models of the run's own profile do change.
            try home.write(
                #"{ "heavy": "lab/new" }"#, to: ".config/agentroute/profiles/two.json")
            let isSeen = try eventually {
                _ = try home.request()
                return try model(upstream) == "new"
            }
            #expect(isSeen)
            #expect(home.state?.profile == "two")
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
            #expect(
                try home.run("up", "--profile", "none", "--json").json["code"]
                    == "profile_not_found")
        }

        @Test("a change that makes no sense is told, and the last good configuration goes on")
        func invalid() throws {
            let upstream = try FakeUpstream(json: "{}")
            defer { upstream.stop() }
            let home = try home(upstream, models: ["one"])
            let program = try home.up("--no-link")
            try home.write("{ \"providers\": 7 }", to: ".config/agentroute/config.json")
            var line = program.nextError()
            // The file may be seen half-written first.
            while let text = line, !text.contains("config.json: providers") {
                line = program.nextError()
            }
            #expect(line?.contains("goes on as it was") == true)
            #expect(try home.request() == 200)
            #expect(try model(upstream) == "one")
            program.send(SIGTERM)
            #expect(program.exitCode() == 0)
        }
    }
}
