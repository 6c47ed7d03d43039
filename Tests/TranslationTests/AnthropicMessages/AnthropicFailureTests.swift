import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic failures")
struct AnthropicFailureTests {
    private typealias Fixture = AnthropicFixture

    private func read(_ status: Int, _ text: String) -> ProviderFailure {
        let body = try? JSONValue.parse(Array(text.utf8))
        return Fixture.codec.decodeFailure(status: status, body: body, text: text)
    }

    @Test(
        "the provider's words are found in every shape",
        arguments: [
            (#"{"type":"error","error":{"type":"api_error","message":"why"}}"#, "why"),
            (#"{"error":{"message":"why"}}"#, "why"), (#"{"error":"why"}"#, "why"),
            (#"{"message":"why"}"#, "why"), (#"{"detail":"why"}"#, "why"),
            (#"{"detail":[{"msg":"why","loc":["body"]}]}"#, "why"), ("why", "why"),
            ("<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
            (
                #"{"error":{"code":500,"message":"Provider returned error","metadata":"#
                    + #"{"raw":"{\"error\":{\"message\":\"why\"}}","provider_name":"Acme"}}}"#,
                "Provider returned error (Acme: why)"
            ),
            ("", "the provider answered with status 500 and no word about it"),
            ("<html></html>", "the provider answered with status 500 and no word about it"),
        ])
    func words(text: String, expected: String) {
        #expect(read(500, text).message == expected)
    }

    @Test(
        "the kind follows from the type, the code, the words and the status",
        arguments: [
            (400, "invalid_request_error", ProviderFailure.Kind.invalidRequest),
            (401, "authentication_error", .authentication), (402, "billing_error", .billing),
            (403, "permission_error", .permission), (404, "not_found_error", .notFound),
            (413, "request_too_large", .tooLarge), (429, "rate_limit_error", .rateLimit),
            (500, "api_error", .server), (504, "timeout_error", .timeout),
            (529, "overloaded_error", .overloaded), (429, "insufficient_quota", .quota),
            (400, "content_filter", .contentPolicy), (402, "new_word", .billing),
            (429, "new_word", .rateLimit), (408, "new_word", .timeout),
            (422, "new_word", .invalidRequest), (418, "new_word", .invalidRequest),
            (502, "new_word", .server), (503, "new_word", .overloaded),
        ])
    func kinds(status: Int, type: String, kind: ProviderFailure.Kind) {
        let failure = read(status, #"{"type":"error","error":{"type":"\#(type)","message":"no"}}"#)
        #expect(failure.kind == kind)
        #expect(failure.status == status)
        #expect(failure.type == type)
    }

    @Test("a router's code in a 200 is the status")
    func codeAsStatus() {
        let failure = read(200, #"{"error":{"code":402,"message":"no credit"}}"#)
        #expect(failure.kind == .billing)
        #expect(failure.status == 402)
        #expect(failure.code == "402")
    }

    @Test("an empty purse is told from a wrong request by the words")
    func credit() {
        let message = "Your credit balance is too low to access the Anthropic API."
        let failure = read(
            400, #"{"error":{"type":"invalid_request_error","message":"\#(message)"}}"#)
        #expect(failure.kind == .billing)
        #expect(failure.message == message)
    }

    @Test("a prompt that is too long is told by its words, with the numbers in them")
    func overflow() {
        let message = "prompt is too long: 210000 tokens > 200000 maximum"
        let failure = read(
            400, #"{"error":{"type":"invalid_request_error","message":"\#(message)"}}"#)
        #expect(failure.kind == .contextOverflow(tokens: 210_000, limit: 200_000))
    }

    @Test(
        "a client is told in the wire's own types",
        arguments: [
            (ProviderFailure.Kind.invalidRequest, "invalid_request_error"),
            (.authentication, "authentication_error"), (.billing, "billing_error"),
            (.permission, "permission_error"), (.notFound, "not_found_error"),
            (.tooLarge, "request_too_large"), (.rateLimit, "rate_limit_error"),
            (.quota, "billing_error"), (.contentPolicy, "invalid_request_error"),
            (.overloaded, "overloaded_error"), (.timeout, "timeout_error"), (.server, "api_error"),
        ])
    func written(kind: ProviderFailure.Kind, type: String) throws {
        let failure = ProviderFailure(kind, status: 400, message: "why")
        let expected =
            #"{"type":"error","error":{"type":"\#(type)","message":"why"},"request_id":"req_1"}"#
        #expect(
            Fixture.codec.encodeFailure(failure, requestID: "req_1")
                == (try Fixture.json(expected)))
    }

    @Test(
        "an overflow is told so that the client shortens its prompt",
        arguments: [
            (
                ProviderFailure.Kind.contextOverflow(tokens: 9, limit: 5), "too much",
                "prompt is too long: 9 tokens > 5 maximum"
            ),
            (.contextOverflow(tokens: nil, limit: nil), "too much", "prompt is too long: too much"),
            (
                .contextOverflow(tokens: nil, limit: nil), "Prompt is too long",
                "Prompt is too long"
            ),
        ])
    func writtenOverflow(kind: ProviderFailure.Kind, message: String, expected: String) {
        let failure = ProviderFailure(kind, status: 400, message: message)
        let error = Fixture.codec.encodeFailure(failure, requestID: "r")["error"]
        #expect(error?["type"] == "invalid_request_error")
        #expect(error?["message"]?.string == expected)
    }

    @Test("a prompt that fits, but not with the answer asked for, makes the client ask for less")
    func answerTooLong() {
        let message =
            "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context "
            + "length is 32768 tokens and your request has 5000 input tokens (32000 > 32768 - 5000)."
        let kind = ContextOverflow.read(message)
        #expect(kind == .contextOverflow(tokens: 37000, limit: 32768))
        let failure = ProviderFailure(kind ?? .server, status: 400, message: message)
        let told = Fixture.codec.encodeFailure(failure, requestID: "r")["error"]?["message"]
        #expect(
            told?.string?.hasPrefix(
                "input length and `max_tokens` exceed context limit: 5000 + 32000 > 32768") == true)
    }

    @Test(
        "an overflow is known by the words of other servers; digits in names are no counts",
        arguments: [
            (
                "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
                200_000, 131_072
            ),
            ("prompt token count of 70000 exceeds the limit of 64000", 70_000, 64_000),
            (
                "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens",
                9000, 8193
            ),
            (
                "claude-sonnet-4-20250514: prompt is too long: 9000 tokens > 8000 maximum", 9000,
                8000
            ),
        ])
    func overflowWords(message: String, tokens: Int, limit: Int) {
        #expect(ContextOverflow.read(message) == .contextOverflow(tokens: tokens, limit: limit))
    }

    @Test("refused content has the type that goes with its status")
    func moderated() {
        let failure = ProviderFailure(.contentPolicy, status: 403, message: "flagged")
        let error = Fixture.codec.encodeFailure(failure, requestID: "r")["error"]
        #expect(error?["type"] == "permission_error")
    }
}
