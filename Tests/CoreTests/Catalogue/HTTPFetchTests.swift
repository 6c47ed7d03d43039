import AgentRouteCore
import AgentRouteTesting
import Testing

@Suite("Fetching a document")
struct HTTPFetchTests {
    private func get(
        _ fixture: CatalogueFixture, _ target: String = "/x", scheme: String = "http",
        limits: HTTPFetch.Limits = HTTPFetch.Limits(), fields: [Provider.Header] = []
    ) async throws -> HTTPFetch.Response {
        let base = try BaseURL("\(scheme)://127.0.0.1:\(fixture.upstream.port)")
        return try await HTTPFetch(
            base: base, subject: "provider lab", loop: fixture.thread.loop, limits: limits
        ).get(target, fields: fields)
    }

    @Test("a request is a plain GET with the fields given, and one request a connection")
    func request() async throws {
        let fixture = try CatalogueFixture(answering: "{}")
        let fields = [
            Provider.Header(name: "Accept", value: Secret("text/plain")),
            Provider.Header(name: "x-team", value: Secret("a b")),
        ]
        let response = try await get(fixture, "/v1/models?a=b", fields: fields)
        #expect(response.status == 200 && response.body == Array("{}".utf8))
        let request = try #require(fixture.upstream.seen.requests.first)
        #expect(request.method == "GET" && request.target == "/v1/models?a=b")
        #expect(request.body.isEmpty && request.value("content-length") == nil)
        #expect(
            request.fields.map { "\($0.name): \($0.value)" } == [
                "host: 127.0.0.1:\(fixture.upstream.port)",
                "user-agent: agentroute/\(Version.current)", "accept-encoding: identity",
                "connection: close", "Accept: text/plain", "x-team: a b",
            ])
        #expect(fixture.upstream.awaitPeerClosed())
    }

    @Test("a body arrives whole, however it is framed")
    func framings() async throws {
        let chunked =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        let toEnd = "HTTP/1.0 200 OK\r\nX-Y: Z\r\n\r\nabcde"
        for text in [chunked, toEnd, response(200, "abcde")] {
            let fixture = try CatalogueFixture { _ in [.text(text), .close] }
            #expect(try await get(fixture).body == Array("abcde".utf8))
        }
        let fixture = try CatalogueFixture { _ in [.text(toEnd), .close] }
        #expect(try await get(fixture).value("x-y") == "Z")
        let empty = try CatalogueFixture { _ in [.text("HTTP/1.1 204 X\r\n\r\n")] }
        #expect(try await get(empty).status == 204)
    }

    @Test("a body over the limit, a compressed one, a cut one and no HTTP are errors of their own")
    func unsound() async throws {
        var limits = HTTPFetch.Limits()
        limits.byteCount = 4
        let long = try CatalogueFixture(answering: "abcde")
        let error = await fetchError { _ = try await get(long, limits: limits) }
        #expect(error?.code == .upstreamMalformed)
        #expect(error?.message == "provider lab answered with more than 4 bytes")
        limits.byteCount = 5
        #expect(try await get(long, limits: limits).body.count == 5)
        let cases: [(String, AgentRouteError.Code)] = [
            (response(200, "x", fields: "content-encoding: gzip\r\n"), .upstreamMalformed),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", .upstreamCut),
            ("", .upstreamCut), ("nonsense\r\n\r\n", .upstreamMalformed),
        ]
        for (text, code) in cases {
            let fixture = try CatalogueFixture { _ in [.text(text), .close] }
            let error = await fetchError { _ = try await get(fixture) }
            #expect(error?.code == code, "\(text)")
            #expect(error?.retry == .safe && error?.origin == .upstream)
        }
    }

    @Test("a server that is not there, is silent, or speaks no TLS is told apart")
    func unreachable() async throws {
        let thread = try LoopThread()
        // Port 1 is outside what the system gives to servers that bind port 0.
        let gone = HTTPFetch(
            base: try BaseURL("http://127.0.0.1:1"), subject: "x", loop: thread.loop)
        #expect(await fetchError { _ = try await gone.get("/") }?.code == .upstreamUnreachable)
        let silent = try CatalogueFixture { _ in [.stallUntilClosed] }
        var limits = HTTPFetch.Limits()
        limits.total = .milliseconds(100)
        #expect(
            await fetchError { _ = try await get(silent, limits: limits) }?.code == .upstreamTimeout
        )
        #expect(silent.upstream.awaitPeerClosed())
        let refusing = try FakeUpstream(greeting: [.text("HTTP/1.1 400 X\r\n\r\n")]) { _ in [] }
        defer { refusing.stop() }
        let base = try BaseURL("https://127.0.0.1:\(refusing.port)")
        let fetch = HTTPFetch(base: base, subject: "x", loop: thread.loop)
        #expect(await fetchError { _ = try await fetch.get("/") }?.code == .upstreamUntrusted)
    }

    @Test("an authority that cannot be read is an error of the gateway's own")
    func authority() async throws {
        let fixture = try CatalogueFixture(answering: "")
        let fetch = HTTPFetch(
            base: try BaseURL("https://127.0.0.1:\(fixture.upstream.port)"), subject: "x",
            caFile: "\(fixture.folder.path)/none.pem", loop: fixture.thread.loop)
        let error = await fetchError { _ = try await fetch.get("/") }
        #expect(error?.origin == .gateway && error?.message.contains("none.pem") == true)
    }
}
