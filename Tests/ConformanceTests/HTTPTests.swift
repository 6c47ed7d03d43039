import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("HTTP: connections, methods, access")
    struct HTTP {
        private let script: FakeUpstream.Script = { request in [Answer.plain(request.text)] }

        @Test("pipelined requests are answered each, in order")
        func pipelining() async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                let health = setup.raw(
                    "GET /healthz HTTP/1.1", ["Host: localhost:\(setup.gateway.port)"])
                let models = ["agentroute-heavy", "agentroute-balanced", "agentroute-fast"]
                client.send(models.flatMap { setup.request(model: $0) + health })
                for model in ["vendor/big", "vendor/big-b", "vendor/big-f"] {
                    #expect(client.readResponse()?.text.contains("\"\(model)\"") == true)
                    #expect(client.readResponse()?.status == 200)
                }
            }
        }

        @Test("a request may come byte by byte")
        func byteByByte() async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                for byte in setup.request() { client.send([byte]) }
                #expect(client.readResponse()?.body == setup.wire.body(model: "vendor/big"))
            }
        }

        @Test("an empty line before a request is skipped")
        func leadingEmptyLine() async throws {
            try await Setup.run(script: script) { setup in
                try #expect(setup.exchange(Array("\r\n".utf8) + setup.request()).status == 200)
            }
        }

        @Test("Connection: close is obeyed and answered")
        func connectionClose() async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                client.send(setup.request(fields: ["Connection: close"]))
                let response = try #require(client.readResponse())
                #expect(response.value("connection")?.lowercased() == "close")
                #expect(client.readUntilClosed() == [])
            }
        }

        @Test("HTTP/1.0: a stream comes without chunks and ends with the connection")
        func http10() async throws {
            let bytes = Answer.stream(WireCase.chat.events)
            try await Setup.run(.chat, script: { _ in [.text(bytes)] }) { setup in
                let client = try setup.client()
                let body = setup.wire.body(model: "agentroute-heavy")
                client.send(
                    setup.raw(
                        "POST /v1/chat/completions HTTP/1.0",
                        [
                            "Host: 127.0.0.1:\(setup.gateway.port)",
                            "x-api-key: \(setup.gateway.token)",
                            "Content-Length: \(body.count)",
                        ], body))
                let head = try #require(client.readHead())
                #expect(head.value("transfer-encoding") == nil)
                #expect(client.readBody(of: head).text == setup.wire.stream)
            }
        }

        @Test("HEAD has GET's head and no body", arguments: ["/healthz", "/health", "/v1/models"])
        func head(_ path: String) async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                client.send(setup.message("HEAD", path))
                let head = try #require(client.readResponse(toHead: true))
                client.send(setup.message("GET", path))
                let get = try #require(client.readResponse())
                #expect(head.status == 200 && get.status == 200)
                #expect(head.value("content-length") == String(get.body.count))
                #expect(head.value("content-type") == get.value("content-type"))
            }
        }

        @Test("Expect: 100-continue is answered before the body, once the head has passed")
        func expectContinue() async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                let request = setup.request(fields: ["Expect: 100-continue"])
                let body = setup.wire.body(model: "agentroute-heavy")
                client.send(Array(request.dropLast(body.count)))
                #expect(client.readHead()?.status == 100)
                #expect(setup.upstream.seen.requests.isEmpty)
                client.send(body)
                #expect(client.readResponse()?.status == 200)
            }
        }

        @Test("no 100-continue for a request that is refused by its head")
        func noContinueWhenRefused() async throws {
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                client.send(
                    setup.raw(
                        "POST /v1/chat/completions HTTP/1.1",
                        [
                            "Host: 127.0.0.1:\(setup.gateway.port)", "Content-Length: 9",
                            "Expect: 100-continue",
                        ]))
                #expect(client.readHead()?.status == 401)
            }
        }

        @Test("a wrong method is told which ones fit", arguments: MethodCase.all)
        func methodNotAllowed(_ example: MethodCase) async throws {
            try await Setup.run(script: script) { setup in
                let response = try setup.exchange(setup.message(example.method, example.path))
                #expect(response.status == 405)
                let allowed = response.value("allow")?.split(separator: ",").map { $0.trimmed }
                #expect(allowed?.contains(example.allowed) == true)
                #expect(allowed?.contains(example.method) == false)
            }
        }

        @Test(
            "an unknown path is 404",
            arguments: [
                ("/", Wire.openAIChat), ("/v1/messages/", .anthropicMessages),
                ("/v1/messages/batches", .anthropicMessages), ("/V1/chat/completions", .openAIChat),
                ("/v1/responses/x", .openAIResponses), ("/v1beta/models/x:embedContent", .gemini),
                ("/v1/chat/completions%20", .openAIChat), ("/api?x=/v1/messages", .openAIChat),
            ])
        func notFound(_ path: String, _ wire: Wire) async throws {
            try await Setup.run(script: script) { setup in
                let response = try setup.exchange(
                    setup.message("POST", path, body: setup.wire.body(model: "agentroute-heavy")))
                try DialectError.expect(response, status: 404, wire: wire)
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("the target may be in absolute form")
        func absoluteForm() async throws {
            try await Setup.run(script: script) { setup in
                let target = "http://127.0.0.1:\(setup.gateway.port)/v1/chat/completions"
                try #expect(setup.exchange(setup.request(target: target)).status == 200)
                #expect(setup.upstream.seen.requests.first?.target == "/base/v1/chat/completions")
            }
        }
    }
}

/// A method that does not fit a path, and one that does.
struct MethodCase: Sendable, CustomTestStringConvertible {
    let method: String
    let path: String
    let allowed: String

    var testDescription: String { "\(method) \(path)" }

    static let all = [
        MethodCase(method: "GET", path: "/v1/messages", allowed: "POST"),
        MethodCase(method: "PUT", path: "/v1/chat/completions", allowed: "POST"),
        MethodCase(method: "DELETE", path: "/v1/responses", allowed: "POST"),
        MethodCase(method: "OPTIONS", path: "/v1/messages", allowed: "POST"),
        MethodCase(method: "GET", path: "/v1beta/models/m:generateContent", allowed: "POST"),
        MethodCase(method: "POST", path: "/v1/models", allowed: "GET"),
        MethodCase(method: "POST", path: "/healthz", allowed: "GET"),
    ]
}

extension Substring {
    fileprivate var trimmed: String { String(self.drop { $0 == " " }) }
}
