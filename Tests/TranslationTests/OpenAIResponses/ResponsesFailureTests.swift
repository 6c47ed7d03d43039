import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Responses failures")
struct ResponsesFailureTests {
    typealias Fixture = ResponsesFixture

    @Test(
        "a provider's refusal is understood in all shapes, and keeps its words",
        arguments: [
            (
                401,
                #"{"error":{"message":"bad key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
                ProviderFailure.Kind.authentication, "bad key"
            ),
            (
                429,
                #"{"error":{"message":"no quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
                .quota, "no quota"
            ),
            (
                429, #"{"error":{"message":"slow","code":"rate_limit_exceeded"}}"#, .rateLimit,
                "slow"
            ),
            (
                404, #"{"error":{"message":"no model","code":"model_not_found"}}"#, .notFound,
                "no model"
            ),
            (
                402, #"{"error":{"code":402,"message":"Insufficient credits"}}"#, .billing,
                "Insufficient credits"
            ),
            (
                502,
                #"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"inner\"}}","provider_name":"Acme"}}}"#,
                .server, "Provider returned error (Acme): inner"
            ),
            (
                400,
                #"{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens."}}"#,
                .contextOverflow(tokens: 130_001, limit: 128_000),
                "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens."
            ),
            (422, #"{"detail":[{"msg":"field required"}]}"#, .invalidRequest, "field required"),
            (403, #"{"detail":"no"}"#, .permission, "no"),
            (500, #"{"message":"oops"}"#, .server, "oops"),
            (
                400, #"[{"error":{"message":"bad","status":"INVALID_ARGUMENT"}}]"#, .invalidRequest,
                "bad"
            ),
            (400, #"{"error":"plain"}"#, .invalidRequest, "plain"),
            (503, "busy", .overloaded, "busy"),
            (
                504, "<html><head><title>Gateway Time-out</title></head></html>", .timeout,
                "the provider answered HTTP 504 with a page: Gateway Time-out"
            ),
            (413, "", .tooLarge, "the provider answered HTTP 413"),
        ] as [(Int, String, ProviderFailure.Kind, String)])
    func read(status: Int, body: String, kind: ProviderFailure.Kind, message: String) {
        let failure = Fixture.codec.decodeFailure(
            status: status, body: try? Fixture.json(body), text: body)
        #expect(failure.kind == kind)
        #expect(failure.message == message)
        #expect(failure.status == status)
    }

    @Test("an error in an answer of status 200 has the status of its kind")
    func errorIn200() throws {
        let body = try Fixture.json(#"{"error":{"message":"slow","code":429}}"#)
        #expect(Fixture.codec.decodeFailure(status: 200, body: body, text: "").status == 429)
        let other = try Fixture.json(#"{"error":{"message":"x"}}"#)
        #expect(Fixture.codec.decodeFailure(status: 200, body: other, text: "").status == 502)
        let request = try Fixture.json(#"{"error":{"message":"x","type":"invalid_request_error"}}"#)
        #expect(Fixture.codec.decodeFailure(status: 200, body: request, text: "").status == 400)
    }

    @Test(
        "a client is told in its own words",
        arguments: [
            (ProviderFailure.Kind.authentication, "authentication_error", "invalid_api_key"),
            (.quota, "insufficient_quota", "insufficient_quota"),
            (.billing, "insufficient_quota", "insufficient_quota"),
            (.rateLimit, "rate_limit_error", "rate_limit_exceeded"),
            (
                .contextOverflow(tokens: 2, limit: 1), "invalid_request_error",
                "context_length_exceeded"
            ),
            (.notFound, "invalid_request_error", "model_not_found"),
            (.overloaded, "server_error", "server_error"),
            (.invalidRequest, "invalid_request_error", nil),
        ] as [(ProviderFailure.Kind, String, String?)])
    func written(kind: ProviderFailure.Kind, type: String, code: String?) {
        let failure = ProviderFailure(kind, status: 400, message: "context words")
        #expect(
            Fixture.codec.encodeFailure(failure, requestID: "r") == [
                "error": [
                    "message": "context words", "type": .string(type), "param": nil,
                    "code": code.map { .string($0) } ?? nil,
                ]
            ])
    }

    @Test(
        "in a stream, the code ends the turn for what would fail again",
        arguments: [
            (ProviderFailure.Kind.rateLimit, "rate_limit_exceeded"),
            (.contextOverflow(tokens: nil, limit: nil), "context_length_exceeded"),
            (.quota, "insufficient_quota"), (.billing, "insufficient_quota"),
            (.invalidRequest, "invalid_prompt"), (.contentPolicy, "invalid_prompt"),
            (.overloaded, "server_error"), (.timeout, "server_error"), (.server, "server_error"),
        ])
    func streamed(kind: ProviderFailure.Kind, code: String) throws {
        let failure = ProviderFailure(kind, status: 400, message: "words")
        let event = try Fixture.write([.fail(failure)]).last
        #expect(event?["response"]?["error"]?["code"] == .string(code))
    }
}
