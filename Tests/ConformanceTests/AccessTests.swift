import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("access: token, Host, Origin")
    struct Access {
        private let script: FakeUpstream.Script = { _ in [Answer.plain("{}")] }

        @Test(
            "without the right token: 401 with a challenge, in the wire's dialect",
            arguments: WireCase.all,
            [
                "x: y", "Authorization: Bearer wrong", "Authorization: «TOKEN»",
                "Authorization: Basic «TOKEN»",
                "x-api-key: ", "x-api-key: «TOKEN»x", "x-goog-api-key: wrong",
                "Cookie: token=«TOKEN»",
            ])
        func refused(_ wire: WireCase, _ field: String) async throws {
            try await Setup.run(wire, script: script) { setup in
                let field = field.replacing("«TOKEN»", with: setup.gateway.token)
                let response = try setup.exchange(request(setup, wire.target, [field]))
                let error = try DialectError.expect(response, status: 401, wire: wire.wire)
                #expect(
                    response.value("www-authenticate")?.lowercased().hasPrefix("bearer") == true)
                #expect(response.value("x-should-retry") == "false")
                #expect(!error.message.contains(setup.gateway.token))
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test(
            "the token is wanted for every path but health",
            arguments: ["/v1/models", "/nothing", "/"])
        func everywhere(_ path: String) async throws {
            try await Setup.run(script: script) { setup in
                let host = "Host: 127.0.0.1:\(setup.gateway.port)"
                try #expect(setup.exchange(setup.raw("GET \(path) HTTP/1.1", [host])).status == 401)
            }
        }

        @Test("401 comes before the body, and the unread body is never taken for a request")
        func unreadBody() async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                let smuggled = setup.request()
                let host = "Host: 127.0.0.1:\(setup.gateway.port)"
                client.send(
                    setup.raw(
                        "POST /v1/chat/completions HTTP/1.1",
                        [host, "Content-Length: \(smuggled.count)"]))
                let response = try #require(client.readResponse(), "no answer before the body")
                #expect(response.status == 401)
                client.send(smuggled + smuggled)
                #expect(client.readUntilClosed() == [])
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("the answer reaches a client that is still sending its large body")
        func refusedWhileSending() async throws {
            var options = Setup.Options()
            options.limits = #"{"bodyBytes":1024}"#
            try await Setup.run(options: options, script: script) { setup in
                let body = [UInt8](repeating: UInt8(ascii: " "), count: 400_000)
                let response = try setup.exchange(
                    setup.message("POST", "/v1/chat/completions", body: body))
                try DialectError.expect(response, status: 413, wire: .openAIChat)
            }
        }

        @Test(
            "a Host that is not this machine's is refused before anything else",
            arguments: [
                "evil.example", "evil.example:«PORT»", "127.0.0.1.evil.example:«PORT»",
                "127.0.0.1:1",
                "localhost", "127.0.0.1", "10.0.0.1:«PORT»", "«PORT»", "", "user@127.0.0.1:«PORT»",
                "127.0.0.1:«PORT»,evil.example", "localhost.:«PORT»x",
            ])
        func foreignHost(_ host: String) async throws {
            try await Setup.run(script: script) { setup in
                let host = host.replacing("«PORT»", with: String(setup.gateway.port))
                let response = try setup.exchange(request(setup, "/v1/messages", [], host: host))
                #expect([400, 403, 421].contains(response.status), "\(response.status)")
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test(
            "this machine's names are known, whatever their case",
            arguments: ["127.0.0.1:«PORT»", "localhost:«PORT»", "LocalHost:«PORT»", "[::1]:«PORT»"])
        func loopbackHost(_ host: String) async throws {
            try await Setup.run(script: script) { setup in
                let host = host.replacing("«PORT»", with: String(setup.gateway.port))
                let token = "x-api-key: \(setup.gateway.token)"
                let request = request(setup, "/v1/chat/completions", [token], host: host)
                try #expect(setup.exchange(request).status == 200)
            }
        }

        @Test("a Host in listen.allowedHosts is let in, others still not")
        func allowedHosts() async throws {
            let options = Setup.Options(listenExtras: #", "allowedHosts": ["gateway.lan"]"#)
            try await Setup.run(options: options, script: script) { setup in
                let token = "x-api-key: \(setup.gateway.token)"
                let allowed = request(
                    setup, "/v1/chat/completions", [token],
                    host: "gateway.lan:\(setup.gateway.port)")
                try #expect(setup.exchange(allowed).status == 200)
                let other = request(
                    setup, "/v1/chat/completions", [token], host: "other.lan:\(setup.gateway.port)")
                try #expect(setup.exchange(other).status != 200)
                #expect(setup.upstream.seen.requests.count == 1)
            }
        }

        @Test(
            "a foreign Origin is 403 even with the token",
            arguments: [
                "https://evil.example", "null", "http://127.0.0.1:1",
                "http://localhost.evil.example:«PORT»",
                "http://evil.example:«PORT»",
            ])
        func foreignOrigin(_ origin: String) async throws {
            try await Setup.run(script: script) { setup in
                let origin = origin.replacing("«PORT»", with: String(setup.gateway.port))
                let response = try setup.exchange(setup.request(fields: ["Origin: \(origin)"]))
                #expect(response.status == 403)
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("no answer carries a CORS header", arguments: ["OPTIONS", "POST", "GET"])
        func noCORS(_ method: String) async throws {
            try await Setup.run(script: script) { setup in
                let fields = [
                    "Origin: https://evil.example", "Access-Control-Request-Method: POST",
                ]
                let response = try setup.exchange(
                    setup.message(method, "/v1/models", fields: fields))
                #expect(
                    !response.fields.contains { $0.name.lowercased().hasPrefix("access-control") })
                #expect(response.status >= 400)
            }
        }

        @Test(
            "health needs no token and says ok and nothing else",
            arguments: ["/healthz", "/health", "/healthz?x=1"])
        func health(_ target: String) async throws {
            try await Setup.run(script: script) { setup in
                let host = "Host: 127.0.0.1:\(setup.gateway.port)"
                let response = try setup.exchange(setup.raw("GET \(target) HTTP/1.1", [host]))
                #expect(response.status == 200)
                // As bare text or as JSON.
                #expect(
                    ["ok", #"{"status":"ok"}"#].contains(response.text.filter { !$0.isWhitespace }))
            }
        }

        private func request(
            _ setup: Setup, _ target: String, _ fields: [String], host: String? = nil
        ) -> [UInt8] {
            let body = setup.wire.body(model: "agentroute-heavy")
            let host = "Host: \(host ?? "127.0.0.1:\(setup.gateway.port)")"
            return setup.raw(
                "POST \(target) HTTP/1.1", [host] + fields + ["Content-Length: \(body.count)"], body
            )
        }
    }
}
