import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("one model of the list")
    struct Models {
        private let script: FakeUpstream.Script = { _ in [Answer.plain(WireCase.chat.answer)] }

        @Test(
            "a model that requests may name is described in the client's dialect",
            arguments: [
                ("/v1beta/models/agentroute-heavy", [], "name", "models/agentroute-heavy"),
                ("/v1/models/agentroute-heavy?x=y", [], "id", "agentroute-heavy"),
                (
                    "/v1/models/agentroute-heavy", ["anthropic-version: 2023-06-01"], "id",
                    "agentroute-heavy"
                ),
                ("/v1/models/lab/vendor/other", [], "id", "lab/vendor/other"),
                ("/v1beta/models/lab%2Fvendor%2Fother", [], "name", "models/lab/vendor/other"),
            ])
        func known(_ path: String, _ fields: [String], _ key: String, _ name: String) async throws {
            try await Setup.run(script: script) { setup in
                let response = try setup.exchange(setup.message("GET", path, fields: fields))
                #expect(response.status == 200, "\(response.text)")
                let model = try JSONValue.parse(response.body)
                #expect(model[key]?.string == name, "\(response.text)")
                let isAnthropic = model["type"] == "model" && model["created_at"] != nil
                #expect(isAnthropic == !fields.isEmpty)
                #expect((model["object"] == "model") == (fields.isEmpty && key == "id"))
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("Google's own SDK, which asks under /v1, gets the list it reads")
        func googleList() async throws {
            try await Setup.run(script: script) { setup in
                let head = "GET /v1/models?pageSize=9 HTTP/1.1"
                let fields = [
                    "Host: 127.0.0.1:\(setup.gateway.port)",
                    "x-goog-api-key: \(setup.gateway.token)",
                ]
                let list = try JSONValue.parse(setup.exchange(setup.raw(head, fields)).body)
                #expect(list["models"]?.array?.isEmpty == false)
            }
        }

        @Test("the list has what is described of each of its models")
        func list() async throws {
            try await Setup.run(script: script) { setup in
                let list = try JSONValue.parse(
                    setup.exchange(setup.message("GET", "/v1/models")).body)
                for model in list["data"]?.array ?? [] {
                    let path = "/v1/models/\(model["id"]?.string ?? "")"
                    let one = try setup.exchange(setup.message("GET", path))
                    #expect(try JSONValue.parse(one.body) == model)
                }
            }
        }

        @Test(
            "an unknown model is 404 in the client's dialect",
            arguments: [
                ("/v1beta/models/gemini-2.5-pro", [], Wire.gemini),
                ("/v1/models/gpt-5", [], .openAIChat),
                ("/v1/models/gpt-5", ["anthropic-version: 2023-06-01"], .anthropicMessages),
                ("/v1/models/nowhere/m", [], .openAIChat), ("/v1/models/", [], .openAIChat),
            ])
        func unknown(_ path: String, _ fields: [String], _ wire: Wire) async throws {
            try await Setup.run(script: script) { setup in
                let response = try setup.exchange(setup.message("GET", path, fields: fields))
                try DialectError.expect(response, status: 404, wire: wire)
            }
        }

        @Test("a model is read, with the token, and nothing else")
        func access() async throws {
            try await Setup.run(script: script) { setup in
                let path = "/v1/models/agentroute-heavy"
                let head = try setup.exchange(setup.message("HEAD", path))
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(try setup.exchange(setup.message("DELETE", path)).status == 404)
                let open = setup.raw(
                    "GET \(path) HTTP/1.1", ["Host: 127.0.0.1:\(setup.gateway.port)"])
                #expect(try setup.exchange(open).status == 401)
            }
        }
    }
}
