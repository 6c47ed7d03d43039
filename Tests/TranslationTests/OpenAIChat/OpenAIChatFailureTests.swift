import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Chat failures")
struct OpenAIChatFailureTests {
    private struct Case: CustomTestStringConvertible {
        var status: Int
        var body: String
        var kind: ProviderFailure.Kind
        var message: String

        init(_ status: Int, _ body: String, _ kind: ProviderFailure.Kind, _ message: String) {
            self.status = status
            self.body = body
            self.kind = kind
            self.message = message
        }

        var testDescription: String { body }
    }

    private static let cases: [Case] = [
        Case(
            400,
            #"{"error":{"message":"bad","type":"invalid_request_error","param":"x","code":null}}"#,
            .invalidRequest, "bad"),
        Case(
            401,
            #"{"error":{"message":"key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            .authentication, "key"),
        Case(
            429,
            #"{"error":{"message":"q","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            .quota, "q"),
        Case(429, #"{"error":{"message":"slow","type":"requests"}}"#, .rateLimit, "slow"),
        Case(
            404,
            #"{"error":{"message":"none","type":"invalid_request_error","code":"model_not_found"}}"#,
            .notFound, "none"),
        Case(
            402, #"{"error":{"message":"no credit","code":402},"user_id":"u"}"#, .billing,
            "no credit"),
        Case(
            502,
            #"{"error":{"message":"Provider returned error","code":502,"metadata":{"provider_name":"P","raw":"it broke"}}}"#,
            .server, "Provider returned error: it broke"),
        Case(
            400,
            #"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"prompt is too long: 212345 tokens > 200000 maximum\"}}"}}}"#,
            .contextOverflow(tokens: 212_345, limit: 200_000),
            "Provider returned error: prompt is too long: 212345 tokens > 200000 maximum"),
        Case(
            400,
            #"{"error":{"message":"This endpoint's maximum context length is 200000 tokens. However, you requested about 212345 tokens.","code":400}}"#,
            .contextOverflow(tokens: 212_345, limit: 200_000),
            "This endpoint's maximum context length is 200000 tokens. However, you requested about 212345 tokens."
        ),
        Case(
            400, #"{"error":{"message":"long","code":"context_length_exceeded"}}"#,
            .contextOverflow(tokens: nil, limit: nil), "long"),
        Case(
            403, #"{"error":{"message":"flagged","code":403,"metadata":{"reasons":["x"]}}}"#,
            .contentPolicy, "flagged"),
        Case(
            422, #"{"detail":[{"loc":["body"],"msg":"field required"},{"msg":"too"}]}"#,
            .invalidRequest, "field required; too"),
        Case(404, #"{"detail":"Not Found"}"#, .notFound, "Not Found"),
        Case(500, #"{"message":"boom"}"#, .server, "boom"),
        Case(503, #"{"error":"model is loading"}"#, .overloaded, "model is loading"),
        Case(
            200, #"{"error":{"message":"rate","code":429}}"#, .rateLimit, "rate"),
        Case(413, "too big", .tooLarge, "too big"),
        Case(
            413, #"{"error":{"message":"tokens per minute","code":"rate_limit_exceeded"}}"#,
            .tooLarge, "tokens per minute"),
        Case(
            400,
            #"[{"error":{"code":400,"message":"The input token count (1200) exceeds the maximum number of tokens allowed (1048).","status":"INVALID_ARGUMENT"}}]"#,
            .contextOverflow(tokens: 1200, limit: 1048),
            "The input token count (1200) exceeds the maximum number of tokens allowed (1048)."),
        Case(524, "<title>A timeout occurred</title>", .timeout, "A timeout occurred"),
        Case(504, "", .timeout, "the provider failed with status 504 and no word"),
        Case(
            502, "<html><head><TITLE>502 Bad Gateway</TITLE></head></html>", .server,
            "502 Bad Gateway"),
    ]

    @Test("every shape of error keeps its words and gets its kind", arguments: cases)
    private func decode(_ one: Case) {
        let body = try? Chat.json(one.body)
        let failure = Chat.codec.decodeFailure(status: one.status, body: body, text: one.body)
        #expect(failure.kind == one.kind)
        #expect(failure.message == one.message)
        #expect(failure.status == (one.status == 200 ? 429 : one.status))
    }

    @Test("an overflow that a server calls its own failure has the status clients act on")
    func overflowStatus() throws {
        let body = #"{"error":{"message":"the request exceeds the available context size"}}"#
        for status in [422, 500] {
            let failure = Chat.codec.decodeFailure(
                status: status, body: try Chat.json(body), text: body)
            #expect(failure.status == 400)
        }
    }

    @Test("type, code and param are the provider's")
    func words() throws {
        let body = #"{"error":{"message":"m","type":"t","code":"c","param":"p"}}"#
        let failure = Chat.codec.decodeFailure(status: 400, body: try Chat.json(body), text: body)
        #expect(failure.type == "t" && failure.code == "c" && failure.param == "p")
    }

    @Test(
        "a client reads OpenAI's words",
        arguments: [
            (
                ProviderFailure.Kind.authentication, "authentication_error",
                "invalid_api_key" as String?
            ),
            (.rateLimit, "rate_limit_error", "rate_limit_exceeded"),
            (.quota, "insufficient_quota", "insufficient_quota"),
            (.billing, "insufficient_quota", "insufficient_quota"),
            (.notFound, "not_found_error", "model_not_found"),
            (.server, "server_error", nil),
        ])
    func encode(kind: ProviderFailure.Kind, type: String, code: String?) {
        let failure = ProviderFailure(kind, status: 400, message: "m")
        let body = Chat.codec.encodeFailure(failure, requestID: "r")
        #expect(
            body == [
                "error": [
                    "message": "m", "type": .string(type), "param": nil,
                    "code": code.map { .string($0) } ?? .null,
                ]
            ])
    }

    @Test(
        "an overflow is told in OpenAI's sentence where the provider's has no word of the context",
        arguments: [
            (
                "prompt is too long: 9 tokens > 8 maximum", 9 as Int?,
                "This model's maximum context length is 8 tokens. However, your messages resulted "
                    + "in 9 tokens. prompt is too long: 9 tokens > 8 maximum"
            ),
            (
                "Prompt is too long", nil,
                "Your input exceeds the context window of this model. Prompt is too long"
            ),
            ("Over the Context window", 9, "Over the Context window"),
        ])
    func overflow(message: String, tokens: Int?, told: String) {
        let kind = ProviderFailure.Kind.contextOverflow(
            tokens: tokens, limit: tokens.map { $0 - 1 })
        let failure = ProviderFailure(kind, status: 400, message: message)
        let error = Chat.codec.encodeFailure(failure, requestID: "r")["error"]
        #expect(error?["message"]?.string == told)
        #expect(error?["code"] == "context_length_exceeded")
        #expect(error?["type"] == "invalid_request_error")
    }
}
