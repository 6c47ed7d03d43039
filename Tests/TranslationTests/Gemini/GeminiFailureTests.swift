import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: failures")
struct GeminiFailureTests {
    private func read(_ status: Int, _ text: String) -> ProviderFailure {
        GeminiKit.codec.decodeFailure(
            status: status, body: try? GeminiKit.json(text), text: text)
    }

    @Test(
        "a failure keeps the provider's words and is told apart by them",
        arguments: [
            (
                400, #"{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}"#,
                ProviderFailure.Kind.invalidRequest, "bad"
            ),
            (
                400,
                #"{"error":{"message":"API key not valid.","status":"INVALID_ARGUMENT"}}"#,
                .authentication, "API key not valid."
            ),
            (
                400,
                """
                {"error":{"code":400,"status":"INVALID_ARGUMENT","message":"The input token count \
                (1200000) exceeds the maximum number of tokens allowed (1048576)."}}
                """, .contextOverflow(tokens: 1_200_000, limit: 1_048_576),
                "The input token count (1200000) exceeds the maximum number of tokens allowed "
                    + "(1048576)."
            ),
            (
                403, #"{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}"#,
                .permission, "no"
            ),
            (404, #"{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}"#, .notFound, "no"),
            (
                429, #"{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}"#,
                .rateLimit, "slow"
            ),
            (
                429,
                """
                {"error":{"code":429,"message":"used up","status":"RESOURCE_EXHAUSTED","details":
                [{"violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]}]}}
                """, .quota, "used up"
            ),
            (503, #"[{"error":{"message":"busy","status":"UNAVAILABLE"}}]"#, .overloaded, "busy"),
            (504, #"{"error":{"message":"late","status":"DEADLINE_EXCEEDED"}}"#, .timeout, "late"),
            (500, #"{"error":{"message":"oops","status":"INTERNAL"}}"#, .server, "oops"),
            (
                402,
                """
                {"error":{"code":402,"message":"m","metadata":{"raw":"no credit",
                "provider_name":"x"}}}
                """, .billing, "no credit"
            ),
            (401, #"{"detail":"who?"}"#, .authentication, "who?"),
            (413, #"{"message":"large"}"#, .tooLarge, "large"),
            (529, "overloaded", .overloaded, "overloaded"),
            (502, "<html><title>502 Bad Gateway</title></html>", .server, "502 Bad Gateway"),
            (418, "", .invalidRequest, "the provider answered 418"),
        ])
    func reading(status: Int, text: String, kind: ProviderFailure.Kind, message: String) {
        let failure = read(status, text)
        #expect(failure.kind == kind)
        #expect(failure.message == message)
        #expect(failure.status == status)
    }

    @Test("an error in an answer with status 200 has the status it names")
    func inside() {
        let body = #"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}"#
        let failure = read(200, body)
        #expect(failure.status == 429)
        #expect(failure.type == "RESOURCE_EXHAUSTED")
        #expect(read(200, #"{"error":{"message":"m"}}"#).status == 502)
    }

    @Test(
        "when to come back is in the body",
        arguments: [
            (#"{"@type":"RetryInfo","retryDelay":"45.837906927s"}"#, 46),
            (#"{"retryDelay":"2s"}"#, 2), (#"{"retryDelay":"-2s"}"#, nil),
            (#"{"retryDelay":"soon"}"#, nil), (#"{"retryDelay":3}"#, nil), ("3", nil),
        ])
    func retryDelay(detail: String, seconds: Int?) {
        let failure = read(
            429, #"{"error":{"code":429,"message":"m","details":[{"x":1},\#(detail)]}}"#)
        #expect(failure.retryAfter == seconds)
    }

    @Test(
        "a failure in Google's envelope",
        arguments: [
            (ProviderFailure.Kind.invalidRequest, 400, "INVALID_ARGUMENT"),
            (.contextOverflow(tokens: nil, limit: nil), 400, "INVALID_ARGUMENT"),
            (.authentication, 401, "UNAUTHENTICATED"), (.billing, 402, "FAILED_PRECONDITION"),
            (.permission, 403, "PERMISSION_DENIED"), (.notFound, 404, "NOT_FOUND"),
            (.rateLimit, 429, "RESOURCE_EXHAUSTED"), (.quota, 429, "RESOURCE_EXHAUSTED"),
            (.overloaded, 529, "UNAVAILABLE"), (.timeout, 504, "DEADLINE_EXCEEDED"),
            (.server, 500, "INTERNAL"), (.server, 502, "UNAVAILABLE"),
            (.server, 501, "UNIMPLEMENTED"), (.server, 403, "PERMISSION_DENIED"),
            (.server, 409, "ABORTED"), (.server, 422, "INVALID_ARGUMENT"),
        ])
    func writing(kind: ProviderFailure.Kind, status: Int, word: String) {
        let failure = ProviderFailure(kind, status: status, message: "m")
        #expect(
            GeminiKit.codec.encodeFailure(failure, requestID: "r") == [
                "error": [
                    "code": .number(JSONNumber(status)), "message": "m", "status": .string(word),
                ]
            ])
    }
}
