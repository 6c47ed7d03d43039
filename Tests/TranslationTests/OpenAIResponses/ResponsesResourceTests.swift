import AgentRouteTranslation
import AgentRouteWire
import Testing

/// What a response object holds besides its output.
@Suite("Responses answers, the response object")
struct ResponsesResourceTests {
    typealias Fixture = ResponsesFixture

    /// Source: Open Responses, schema `ResponseResource`.
    private static let required = [
        "id", "object", "created_at", "completed_at", "status", "incomplete_details", "model",
        "previous_response_id", "instructions", "output", "error", "tools", "tool_choice",
        "truncation", "parallel_tool_calls", "text", "top_p", "presence_penalty",
        "frequency_penalty", "top_logprobs", "temperature", "reasoning", "user", "usage",
        "max_output_tokens", "max_tool_calls", "store", "background", "service_tier", "metadata",
        "safety_identifier", "prompt_cache_key",
    ]

    @Test("every member that Open Responses asks for is there, once, streamed or not")
    func requiredMembers() throws {
        let request = try Fixture.decode(#""input":"x","tools":[{"type":"function","name":"f"}]"#)
        let start = AnswerStart(id: nil, model: "up")
        let streamed = try Fixture.write(
            [.start(start), .finish(.endTurn, Usage())], request: request
        ).compactMap { $0["response"] }
        for response in streamed + [try Self.whole(request)] {
            let keys = response.object?.map(\.key) ?? []
            #expect(Set(Self.required).subtracting(keys).isEmpty)
            #expect(Set(keys).count == keys.count)
            #expect(response["tools"]?.array?.first?["description"] == .null)
        }
    }

    @Test("settings of the request are repeated, and the tier that served it is told")
    func repeatedSettings() throws {
        let request = try Fixture.decode(
            """
            "input":"x","max_tool_calls":3,"prompt_cache_key":"k","top_logprobs":2,"user":"u",
            "safety_identifier":"s"
            """)
        var usage = Usage()
        usage.serviceTier = "flex"
        let response = try Self.whole(request, usage)
        #expect(response["max_tool_calls"] == 3)
        #expect(response["prompt_cache_key"] == "k")
        #expect(response["top_logprobs"] == 2)
        #expect(response["safety_identifier"] == "s")
        #expect(response["service_tier"] == "flex")
    }

    @Test("a tier in another family's words is not passed on")
    func foreignTier() throws {
        var usage = Usage()
        usage.serviceTier = "standard"
        let response = try Self.whole(try Fixture.decode(#""input":"x""#), usage)
        #expect(response["service_tier"] == "default")
    }

    @Test("a patch without its diff is no patch call: the client could not apply it")
    func patchWithoutDiff() throws {
        let request = try Fixture.decode(#""input":"x","tools":[{"type":"apply_patch"}]"#)
        let types = try [
            #"{"type":"create_file","path":"a","diff":"+x"}"#,
            #"{"type":"create_file","path":"a"}"#, #"{"type":"delete_file","path":"a"}"#,
            #"{"type":"rename_file","path":"a"}"#,
        ].map { arguments in
            let call = ToolCall(id: "c", name: ToolName("apply_patch"), input: .json(arguments))
            let events = try Fixture.write(
                [.start(AnswerStart(id: nil, model: "up")), .toolCall(index: 0, call)],
                request: request)
            return events.last?["item"]?["type"]?.string
        }
        #expect(
            types == ["apply_patch_call", "function_call", "apply_patch_call", "function_call"])
    }

    @Test("an overflow is told in the words by which clients of this wire know it")
    func overflow() throws {
        let known = ProviderFailure(
            .contextOverflow(tokens: 212_345, limit: 200_000), status: 400,
            message: "prompt is too long: 212345 tokens > 200000 maximum")
        let body = Fixture.codec.encodeFailure(known, requestID: "r")
        let message =
            "This model's maximum context length is 200000 tokens. However, your messages "
            + "resulted in 212345 tokens. prompt is too long: 212345 tokens > 200000 maximum"
        #expect(body["error"]?["message"]?.string == message)
        let failed = try Fixture.write([.fail(known)])
        #expect(failed.last?["response"]?["error"]?["message"]?.string == message)
        let own = ProviderFailure(
            .contextOverflow(tokens: nil, limit: nil), status: 400,
            message: "Your input exceeds the context window of this model.")
        let words = Fixture.codec.encodeFailure(own, requestID: "r")["error"]?["message"]?.string
        #expect(words == own.message)
    }

    /// The body of an empty answer to `request`.
    private static func whole(
        _ request: Conversation, _ usage: Usage = Usage()
    ) throws -> JSONValue {
        var fold = AnswerFold()
        fold.add(.start(AnswerStart(id: nil, model: "up")))
        fold.add(.finish(.endTurn, usage))
        let answer = try #require(try fold.result?.get())
        return Fixture.codec.encoder(Fixture.context(request)).whole(answer)
    }
}
