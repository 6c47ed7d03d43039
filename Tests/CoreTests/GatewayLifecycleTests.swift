import AgentRouteCore
import AgentRouteTesting
import Glibc
import Testing

/// Starting, draining and stopping, as a program that embeds a gateway does it.
@Suite("Gateway lifecycle", .serialized)
struct GatewayLifecycleTests {
    private static let start = """
        HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
        9\r\ndata: 1\n\n\r\n
        """
    private static let end = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"

    @Test("two gateways in one process are strangers to each other")
    func sideBySide() async throws {
        try await ThreadExecutor.run {
            let first = try await GatewayFixture.start(
                configuration: Self.configuration(upstream: 9))
            let second = try await GatewayFixture.start(
                configuration: Self.configuration(upstream: 9))
            #expect(first.port != second.port)
            let crossed = try Self.exchange(second, token: first.token)
            #expect(crossed.status == 401)
            await first.stop()
            #expect(Self.isRefused(first.port))
            #expect(try RawClient(port: second.port).localPort > 0)
            await second.stop()
        }
    }

    @Test("a busy port is an error that says so, never another port")
    func busyPort() async throws {
        try await ThreadExecutor.run {
            let holder = try FakeUpstream(answering: [])
            defer { holder.stop() }
            let error = await #expect(throws: AgentRouteError.self) {
                let configuration = Self.configuration(upstream: 9, listen: holder.port)
                await (try GatewayFixture.start(configuration: configuration)).stop()
            }
            #expect(error?.code == .portInUse)
            #expect(error.map { "\($0.message)".contains(String(holder.port)) } == true)
        }
    }

    @Test("a drain accepts nothing new and lets a running stream finish")
    func drain() async throws {
        try await ThreadExecutor.run {
            let gate = Gate()
            let upstream = try FakeUpstream(answering: [
                .text(Self.start), .wait(until: gate), .text(Self.end),
            ])
            defer { upstream.stop() }
            let gateway = try await GatewayFixture.start(
                configuration: Self.configuration(upstream: upstream.port))
            let idle = try RawClient(port: gateway.port)
            let client = try RawClient(port: gateway.port)
            client.send(Self.request(gateway))
            let head = try #require(client.readHead())
            // Not a child task: those wait for this thread.
            let drained = Task { await gateway.drain(grace: .seconds(10)) }
            #expect(idle.readUntilClosed() == [], "an idle connection is kept")
            #expect(Self.isRefused(gateway.port))
            gate.open()
            let response = client.readBody(of: head)
            #expect(response.end == .complete)
            #expect(response.text == "data: 1\n\ndata: [DONE]\n\n")
            client.close()
            await drained.value
            #expect(gateway.awaitRecords(1).map(\.outcome.rawValue) == ["ok"])
            await gateway.stop()
        }
    }

    @Test("a stream that outlives the grace is cut, visibly, and its upstream closed")
    func drainRunsOut() async throws {
        try await ThreadExecutor.run {
            let upstream = try FakeUpstream(answering: [.text(Self.start), .stallUntilClosed])
            defer { upstream.stop() }
            let gateway = try await GatewayFixture.start(
                configuration: Self.configuration(upstream: upstream.port))
            let client = try RawClient(port: gateway.port)
            client.send(Self.request(gateway))
            let head = try #require(client.readHead())
            await gateway.drain(grace: .milliseconds(100))
            await gateway.stop()
            #expect(client.readBody(of: head).end != .complete)
            #expect(upstream.awaitPeerClosed())
            #expect(gateway.awaitRecords(1).count == 1)
        }
    }

    @Test("a gateway that is stopped closes everything at once")
    func stop() async throws {
        try await ThreadExecutor.run {
            let upstream = try FakeUpstream(answering: [.text(Self.start), .stallUntilClosed])
            defer { upstream.stop() }
            let gateway = try await GatewayFixture.start(
                configuration: Self.configuration(upstream: upstream.port))
            let client = try RawClient(port: gateway.port)
            client.send(Self.request(gateway))
            let head = try #require(client.readHead())
            await gateway.stop()
            #expect(client.readBody(of: head).end != .complete)
            #expect(upstream.awaitPeerClosed())
            #expect(Self.isRefused(gateway.port))
        }
    }

    @Test("a configuration that changes holds from the next request on; a running stream goes on")
    func change() async throws {
        try await ThreadExecutor.run {
            let gate = Gate()
            let before = try FakeUpstream(answering: [
                .text(Self.start), .wait(until: gate), .text(Self.end),
            ])
            let after = try FakeUpstream(answering: [.text(Self.start + Self.end)])
            defer {
                before.stop()
                after.stop()
            }
            let gateway = try await GatewayFixture.start(
                configuration: Self.configuration(upstream: before.port))
            let client = try RawClient(port: gateway.port)
            client.send(Self.request(gateway))
            let head = try #require(client.readHead())
            try await gateway.use(Self.configuration(upstream: after.port))
            #expect(try Self.exchange(gateway, token: gateway.token).end == .complete)
            gate.open()
            #expect(client.readBody(of: head).end == .complete)
            #expect(before.seen.requests.count == 1 && after.seen.requests.count == 1)
            await gateway.stop()
        }
    }

    /// Whether nobody listens on `port` any more. Asked again for a moment: a program that another test
    /// starts has this process's sockets until it has begun.
    private static func isRefused(_ port: UInt16) -> Bool {
        for _ in 0..<500 {
            guard let client = try? RawClient(port: port) else { return true }
            client.close()
            usleep(10_000)
        }
        return false
    }

    private static func configuration(upstream: UInt16, listen: UInt16 = 0) -> String {
        """
        { "listen": { "port": \(listen) },
          "providers": { "lab": { "baseURL": "http://127.0.0.1:\(upstream)/v1",
            "wires": ["openai-chat"], "apiKey": "sk-lab" } },
          "profiles": { "default": { "heavy": "lab/big" } } }
        """
    }

    private static func request(_ gateway: GatewayFixture, token: String? = nil) -> String {
        let body = #"{"model":"agentroute-heavy"}"#
        return [
            "POST /v1/chat/completions HTTP/1.1", "Host: 127.0.0.1:\(gateway.port)",
            "x-api-key: \(token ?? gateway.token)", "Content-Length: \(body.utf8.count)", "", body,
        ].joined(separator: "\r\n")
    }

    private static func exchange(_ gateway: GatewayFixture, token: String) throws -> HTTPResponse {
        let client = try RawClient(port: gateway.port)
        client.send(request(gateway, token: token))
        return try #require(client.readResponse())
    }
}
