import AgentRouteTesting
import AgentRouteWire
import Foundation
import Testing

extension Conformance {
    @Suite("routing")
    struct Routing {
        private let script: FakeUpstream.Script = { _ in [Answer.plain("{}")] }

        @Test(
            "an alias or provider/model becomes the provider's model",
            arguments: [
                ("agentroute-heavy", "vendor/big"), ("agentroute-balanced", "vendor/big-b"),
                ("agentroute-fast", "vendor/big-f"), ("claude-agentroute-heavy", "vendor/big"),
                ("claude-agentroute-balanced", "vendor/big-b"),
                ("claude-agentroute-fast", "vendor/big-f"),
                ("agentroute-heavy[1m]", "vendor/big"),
                ("claude-agentroute-fast[1m]", "vendor/big-f"),
                ("lab/any/model:free", "any/model:free"), ("lab/x", "x"), ("lab/a/b[1m]", "a/b"),
                ("lab/m\\u00e9", "mé"),
            ])
        func resolves(_ model: String, _ upstream: String) async throws {
            try await Setup.run(.chat, script: script) { setup in
                try #expect(setup.exchange(setup.request(model: model)).status == 200)
                let body = try #require(setup.upstream.seen.requests.first?.body)
                let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
                #expect(object?["model"] as? String == upstream)
            }
        }

        @Test(
            "Gemini's model stands in the path",
            arguments: [
                ("agentroute-fast:generateContent", "big-1-f:generateContent"),
                (
                    "agentroute-heavy:streamGenerateContent?alt=sse",
                    "big-1:streamGenerateContent?alt=sse"
                ),
                ("agentroute-balanced:countTokens", "big-1-b:countTokens"),
                ("lab/gemini-x:generateContent", "gemini-x:generateContent"),
                ("lab%2Fgemini-x:generateContent", "gemini-x:generateContent"),
                ("agentroute-heavy%5B1m%5D:generateContent", "big-1:generateContent"),
            ])
        func gemini(_ asked: String, _ upstream: String) async throws {
            try await Setup.run(.gemini, script: script) { setup in
                let target = "/v1beta/models/" + asked
                try #expect(setup.exchange(setup.request(target: target)).status == 200)
                #expect(
                    setup.upstream.seen.requests.first?.target == "/base/v1beta/models/" + upstream)
            }
        }

        @Test(
            "an unknown model is a 404 that lists the aliases, never a guess",
            arguments: WireCase.all,
            [
                "gpt-5", "agentroute-huge", "nowhere/model", "AGENTROUTE-HEAVY", "lab", "lab/",
                "/x", "[1m]",
            ])
        func unknown(_ wire: WireCase, _ model: String) async throws {
            try await Setup.run(wire, script: script) { setup in
                let target = "/v1beta/models/\(model):generateContent"
                let request = setup.request(
                    target: wire.wire == .gemini ? target : nil, model: model)
                let response = try setup.exchange(request)
                let error = try DialectError.expect(response, status: 404, wire: wire.wire)
                for alias in ["agentroute-heavy", "agentroute-balanced", "agentroute-fast"] {
                    #expect(error.message.contains(alias))
                }
                #expect(error.type == (wire.wire == .gemini ? "NOT_FOUND" : "not_found_error"))
                #expect(response.value("x-should-retry") == "false")
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test(
            "an empty name is an unknown model", arguments: [WireCase.messages, .chat, .responses])
        func empty(_ wire: WireCase) async throws {
            try await unknown(wire, "")
        }

        @Test(
            "a body without a model's name is a 400 that says so",
            arguments: [WireCase.messages, .chat, .responses],
            [
                "{}", #"{"m":{"model":"agentroute-heavy"}}"#, #"{"model":null}"#, #"{"model":7}"#,
            ])
        func missing(_ wire: WireCase, _ body: String) async throws {
            try await expectBadRequest(wire, body) { $0.contains("model") }
        }

        @Test(
            "invalid JSON is a 400 that says where", arguments: WireCase.all,
            [
                "", "{", "[]", #"{"model":"agentroute-heavy",}"#,
                #"{"model":"agentroute-heavy"} x"#,
                #"{"model":"agentroute-heavy","a":01}"#, #"{"model":"agentroute-heavy","a":"\x"}"#,
                "{\"model\":\"agentroute-heavy\",\"a\":\"\n\"}", "{'model':1}", "\u{feff}{}",
                "null",
            ])
        func invalid(_ wire: WireCase, _ body: String) async throws {
            try await expectBadRequest(wire, body) { message in
                body.isEmpty || message.contains(/(line|column|byte|offset) \d+/)
            }
        }

        @Test("GET /v1/models lists the aliases in OpenAI's shape")
        func modelsOpenAI() async throws {
            try await Setup.run(script: script) { setup in
                let response = try setup.exchange(setup.message("GET", "/v1/models?limit=1000"))
                let list = try models(response)
                #expect(list["object"] as? String == "list")
                let data = try #require(list["data"] as? [[String: Any]])
                #expect(
                    data.allSatisfy { $0["object"] as? String == "model" && $0["created"] is Int })
                let ids = Set(data.compactMap { $0["id"] as? String })
                #expect(
                    ids.isSuperset(of: [
                        "agentroute-heavy", "agentroute-balanced", "agentroute-fast",
                    ]))
            }
        }

        @Test(
            "with anthropic-version it lists them in Anthropic's shape, under names Claude Code shows"
        )
        func modelsAnthropic() async throws {
            try await Setup.run(script: script) { setup in
                let fields = ["anthropic-version: 2023-06-01"]
                let response = try setup.exchange(
                    setup.message("GET", "/v1/models?limit=1000", fields: fields))
                let list = try models(response)
                #expect(list["has_more"] as? Bool == false)
                let data = try #require(list["data"] as? [[String: Any]])
                #expect(
                    data.allSatisfy {
                        $0["type"] as? String == "model" && $0["display_name"] is String
                    })
                #expect(data.allSatisfy { $0["created_at"] is String })
                let ids = data.compactMap { $0["id"] as? String }
                #expect(ids.contains("claude-agentroute-heavy"))
                #expect(list["first_id"] as? String == ids.first)
                #expect(list["last_id"] as? String == ids.last)
            }
        }

        @Test("an upgrade to WebSocket on /v1/responses is 426")
        func upgrade() async throws {
            try await Setup.run(.responses, script: script) { setup in
                let fields = [
                    "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                ]
                let client = try setup.client()
                client.send(setup.message("GET", "/v1/responses", fields: fields))
                let response = try #require(client.readResponse())
                #expect(response.status == 426)
                #expect(response.end == .complete)
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        private func models(_ response: HTTPResponse) throws -> [String: Any] {
            #expect(response.status == 200)
            #expect(response.value("content-type")?.hasPrefix("application/json") == true)
            let object = try JSONSerialization.jsonObject(with: Data(response.body))
            return try #require(object as? [String: Any])
        }

        private func expectBadRequest(
            _ wire: WireCase, _ body: String, _ isFitting: @Sendable @escaping (String) -> Bool
        ) async throws {
            try await Setup.run(wire, script: script) { setup in
                let client = try setup.client()
                let length = body.isEmpty ? ["Content-Length: 0"] : []
                client.send(
                    setup.message("POST", wire.target, fields: length, body: Array(body.utf8)))
                let response = try #require(client.readResponse())
                let error = try DialectError.expect(response, status: 400, wire: wire.wire)
                #expect(isFitting(error.message), "\(error.message)")
                #expect(setup.upstream.seen.requests.isEmpty)
                client.send(setup.request())
                #expect(client.readResponse()?.status == 200, "the connection is lost")
            }
        }
    }
}
