import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("upstream faults before the answer's head")
    struct UpstreamFaults {
        @Test(
            "a fault before the head is an error in the client's dialect",
            arguments: UpstreamFault.all,
            WireCase.all)
        func beforeTheHead(_ fault: UpstreamFault, _ wire: WireCase) async throws {
            var options = Setup.Options()
            options.timeouts = #"{"connect":"2s","headers":"200ms","silence":"200ms"}"#
            options.baseURL = try fault.baseURL()
            let script: FakeUpstream.Script = { _ in fault.steps }
            try await Setup.run(wire, options: options, greeting: fault.greeting, script: script) {
                setup in
                let client = try setup.client()
                client.send(setup.request())
                let response = try #require(client.readResponse(), "no answer")
                let error = try DialectError.expect(response, status: fault.status, wire: wire.wire)
                #expect(error.message.contains("lab"), "names no provider: \(error.message)")
                #expect(!error.message.contains(Setup.key))
                let records = setup.gateway.awaitRecords(1)
                #expect(records.map(\.status) == [fault.status])
                #expect(records.map(\.outcome.rawValue) == [fault.outcome])
                #expect(setup.upstream.seen.requests.count <= 1, "sent twice")
                client.send(
                    setup.raw("GET /healthz HTTP/1.1", ["Host: 127.0.0.1:\(setup.gateway.port)"]))
                #expect(client.readResponse()?.status == 200, "the client's connection is lost")
            }
        }

        @Test(
            "wherever the head is cut, the client gets a whole error and the request is not repeated"
        )
        func everyHeadCut() async throws {
            let head = Array(Answer.streamHead.utf8)
            let script: FakeUpstream.Script = { [.bytes(Array(head.prefix($0.ordinal))), .close] }
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                for cut in 0..<head.count {
                    client.send(setup.request())
                    let response = try #require(client.readResponse(), "cut at \(cut)")
                    try DialectError.expect(response, status: 502, wire: .openAIChat)
                    #expect(setup.upstream.seen.requests.count == cut + 1)
                }
            }
        }

        @Test("a key that is not there is an error that names where it was looked for")
        func missingKey() async throws {
            var options = Setup.Options()
            options.apiKey = "env:AGENTROUTE_TEST_NO_SUCH_KEY"
            try await Setup.run(options: options, script: { _ in [Answer.plain("{}")] }) { setup in
                let response = try setup.exchange(setup.request())
                #expect([401, 500, 502, 503].contains(response.status), "\(response.status)")
                let error = try DialectError(.openAIChat, response.body)
                #expect(error.message.contains("AGENTROUTE_TEST_NO_SUCH_KEY"))
                #expect(response.value("x-should-retry") == "false")
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }
    }

    @Suite("upstream connections kept for the next request")
    struct UpstreamReuse {
        @Test("a connection is used again for the next request")
        func reuse() async throws {
            try await Setup.run(script: { _ in [Answer.plain("{}")] }) { setup in
                for _ in 0..<3 { try #expect(setup.exchange(setup.request()).text == "{}") }
                #expect(setup.upstream.seen.connectionCount == 1)
            }
        }

        @Test(
            "a kept connection that was closed while idle is replaced unnoticed",
            arguments: [true, false])
        func closedWhileIdle(reset: Bool) async throws {
            let script: FakeUpstream.Script = { request in
                [Answer.plain("{}")] + (request.ordinal == 0 ? [reset ? .reset : .close] : [])
            }
            try await Setup.run(script: script) { setup in
                try #expect(setup.exchange(setup.request()).text == "{}")
                let upstream = setup.upstream
                #expect(reset ? upstream.awaitReset() : upstream.awaitPeerClosed())
                try #expect(setup.exchange(setup.request()).text == "{}")
                #expect(setup.upstream.seen.requests.count == 2)
                #expect(setup.upstream.seen.connectionCount == 2)
            }
        }

        @Test(
            "a request read by the provider on a kept connection is never sent twice",
            arguments: [true, false])
        func neverTwice(reset: Bool) async throws {
            let script: FakeUpstream.Script = { request in
                request.ordinal == 0 ? [Answer.plain("{}")] : [reset ? .reset : .close]
            }
            try await Setup.run(script: script) { setup in
                try #expect(setup.exchange(setup.request()).text == "{}")
                try DialectError.expect(
                    setup.exchange(setup.request()), status: 502, wire: .openAIChat)
                #expect(setup.upstream.seen.requests.count == 2)
            }
        }

        @Test(
            "a connection is not used again after an answer that forbids it",
            arguments: UnusableAnswer.all)
        func notReused(_ answer: UnusableAnswer) async throws {
            let script: FakeUpstream.Script = { request in
                request.connection == 0 ? [.text(answer.text)] : [Answer.plain(#"{"second":1}"#)]
            }
            try await Setup.run(script: script) { setup in
                let first = try setup.exchange(setup.request())
                #expect(first.text == "{}")
                #expect(first.end == .complete)
                try #expect(setup.exchange(setup.request()).text == #"{"second":1}"#)
                #expect(setup.upstream.awaitPeerClosed(connection: 0))
            }
        }
    }
}

/// An answer after which its connection cannot be trusted or is announced to end.
struct UnusableAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    private init(_ testDescription: String, _ fields: [String], _ body: String) {
        self.testDescription = testDescription
        text = Answer.head("200 OK", ["Content-Type: application/json"] + fields) + body
    }

    static let all = [
        UnusableAnswer("stray bytes after it", ["Content-Length: 2"], "{}stray"),
        UnusableAnswer(
            "a second response after it", ["Content-Length: 2"], "{}HTTP/1.1 200 OK\r\n\r\n"),
        UnusableAnswer(
            "stray bytes after the last chunk", ["Transfer-Encoding: chunked"],
            "2\r\n{}\r\n0\r\n\r\nstray"),
        UnusableAnswer("Connection: close", ["Connection: close", "Content-Length: 2"], "{}"),
    ]
}

/// What an upstream does in place of a good answer, and what that is for the client.
struct UpstreamFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var greeting: [FakeUpstream.Step] = []
    var steps: [FakeUpstream.Step] = []
    var status = 502
    var outcome = "upstream-failed"
    var host: String?
    var isRefused = false

    /// A base URL that leads nowhere, for the faults of connecting.
    func baseURL() throws -> String? {
        if let host { return "http://\(host)/base/v1" }
        guard isRefused else { return nil }
        let closed = try FakeUpstream(answering: [])
        closed.stop()
        return "http://127.0.0.1:\(closed.port)/base/v1"
    }

    static let all = connecting + cutting + malformed

    private static let connecting = [
        UpstreamFault(testDescription: "refuses", isRefused: true),
        UpstreamFault(
            testDescription: "cannot be resolved",
            host: "nothing.invalid"),
        UpstreamFault(
            testDescription: "says nothing", steps: [.stallUntilClosed], status: 504,
            outcome: "upstream-timeout"),
        UpstreamFault(
            testDescription: "stops inside its head",
            steps: [.text("HTTP/1.1 200 OK\r\nContent-"), .stallUntilClosed], status: 504,
            outcome: "upstream-timeout"),
    ]

    private static let cutting = [
        UpstreamFault(
            testDescription: "closes when connected", greeting: [.close]),
        UpstreamFault(
            testDescription: "resets when connected", greeting: [.reset]),
        UpstreamFault(
            testDescription: "closes after the request", steps: [.close]),
        UpstreamFault(
            testDescription: "resets after the request", steps: [.reset]),
        UpstreamFault(
            testDescription: "closes inside its head",
            steps: [.text("HTTP/1.1 200 OK\r\nCont"), .close], ),
        UpstreamFault(
            testDescription: "closes after an interim response",
            steps: [.text("HTTP/1.1 100 Continue\r\n\r\n"), .close]),
    ]

    private static let malformed = [
        fault("garbage for a status line", "garbage garbage\r\n\r\n"),
        fault("another protocol", "SSH-2.0-OpenSSH_9.2p1\r\n"),
        fault("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
        fault("HTTP/2", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        fault("a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
        fault("a NUL in a header", "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\nContent-Length: 0\r\n\r\n"),
        fault("a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
        fault(
            "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
        fault(
            "length and chunked",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        ),
        fault("a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}"),
        fault(
            "a head larger than the limit",
            "HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n"),
        fault("a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    ]

    private static func fault(_ name: String, _ text: String) -> UpstreamFault {
        UpstreamFault(testDescription: name, steps: [.text(text), .stallUntilClosed])
    }
}
