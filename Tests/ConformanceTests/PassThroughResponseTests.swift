import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("pass-through: the response")
    struct PassThroughResponse {
        static let statuses = [
            "200 OK", "201 Created", "400 Bad Request", "402 Payment Required", "404 Not Found",
            "429 Too Many Requests", "500 Internal Server Error", "529 ",
        ]

        @Test(
            "whatever the status, the body arrives byte for byte", arguments: WireCase.all, statuses
        )
        func anyStatus(_ wire: WireCase, _ status: String) async throws {
            let body = wire.answer + "\n \u{0}\u{1}é"
            let step = Answer.plain(body, status: status, fields: ["retry-after: 7"])
            try await Setup.run(wire, script: { _ in [step] }) { setup in
                let response = try setup.exchange(setup.request())
                #expect(response.status == Int(status.prefix(3)))
                #expect(response.body == Array(body.utf8))
                #expect(response.end == .complete)
                #expect(response.value("retry-after") == "7")
                #expect(setup.upstream.seen.requests.count == 1)
            }
        }

        @Test("the provider's end-to-end headers arrive in order and case; its cookies do not")
        func headers() async throws {
            let passing = [
                "Request-Id: req_1", "X-RateLimit-Remaining: 3",
                "anthropic-ratelimit-tokens-reset: 1",
                "Retry-After: 1", "openai-processing-ms: 5", "x-should-retry: false",
                "Content-Language: en",
                "X-Twice: 1", "x-twice: 2",
            ]
            let staying = [
                "Set-Cookie: sid=1", "Connection: keep-alive, X-Hop", "X-Hop: 1",
                "Keep-Alive: timeout=9",
                "Access-Control-Allow-Origin: *",
            ]
            try await Setup.run(script: { _ in [Answer.plain("{}", fields: passing + staying)] }) {
                setup in
                let response = try setup.exchange(setup.request())
                let names = Set(passing.map { $0.split(separator: ":")[0].lowercased() })
                let passed = response.fields.filter { names.contains($0.name.lowercased()) }
                #expect(passed.map(\.description) == passing)
                #expect(response.fields.values("content-type") == ["application/json"])
                for name in ["set-cookie", "x-hop", "access-control-allow-origin"] {
                    #expect(response.value(name) == nil)
                }
                let head = String(decoding: response.head, as: UTF8.self)
                #expect(!head.contains(Setup.key))
            }
        }

        @Test("a stream arrives byte for byte, framing included", arguments: WireCase.all)
        func stream(_ wire: WireCase) async throws {
            let bytes = Answer.stream(wire.events)
            try await Setup.run(wire, script: { _ in [.text(bytes)] }) { setup in
                let response = try setup.exchange(setup.request())
                #expect(response.text == wire.stream)
                #expect(
                    response.rawBody == Array(bytes.utf8.dropFirst(Answer.streamHead.utf8.count)))
                #expect(response.end == .complete)
                #expect(response.value("content-type") == "text/event-stream")
            }
        }

        @Test(
            "wherever the network cuts a stream into pieces, its bytes are the same",
            arguments: WireCase.all)
        func everyPieceBoundary(_ wire: WireCase) async throws {
            let bytes = Array(Answer.stream(wire.events).utf8)
            let script: FakeUpstream.Script = { request in
                let cut = request.ordinal + 1
                return [
                    .bytes(Array(bytes[..<cut])), .pause(milliseconds: 1),
                    .bytes(Array(bytes[cut...])),
                ]
            }
            try await Setup.run(wire, script: script) { setup in
                let client = try setup.client()
                for cut in 1..<bytes.count {
                    client.send(setup.request())
                    let response = try #require(client.readResponse(), "cut at \(cut)")
                    guard response.text == wire.stream, response.end == .complete else {
                        Issue.record("cut at \(cut): \(response.end) \(response.text)")
                        return
                    }
                }
                #expect(setup.upstream.seen.connectionCount == 1)
            }
        }

        @Test(
            "an event is passed on when it comes, not when the next one does",
            arguments: WireCase.all)
        func noHoldingBack(_ wire: WireCase) async throws {
            let gate = Gate()
            let rest = wire.events.dropFirst().map(Answer.chunk).joined() + "0\r\n\r\n"
            let steps: [FakeUpstream.Step] = [
                .text(Answer.streamHead + Answer.chunk(wire.events[0])), .wait(until: gate),
                .text(rest),
            ]
            try await Setup.run(wire, script: { _ in steps }) { setup in
                let client = try setup.client()
                client.send(setup.request())
                #expect(client.readHead()?.status == 200)
                let first = try #require(client.read(until: wire.events[0]))
                #expect(String(decoding: first, as: UTF8.self).contains(wire.events[0]))
                gate.open()
                let end = try #require(client.read(until: "\r\n0\r\n\r\n"))
                #expect(String(decoding: end, as: UTF8.self).contains(wire.terminal))
            }
        }

        @Test("a head arrives before the first byte of its body")
        func headFirst() async throws {
            let gate = Gate()
            let steps: [FakeUpstream.Step] = [
                .text(Answer.streamHead), .wait(until: gate),
                .text(Answer.chunk("data: x\n\n") + "0\r\n\r\n"),
            ]
            try await Setup.run(script: { _ in steps }) { setup in
                let client = try setup.client()
                client.send(setup.request())
                let head = try #require(client.readHead())
                #expect(head.status == 200)
                gate.open()
                #expect(client.readBody(of: head).text == "data: x\n\n")
            }
        }

        @Test("a chunked JSON body with extensions and trailers is read whole by the client")
        func chunkedJSON() async throws {
            let head = Answer.head(
                "200 OK", ["Content-Type: application/json", "Transfer-Encoding: chunked"])
            let bytes = head + "3;ext=\"v\"\r\n{\"a\r\n4\r\n\":1}\r\n0\r\nX-Trailer: 1\r\n\r\n"
            try await Setup.run(script: { _ in [.text(bytes)] }) { setup in
                let client = try setup.client()
                for _ in 0..<2 {
                    client.send(setup.request())
                    let response = try #require(client.readResponse())
                    #expect(response.text == #"{"a":1}"#)
                    #expect(response.end == .complete)
                }
                #expect(setup.upstream.seen.connectionCount == 1)
            }
        }

        @Test(
            "responses without a body leave the connection usable",
            arguments: ["204 No Content", "304 Not Modified"])
        func bodiless(_ status: String) async throws {
            let first = FakeUpstream.Step.text(Answer.head(status, ["ETag: \"1\""]))
            let script: FakeUpstream.Script = { $0.ordinal == 0 ? [first] : [Answer.plain("{}")] }
            try await Setup.run(script: script) { setup in
                let client = try setup.client()
                client.send(setup.request())
                let response = try #require(client.readResponse())
                #expect(response.status == Int(status.prefix(3)))
                client.send(setup.request())
                #expect(client.readResponse()?.text == "{}")
                #expect(setup.upstream.seen.connectionCount == 1)
            }
        }

        @Test("interim responses of the provider are not taken for the answer")
        func interim() async throws {
            let early =
                Answer.head("103 Early Hints", ["Link: </x>"]) + Answer.head("100 Continue", [])
            let script: FakeUpstream.Script = { _ in [.text(early), Answer.plain("{}")] }
            try await Setup.run(script: script) { setup in
                let response = try setup.exchange(setup.request())
                #expect(response.status == 200)
                #expect(response.text == "{}")
            }
        }
    }
}
