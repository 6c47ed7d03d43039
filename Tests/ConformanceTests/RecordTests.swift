import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("records and the log")
    struct Records {
        @Test(
            "one record for each exchange, with what was asked and what came",
            arguments: WireCase.all)
        func record(_ wire: WireCase) async throws {
            let bytes = Answer.stream(wire.events)
            try await Setup.run(wire, script: { _ in [.text(bytes)] }) { setup in
                let response = try setup.exchange(setup.request())
                let records = setup.gateway.awaitRecords(1)
                let record = try #require(records.first)
                #expect(record.wire == wire.wire)
                #expect(record.alias == "agentroute-heavy")
                #expect(record.provider == "lab")
                #expect(record.model == wire.upstreamModel)
                #expect(record.status == 200)
                #expect(record.outcome.rawValue == "ok")
                #expect(record.requestBytes == UInt64(wire.body(model: "agentroute-heavy").count))
                #expect(record.responseBytes == UInt64(response.body.count))
                #expect(record.usage?.input == 11)
                #expect(record.usage?.output == 7)
                let first = try #require(record.timeToFirstByte)
                #expect(try #require(record.timeToHeaders) <= first && first <= record.total)
                #expect(await setup.gateway.recentRecords().map(\.id) == records.map(\.id))
            }
        }

        @Test("usage is read from an answer that is not streamed", arguments: WireCase.all)
        func usage(_ wire: WireCase) async throws {
            try await Setup.run(wire, script: { _ in [Answer.plain(wire.answer)] }) { setup in
                try #expect(setup.exchange(setup.request()).status == 200)
                let record = try #require(setup.gateway.awaitRecords(1).first)
                #expect(record.usage?.input == 11)
                #expect(record.usage?.output == 7)
            }
        }

        @Test("every path ends in exactly one record", arguments: Ending.all)
        func everyPath(_ ending: Ending) async throws {
            var options = Setup.Options()
            options.limits = #"{"bodyBytes":4096,"headBytes":4096}"#
            let script: FakeUpstream.Script = { _ in ending.steps }
            try await Setup.run(.messages, options: options, script: script) { setup in
                let client = try setup.client()
                client.send(ending.request(setup))
                #expect(client.readResponse()?.status == ending.status)
                // The next exchange's record comes after all of this one's.
                try #expect(setup.exchange(setup.message("GET", "/v1/models")).status == 200)
                let records = setup.gateway.awaitRecords(2)
                #expect(records.count == 2)
                #expect(records.first?.status == ending.status)
                #expect(records.first?.outcome.rawValue == ending.outcome)
            }
        }

        @Test("no key, token, body or header value is ever logged", arguments: ["logfmt", "json"])
        func silentLog(_ format: String) async throws {
            let canary = "canary-7c1e"
            let pipe = LogPipe()
            var options = Setup.Options()
            options.logDescriptor = pipe.writeEnd
            options.logLevel = "debug"
            options.logFormat = format
            let answers = [
                Answer.plain(#"{"a":"\#(canary)"}"#, fields: ["X-A: \(canary)"]),
                Answer.plain(#"{"error":{"message":"\#(canary)"}}"#, status: "400 Bad Request"),
                .text("HTTP/1.1 \(canary)\r\n\r\n"),
            ]
            let script: FakeUpstream.Script = { [answers[$0.ordinal % 3], .close] }
            let token = try await Setup.run(.chat, options: options, script: script) { setup in
                let body = #"{"model":"agentroute-heavy","a":"\#(canary)"}"#
                let target = "/v1/chat/completions?key=\(canary)"
                for _ in answers {
                    _ = try setup.exchange(
                        setup.message(
                            "POST", target, fields: ["X-A: \(canary)"], body: Array(body.utf8)))
                }
                _ = try setup.exchange(
                    setup.message("POST", "/v1/chat/completions", body: Array("{\(canary)".utf8)))
                _ = try setup.exchange(
                    setup.raw(
                        "GET /v1/models HTTP/1.1", ["Host: x", "Authorization: Bearer \(canary)"]))
                #expect(setup.gateway.awaitRecords(5).count == 5)
                return setup.gateway.token
            }
            let log = pipe.finish()
            let lines = log.split(separator: "\n")
            #expect(lines.count { $0.contains("exchange") } == 5)
            for secret in [canary, token, Setup.key] {
                #expect(!log.contains(secret), "\(log)")
            }
        }
    }
}

/// A request and how its exchange ends.
struct Ending: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let status: Int
    let outcome: String
    var steps: [FakeUpstream.Step] = [.close]
    let request: @Sendable (Setup) -> [UInt8]

    static let all = [
        Ending(testDescription: "health", status: 200, outcome: "ok") {
            $0.message("GET", "/healthz")
        },
        Ending(
            testDescription: "an error of the provider", status: 500, outcome: "ok",
            steps: [Answer.plain("{}", status: "500 Internal Server Error")]
        ) { $0.request() },
        Ending(testDescription: "a cut", status: 502, outcome: "upstream-failed") { $0.request() },
        Ending(
            testDescription: "garbage", status: 502, outcome: "upstream-failed",
            steps: [.text("garbage\r\n\r\n"), .stallUntilClosed]
        ) { $0.request() },
        Ending(testDescription: "no token", status: 401, outcome: "refused") {
            $0.raw("POST /v1/messages HTTP/1.1", ["Host: 127.0.0.1:\($0.gateway.port)"])
        },
        Ending(testDescription: "a foreign host", status: 403, outcome: "refused") {
            $0.raw("GET / HTTP/1.1", ["Host: evil.example"])
        },
        Ending(testDescription: "an unknown path", status: 404, outcome: "refused") {
            $0.message("GET", "/x")
        },
        Ending(testDescription: "a wrong method", status: 405, outcome: "refused") {
            $0.message("GET", "/v1/messages")
        },
        Ending(testDescription: "an unknown model", status: 404, outcome: "refused") {
            $0.request(model: "nothing")
        },
        Ending(testDescription: "invalid JSON", status: 400, outcome: "refused") {
            $0.message("POST", "/v1/messages", body: [UInt8(ascii: "{")])
        },
        Ending(testDescription: "a malformed request", status: 400, outcome: "refused") {
            $0.message("POST", "/v1/messages", fields: ["a b: c"])
        },
        Ending(testDescription: "a body too large", status: 413, outcome: "refused") {
            $0.message("POST", "/v1/messages", body: [UInt8](repeating: 32, count: 5_000))
        },
        Ending(testDescription: "a head too large", status: 431, outcome: "refused") {
            $0.message(
                "POST", "/v1/messages", fields: ["a: " + String(repeating: "a", count: 5_000)])
        },
    ]
}
