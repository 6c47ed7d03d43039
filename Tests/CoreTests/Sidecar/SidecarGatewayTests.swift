import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

/// A gateway whose Anthropic requests a sidecar carries.
@Suite("Sidecar behind a gateway", .serialized, .onOwnThread)
struct SidecarGatewayTests {
    @Test("it gets the request under the provider's name with its own key, never the client's")
    func carried() async throws {
        try await ThreadExecutor.run {
            let fixture = try await SidecarFixture("healthy")
            try await fixture.sidecar.serve(SidecarFixture.configuration())
            let (gateway, port) = try await Self.start(fixture)
            // The server answers 200 to its own key alone.
            let response = try Self.exchange(port, path: "/v1/messages")
            #expect(response.status == 200)
            #expect(fixture.notes("request").last == "/v1/messages lab/vendor/big")
            let records = await gateway.recentRecords
            #expect(records.map(\.provider) == ["lab"])
            await gateway.stop()
            await fixture.sidecar.stop()
        }
    }

    @Test("while it is away its requests fail with an error of its own that may be tried again")
    func away() async throws {
        try await ThreadExecutor.run {
            let fixture = try await SidecarFixture("healthy")
            try await fixture.sidecar.serve(SidecarFixture.configuration())
            let (gateway, port) = try await Self.start(fixture)
            await fixture.sidecar.stop()
            let response = try Self.exchange(port, path: "/v1/messages")
            #expect(response.status == 503)
            #expect(response.text.contains("LiteLLM sidecar was stopped"))
            await gateway.stop()
        }
    }

    @Test("what it has no part in takes the gateway's own way")
    func others() async throws {
        try await ThreadExecutor.run {
            let fixture = try await SidecarFixture("healthy")
            try await fixture.sidecar.serve(SidecarFixture.configuration())
            let (gateway, port) = try await Self.start(fixture)
            // Nobody listens where the provider should be.
            let response = try Self.exchange(port, path: "/v1/chat/completions")
            #expect(response.status == 502)
            #expect(fixture.notes("request").count == 1, "the one that warmed it up")
            await gateway.stop()
            await fixture.sidecar.stop()
        }
    }

    private static let token = "0123456789abcdef0123"

    private static func start(_ fixture: SidecarFixture) async throws -> (Gateway, UInt16) {
        let lab = Provider(
            id: "lab", endpoint: .http(try BaseURL("http://127.0.0.1:9/v1")),
            wires: [ServedWire(.openAIChat)],
            key: .present(Secret("sk-lab-secret"), source: "test"))
        var options = GatewayOptions()
        options.sidecar = fixture.sidecar
        let gateway = Gateway(
            configuration: try Configuration(providers: [lab]).listening(onPort: 0),
            loop: fixture.thread.loop, token: try SessionToken(token), options: options)
        return (gateway, try await gateway.start())
    }

    private static func exchange(_ port: UInt16, path: String) throws -> HTTPResponse {
        let body = #"{"model":"lab/vendor/big","max_tokens":9,"messages":[]}"#
        let client = try RawClient(port: port)
        client.send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
                + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try #require(client.readResponse())
    }
}
