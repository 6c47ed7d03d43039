import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("translation between wires")
    struct Translated {
        /// A client's wire and a provider's, which differ.
        struct Pair: CustomTestStringConvertible {
            let client: WireCase
            let provider: WireCase
            var testDescription: String { "\(client.wire.rawValue) to \(provider.wire.rawValue)" }

            static let all = WireCase.all.flatMap { client in
                WireCase.all.filter { $0.wire != client.wire }.map {
                    Pair(client: client, provider: $0)
                }
            }
        }

        @Test("every client is answered by a provider of any wire, streamed", arguments: Pair.all)
        func streamed(_ pair: Pair) async throws {
            let script = Self.stream(of: pair.provider)
            try await Setup.run(pair.provider, script: script) { setup in
                let response = try setup.exchange(Self.request(setup, pair.client, streams: true))
                #expect(response.status == 200 && response.end == .complete, "\(response.text)")
                #expect(response.value("content-type")?.hasPrefix("text/event-stream") == true)
                #expect(response.text.contains("hé"), "\(response.text)")
                #expect(response.text.contains(pair.client.terminal), "\(response.text)")
                let record = try #require(setup.gateway.awaitRecords(1).first)
                #expect(record.outcome == .ok && record.wire == pair.client.wire)
                #expect(record.usage?.output == 7)
            }
        }

        @Test("every client is answered by a provider of any wire, whole", arguments: Pair.all)
        func whole(_ pair: Pair) async throws {
            let answer = pair.provider.answer
            try await Setup.run(pair.provider, script: { _ in [Answer.plain(answer)] }) { setup in
                let response = try setup.exchange(Self.request(setup, pair.client, streams: false))
                #expect(response.status == 200, "\(response.text)")
                #expect(response.value("content-type") == "application/json")
                let body = try JSONValue.parse(response.body)
                #expect(response.text.contains("hé"))
                #expect(Self.outputTokens(body, pair.client.wire) == 7, "\(response.text)")
            }
        }

        @Test("nothing of the client's head or key reaches the provider", arguments: Pair.all)
        func credentials(_ pair: Pair) async throws {
            let script = Self.stream(of: pair.provider)
            try await Setup.run(pair.provider, script: script) { setup in
                _ = try setup.exchange(
                    Self.request(
                        setup, pair.client, streams: true,
                        fields: ["anthropic-beta: x", "X-Stainless-Lang: js", "Cookie: a=b"]))
                let request = try #require(setup.upstream.seen.requests.first)
                let head = String(decoding: request.head, as: UTF8.self)
                #expect(!head.contains(setup.gateway.token) && !head.contains("Cookie"))
                #expect(!head.lowercased().contains("stainless"))
                #expect(
                    request.value(pair.provider.keyHeader) == pair.provider.keyPrefix + Setup.key)
                #expect(request.value("content-type") == "application/json")
                #expect((try? JSONValue.parse(request.body)) != nil)
            }
        }

        @Test("a stream cut at any byte is an error of the client's wire, never an end")
        func everyCut() async throws {
            let stream = Array(Answer.stream(WireCase.chat.events).utf8)
            let head = Answer.streamHead.utf8.count
            let script: FakeUpstream.Script = { request in
                [.bytes(Array(stream[..<(head + request.ordinal)])), .close]
            }
            try await Setup.run(.chat, script: script) { setup in
                for cut in head..<stream.count {
                    let response = try setup.exchange(
                        Self.request(setup, .messages, streams: true))
                    let isError =
                        response.status >= 500 || response.text.contains("event: error\n")
                    let looksFinished = response.text.contains("message_stop")
                    guard !isError || looksFinished else { continue }
                    // From the end of [DONE] on the answer is whole.
                    let sent = String(decoding: stream[..<cut], as: UTF8.self)
                    if sent.contains("[DONE]\n\n"), looksFinished { continue }
                    Issue.record("cut at \(cut - head): \(response.status) \(response.text)")
                    return
                }
            }
        }

        @Test("an error right behind text is an event of the stream, whatever came in one read")
        func errorBehindText() async throws {
            let text = Answer.stream([
                "data: {\"choices\":[{\"delta\":{\"content\":\"so far\"}}]}\n\n",
                "data: {\"error\":{\"message\":\"overloaded\",\"code\":529}}\n\n",
            ])
            for client in [WireCase.messages, .responses, .gemini] {
                try await Setup.run(.chat, script: { _ in [.text(text)] }) { setup in
                    let response = try setup.exchange(Self.request(setup, client, streams: true))
                    #expect(response.status == 200 && response.text.contains("so far"))
                    #expect(response.text.contains("overloaded"), "\(response.text)")
                    let whole = try setup.exchange(Self.request(setup, client, streams: false))
                    #expect(whole.status >= 400, "\(whole.text)")
                }
            }
        }

        @Test("a provider's error keeps its status, its words and when to come back")
        func providerError() async throws {
            let body = #"{"error":{"code":429,"message":"slow down, lab","metadata":{}}}"#
            let steps = [
                Answer.plain(body, status: "429 Too Many Requests", fields: ["Retry-After: 17"])
            ]
            try await Setup.run(.chat, script: { _ in steps }) { setup in
                let response = try setup.exchange(Self.request(setup, .messages, streams: true))
                #expect(response.status == 429 && response.value("retry-after") == "17")
                let error = try JSONValue.parse(response.body)["error"]
                #expect(error?["type"] == "rate_limit_error")
                #expect(error?["message"]?.string?.contains("slow down, lab") == true)
                #expect(setup.gateway.awaitRecords(1).first?.error == "upstream_rate_limit")
            }
        }

        @Test("a context overflow is told in words the client can act on")
        func overflow() async throws {
            let words =
                "This endpoint's maximum context length is 8192 tokens. However, you requested about 9001 tokens"
            let body = #"{"error":{"code":400,"message":"\#(words)"}}"#
            let steps = [Answer.plain(body, status: "400 Bad Request")]
            try await Setup.run(.chat, script: { _ in steps }) { setup in
                let response = try setup.exchange(Self.request(setup, .messages, streams: true))
                let error = try JSONValue.parse(response.body)["error"]
                #expect(response.status == 400 && error?["type"] == "invalid_request_error")
                #expect(error?["message"] == "prompt is too long: 9001 tokens > 8192 maximum")
            }
        }

        @Test("a 200 that holds an error, or no answer, is an error with a status")
        func errorBehind200() async throws {
            for body in [#"{"error":{"message":"no credit","code":402}}"#, "<html>", "{}", "[]"] {
                try await Setup.run(.chat, script: { _ in [Answer.plain(body)] }) { setup in
                    for streams in [true, false] {
                        let response = try setup.exchange(
                            Self.request(setup, .messages, streams: streams))
                        #expect(response.status >= 400, "\(body): \(response.text)")
                    }
                }
            }
        }

        @Test("a page in the place of an answer is told by its title", arguments: Pair.all)
        func page(_ pair: Pair) async throws {
            let body = "<html><head><title>Sign in</title></head></html>"
            try await Setup.run(pair.provider, script: { _ in [Answer.plain(body)] }) { setup in
                let response = try setup.exchange(Self.request(setup, pair.client, streams: true))
                try DialectError.expect(response, status: 502, wire: pair.client.wire)
                let message = try JSONValue.parse(response.body)["error"]?["message"]?.string
                #expect(message?.contains("no JSON but a page (") == true, "\(response.text)")
                #expect(message?.hasSuffix(": Sign in") == true, "\(response.text)")
            }
        }

        @Test("a fault in the request is told with its path, and nothing is sent")
        func badRequest() async throws {
            try await Setup.run(.chat, script: { _ in [] }) { setup in
                let body =
                    #"{"model":"agentroute-heavy","max_tokens":8,"messages":[{"role":"user","content":[{"type":"image","source":7}]}]}"#
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages", body: Array(body.utf8)))
                #expect(response.status == 400)
                #expect(response.text.contains("messages.0.content.0.source"), "\(response.text)")
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("what is lost is listed; a strict provider refuses it by name")
        func degradations() async throws {
            let body =
                #"{"model":"agentroute-heavy","max_tokens":8,"top_k":5,"messages":[{"role":"user","content":"hi"}]}"#
            let answer = WireCase.chat.answer
            try await Setup.run(.chat, script: { _ in [Answer.plain(answer)] }) { setup in
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages", body: Array(body.utf8)))
                #expect(response.value("x-agentroute-degraded") == "top_k")
                #expect(setup.gateway.awaitRecords(1).first?.degraded == ["top_k"])
            }
            var options = Setup.Options()
            options.providerExtras = #", "strict": true"#
            try await Setup.run(.chat, options: options, script: { _ in [] }) { setup in
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages", body: Array(body.utf8)))
                #expect(response.status == 400 && response.text.contains("top_k"))
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("tokens are counted for a provider that has no counter, and the answer says so")
        func localCount() async throws {
            try await Setup.run(.chat, script: { _ in [] }) { setup in
                let body =
                    #"{"model":"agentroute-heavy","messages":[{"role":"user","content":"one two three"}]}"#
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages/count_tokens", body: Array(body.utf8)))
                #expect(response.status == 200)
                #expect(response.value("x-agentroute-token-count") == "estimate")
                let tokens = try JSONValue.parse(response.body)["input_tokens"]?.int ?? 0
                #expect((1...40).contains(tokens))
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test("a provider's own counter is asked where there is one")
        func providerCount() async throws {
            let steps = [Answer.plain(#"{"totalTokens":31}"#)]
            try await Setup.run(.gemini, script: { _ in steps }) { setup in
                let body =
                    #"{"model":"agentroute-heavy","messages":[{"role":"user","content":"one"}]}"#
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages/count_tokens", body: Array(body.utf8)))
                #expect(try JSONValue.parse(response.body) == ["input_tokens": 31])
                #expect(response.value("x-agentroute-token-count") == "provider")
                let target = setup.upstream.seen.requests.first?.target
                #expect(target == "/base/v1beta/models/big-1:countTokens")
            }
        }

        @Test("where a provider of the client's wire has no counter, the gateway counts")
        func countInstead() async throws {
            let steps = [Answer.plain("{}", status: "404 Not Found")]
            try await Setup.run(.messages, script: { _ in steps }) { setup in
                let body =
                    #"{"model":"agentroute-heavy","messages":[{"role":"user","content":"one two"}]}"#
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages/count_tokens", body: Array(body.utf8)))
                #expect(response.status == 200, "\(response.text)")
                #expect(response.value("x-agentroute-token-count") == "estimate")
            }
        }

        @Test("reasoning that another provider issued does not reach one of the client's own wire")
        func foreignSeal() async throws {
            let plain = Answer.plain(WireCase.messages.answer)
            let reasoning = Answer.stream([
                #"data: {"id":"c","choices":[{"index":0,"delta":{"reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"s","index":0}]}}]}"#
                    + "\n\n",
                #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}"#
                    + "\n\ndata: [DONE]\n\n",
            ])
            let script: FakeUpstream.Script = { request in
                request.target.hasPrefix("/base/v1/chat") ? [.text(reasoning)] : [plain]
            }
            let sealed = try await Setup.run(.chat, script: script) { setup in
                let response = try setup.exchange(Self.request(setup, .messages, streams: true))
                let start = try #require(response.text.firstRange(of: "AgentRouteSeal1"))
                return String(response.text[start.lowerBound...].prefix { $0 != "\"" })
            }
            try await Setup.run(.messages, script: script) { setup in
                let body =
                    #"{"model":"agentroute-heavy","max_tokens":8,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"\#(sealed)"},{"type":"text","text":"x"}]},{"role":"user","content":"b"}]}"#
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages", body: Array(body.utf8)))
                #expect(response.status == 200)
                #expect(response.value("x-agentroute-degraded") == "reasoning")
                let sent = try #require(setup.upstream.seen.requests.first).text
                #expect(!sent.contains("thinking") && sent.contains(#"{"type":"text","text":"x"}"#))
                #expect(sent.contains("vendor/big"))
            }
        }

        @Test("a large request is translated beside the loop, with the same result")
        func largeRequest() async throws {
            let script = Self.stream(of: .chat)
            try await Setup.run(.chat, script: script) { setup in
                let text = String(repeating: "word ", count: 40_000)
                let body =
                    #"{"model":"agentroute-heavy","max_tokens":8,"stream":true,"messages":[{"role":"user","content":"\#(text)"}]}"#
                let response = try setup.exchange(
                    setup.message("POST", "/v1/messages", body: Array(body.utf8)))
                #expect(response.text.contains("message_stop"))
                let sent = try JSONValue.parse(setup.upstream.seen.requests[0].body)
                #expect(sent["messages"]?.array?.first?["content"]?.string == text)
            }
        }

        @Test("a client that leaves takes the provider's connection with it")
        func hangUp() async throws {
            let start = Answer.streamHead + Answer.chunk(WireCase.chat.events[1])
            try await Setup.run(.chat, script: { _ in [.text(start), .stallUntilClosed] }) {
                setup in
                let client = try setup.client()
                client.send(Self.request(setup, .messages, streams: true))
                _ = client.read(until: "hé")
                client.close()
                #expect(setup.upstream.awaitPeerClosed())
                #expect(setup.gateway.awaitRecords(1).first?.outcome == .clientGone)
            }
        }

        @Test("a comment of the provider's is a sign of life in the client's own words")
        func comments() async throws {
            let goOn = Gate()
            let steps: [FakeUpstream.Step] = [
                .text(Answer.streamHead + Answer.chunk(": PROCESSING\n\n")), .wait(until: goOn),
            ]
            try await Setup.run(.chat, script: { _ in steps }) { setup in
                let client = try setup.client()
                defer { client.close() }
                client.send(Self.request(setup, .messages, streams: true))
                #expect(client.read(until: "event: ping") != nil)
                goOn.open()
            }
        }

        @Test("a connection is used again after a translated answer")
        func reuse() async throws {
            try await Setup.run(.chat, script: Self.stream(of: .chat)) { setup in
                for _ in 0..<3 {
                    _ = try setup.exchange(Self.request(setup, .messages, streams: true))
                }
                #expect(setup.upstream.seen.connectionCount == 1)
            }
        }

        @Test("a slow client holds the provider back")
        func backPressure() async throws {
            let piece = String(repeating: "x", count: 8000)
            let event =
                #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"\#(piece)"}}]}"#
                + "\n\n"
            let steps =
                [FakeUpstream.Step.text(Answer.streamHead)]
                + Array(repeating: .text(Answer.chunk(event)), count: 4000)
            try await Setup.run(.chat, script: { _ in steps }) { setup in
                let client = try setup.client(receiveBuffer: 4096)
                defer { client.close() }
                client.send(Self.request(setup, .messages, streams: true))
                #expect(setup.upstream.awaitStall())
                #expect(setup.upstream.seen.bytesWritten < 8_000_000)
            }
        }

        // MARK: Requests

        private static func stream(of wire: WireCase) -> FakeUpstream.Script {
            let text = Answer.stream(wire.events)
            return { _ in [.text(text)] }
        }

        private static func request(
            _ setup: Setup, _ client: WireCase, streams: Bool, fields: [String] = []
        ) -> [UInt8] {
            var body = String(decoding: client.body(model: "agentroute-heavy"), as: UTF8.self)
            var target = client.target
            if client.wire == .gemini {
                if !streams { target = "/v1beta/models/agentroute-heavy:generateContent" }
            } else if streams {
                body.insert(contentsOf: #""stream":true,"#, at: body.index(after: body.startIndex))
            }
            return setup.message("POST", target, fields: fields, body: Array(body.utf8))
        }

        private static func outputTokens(_ body: JSONValue, _ wire: Wire) -> Int? {
            switch wire {
            case .openAIChat: body["usage"]?["completion_tokens"]?.int
            case .gemini: body["usageMetadata"]?["candidatesTokenCount"]?.int
            default: body["usage"]?["output_tokens"]?.int
            }
        }
    }
}
