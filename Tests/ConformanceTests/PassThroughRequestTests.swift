import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("pass-through: the request")
    struct PassThroughRequest {
        @Test(
            "the provider receives the client's body with only the model changed",
            arguments: ModelBody.all)
        func onlyTheModelChanges(_ body: ModelBody) async throws {
            try await Setup.run(.messages, script: { _ in [Answer.plain("{}")] }) { setup in
                let request = setup.message("POST", "/v1/messages", body: body.sent)
                try #expect(setup.exchange(request).status == 200)
                #expect(setup.upstream.seen.requests.map(\.body) == [body.expected])
            }
        }

        @Test("each wire's body reaches its provider, at its path", arguments: WireCase.all)
        func everyWire(_ wire: WireCase) async throws {
            try await Setup.run(wire, script: { _ in [Answer.plain(wire.answer)] }) { setup in
                try #expect(setup.exchange(setup.request()).status == 200)
                let request = try #require(setup.upstream.seen.requests.first)
                #expect(request.method == "POST")
                #expect(request.target == wire.upstreamTarget)
                #expect(request.body == wire.body(model: wire.upstreamModel))
                #expect(request.value("content-length") == String(request.body.count))
            }
        }

        @Test("a large body arrives unchanged, also when it is sent chunked")
        func largeBody() async throws {
            let text = String(repeating: #"line \"of\" text\n\u00e9 "#, count: 40_000)
            let json = #"{"a":"\#(text)","model":"agentroute-heavy"}"#
            let expected = json.replacing("agentroute-heavy", with: "vendor/big")
            try await Setup.run(.chat, script: { _ in [Answer.plain("{}")] }) { setup in
                let path = "/v1/chat/completions"
                try #expect(
                    setup.exchange(setup.message("POST", path, body: Array(json.utf8))).status
                        == 200)
                let parts = stride(from: 0, to: json.utf8.count, by: 4_099).map { start in
                    let part = json.utf8.dropFirst(start).prefix(4_099)
                    return Answer.chunk(String(decoding: part, as: UTF8.self))
                }
                let chunked =
                    setup.message(
                        "POST", path, fields: ["Transfer-Encoding: chunked"])
                    + Array((parts.joined() + "0\r\n\r\n").utf8)
                try #expect(setup.exchange(chunked).status == 200)
                let requests = setup.upstream.seen.requests
                #expect(requests.map(\.body) == [Array(expected.utf8), Array(expected.utf8)])
                #expect(requests.allSatisfy { $0.value("transfer-encoding") == nil })
            }
        }

        @Test("end-to-end headers go on in the client's order and case", arguments: WireCase.all)
        func headersInOrder(_ wire: WireCase) async throws {
            let fields = [
                "ACCEPT: application/json", "X-Stainless-Retry-Count: 0",
                "content-type: application/json",
                "User-Agent: claude-cli/2.1.327 (external, sdk-cli)", "x-Custom: one",
                "anthropic-beta: a-1,b-2",
                "X-CUSTOM: two", "anthropic-version: 2023-06-01", "x-empty:", "session-id: 0;\"q\"",
                "X-Forwarded-For: 10.1.1.1", "x-latin: caf\u{e9}", "x-inner: a\t b   c",
            ]
            try await Setup.run(wire, script: { _ in [Answer.plain(wire.answer)] }) { setup in
                try #expect(setup.exchange(setup.request(fields: fields)).status == 200)
                let request = try #require(setup.upstream.seen.requests.first)
                let ours: Set = ["host", "content-length", "accept-encoding", wire.keyHeader]
                let passed = request.fields.filter { !ours.contains($0.name.lowercased()) }
                let expected = fields.map { field in
                    let parts = field.split(
                        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    return HTTPField(String(parts[0]), String(parts[1].drop { $0 == " " }))
                }
                #expect(passed == expected)
            }
        }

        @Test(
            "credentials are exchanged: the client's never reach the provider",
            arguments: WireCase.all)
        func credentials(_ wire: WireCase) async throws {
            let headers = [
                "Authorization: Bearer ", "x-api-key: ", "X-Goog-Api-Key: ",
                "authorization: bearer ",
            ]
            for header in headers {
                try await Setup.run(wire, script: { _ in [Answer.plain(wire.answer)] }) { setup in
                    let fields = [
                        "Host: localhost:\(setup.gateway.port)", header + setup.gateway.token,
                        "Proxy-Authorization: Basic c2VjcmV0", "Cookie: sid=c2VjcmV0",
                        "api-key: c2VjcmV0",
                    ]
                    let body = wire.body(model: "agentroute-heavy")
                    let length = "Content-Length: \(body.count)"
                    let request = setup.raw("POST \(wire.target) HTTP/1.1", fields + [length], body)
                    try #expect(setup.exchange(request).status == 200)
                    let seen = try #require(setup.upstream.seen.requests.first)
                    let text = String(decoding: seen.head, as: UTF8.self)
                    #expect(!text.contains(setup.gateway.token) && !text.contains("c2VjcmV0"))
                    #expect(seen.fields.values(wire.keyHeader) == [wire.keyPrefix + Setup.key])
                }
            }
        }

        @Test("a key in the query never reaches the provider, and the rest of the query does")
        func keyInQuery() async throws {
            let target = "/v1beta/models/agentroute-heavy:generateContent?key=SECRET&alt=json"
            try await Setup.run(.gemini, script: { _ in [Answer.plain("{}")] }) { setup in
                try #expect(setup.exchange(setup.request(target: target)).status == 200)
                let seen = try #require(setup.upstream.seen.requests.first)
                #expect(seen.target == "/base/v1beta/models/big-1:generateContent?alt=json")
            }
        }

        @Test("hop-by-hop headers and those a browser adds stay here")
        func droppedHeaders() async throws {
            let fields = [
                "Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5",
                "Proxy-Connection: x",
                "TE: trailers", "Trailer: X-T", "Upgrade: h2c", "Expect: 100-continue",
                "Referer: http://x/",
                "Sec-Fetch-Mode: cors", "sec-ch-ua: x", "Accept-Encoding: gzip, br", "Cookie: a=b",
                "x-kept: 1",
            ]
            try await Setup.run(script: { _ in [Answer.plain("{}")] }) { setup in
                try #expect(setup.exchange(setup.request(fields: fields)).status == 200)
                let seen = try #require(setup.upstream.seen.requests.first)
                #expect(
                    Set(seen.fields.map { $0.name.lowercased() })
                        == ["host", "authorization", "content-length", "accept-encoding", "x-kept"])
                #expect(seen.fields.values("accept-encoding") == ["identity"])
                #expect(seen.fields.values("host") == ["127.0.0.1:\(setup.upstream.port)"])
            }
        }

        @Test("the provider's configured headers set or override the client's")
        func configuredHeaders() async throws {
            let options = Setup.Options(
                providerExtras: #", "headers": {"x-team": "a", "X-New": "b"}"#)
            try await Setup.run(options: options, script: { _ in [Answer.plain("{}")] }) { setup in
                let fields = ["X-Team: client", "x-other: c"]
                try #expect(setup.exchange(setup.request(fields: fields)).status == 200)
                let seen = try #require(setup.upstream.seen.requests.first)
                #expect(seen.fields.values("x-team") == ["a"])
                #expect(seen.fields.values("x-new") == ["b"])
                #expect(seen.fields.values("x-other") == ["c"])
            }
        }

        @Test("count_tokens passes through like a turn")
        func countTokens() async throws {
            try await Setup.run(.messages, script: { _ in [Answer.plain(#"{"input_tokens":3}"#)] })
            { setup in
                let response = try setup.exchange(
                    setup.request(target: "/v1/messages/count_tokens?beta=true"))
                #expect(response.text == #"{"input_tokens":3}"#)
                let seen = try #require(setup.upstream.seen.requests.first)
                #expect(seen.target == "/base/v1/messages/count_tokens?beta=true")
                #expect(seen.body == WireCase.messages.body(model: "vendor/big"))
            }
        }
    }
}

/// A body with `«M»` where the model's value stands.
struct ModelBody: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let text: String
    /// The JSON string the client writes.
    private let model: String

    private init(_ testDescription: String, _ text: String, model: String = #""agentroute-heavy""#)
    {
        self.testDescription = testDescription
        self.text = text
        self.model = model
    }

    var sent: [UInt8] { Array(text.replacing("«M»", with: model).utf8) }
    var expected: [UInt8] { Array(text.replacing("«M»", with: #""vendor/big""#).utf8) }

    static let all: [ModelBody] = [
        .init("nothing else", #"{"model":«M»}"#),
        .init("model last", #"{"z":1,"a":[1,2],"model":«M»}"#),
        .init("key order", #"{"z":1,"model":«M»,"a":{"y":1,"b":2}}"#),
        .init(
            "odd white space", "\r\n\t { \"a\" :\t[ 1 , 2 ]\r\n,\n \"model\"  :\n\t «M» \r\n } \n\n"
        ),
        .init("escapes", #"{"a":"\/\\\"\b\f\n\r\t\u0041\ud83d\ude00\u00E9","model":«M»}"#),
        .init("a lone surrogate", #"{"a":"\ud800","model":«M»}"#),
        .init("an escaped key", #"{"a":1,"mod\u0065l":«M»}"#),
        .init("an escaped value", #"{"a":1,"model":«M»}"#, model: #""agent\u0072oute-heavy""#),
        .init("unicode", #"{"é😀":"漢字 \#u{2028}","model":«M»}"#),
        .init(
            "numbers beyond Double",
            #"{"a":123456789012345678901234567890,"b":1e400,"c":-0.0,"d":1.10,"e":1E+02,"model":«M»}"#
        ),
        .init(
            "a duplicate model key: the last wins",
            #"{"model":"agentroute-fast","x":1,"model":«M»}"#),
        .init("other duplicate keys", #"{"a":1,"a":2,"model":«M»,"a":3}"#),
        .init(
            "nested model keys", #"{"m":{"model":"agentroute-fast"},"model":«M»,"n":[{"model":1}]}"#
        ),
        .init("model text in a string", #"{"a":"\"model\":\"agentroute-fast\"","model":«M»}"#),
        .init("empty things", #"{"":"","a":{},"b":[],"c":null,"d":true,"e":false,"model":«M»}"#),
        .init(
            "deep nesting",
            #"{"a":"# + String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
                + #","model":«M»}"#),
        .init(
            "a tag of the context window", #"{"model":«M»,"a":1}"#,
            model: #""agentroute-heavy[1m]""#),
    ]
}
