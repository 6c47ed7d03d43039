import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic requests: parameters")
struct AnthropicParameterTests {
    private typealias Fixture = AnthropicFixture

    /// What a question with `change` is to `model`, but for the members every question has.
    private func written(
        _ model: String, _ change: (inout Conversation) -> Void
    ) -> (rest: JSONValue, lost: [String]) {
        let (request, lost) = Fixture.encoded(Fixture.question(change), model: model)
        let rest = (request.object ?? []).filter {
            !["model", "max_tokens", "messages"].contains($0.key)
        }
        return (.object(rest), lost)
    }

    @Test("the least of requests")
    func least() throws {
        let (request, lost) = Fixture.encoded(Fixture.question { _ in }, model: "claude-opus-4-8")
        let expected = """
            {"model":"claude-opus-4-8","max_tokens":32000,
             "messages":[{"role":"user","content":"hi"}]}
            """
        #expect(request == (try Fixture.json(expected)))
        #expect(lost.isEmpty)
    }

    @Test(
        "without a limit of the client's the model's own is named",
        arguments: [
            ("claude-3-opus-20240229", 4096), ("claude-3-haiku-20240307", 4096),
            ("anthropic/claude-3.5-sonnet", 8192), ("claude-3-5-haiku-latest", 8192),
            ("claude-3-7-sonnet-20250219", 32000), ("claude-sonnet-4-20250514", 32000),
            ("some-model", 32000),
        ])
    func maxTokens(model: String, expected: Int) {
        let (request, _) = Fixture.encoded(Fixture.question { _ in }, model: model)
        #expect(request["max_tokens"]?.int == expected)
    }

    @Test("system, stream, stops, user and tier have their members")
    func members() throws {
        let (rest, lost) = written("claude-sonnet-4-5") {
            $0.streams = true
            $0.instructions = [.text("a"), .text("b", cache: ["type": "ephemeral"]), .text("")]
            $0.sampling.stopSequences = ["END", "\n"]
            $0.sampling.topK = JSONNumber(5)
            $0.userID = "u"
            $0.serviceTier = "default"
        }
        let expected = """
            {"stream":true,"system":[{"type":"text","text":"a"},
             {"type":"text","text":"b","cache_control":{"type":"ephemeral"}}],
             "top_k":5,"stop_sequences":["END"],"metadata":{"user_id":"u"},
             "service_tier":"standard_only"}
            """
        #expect(rest == (try Fixture.json(expected)))
        #expect(lost == ["stop_sequences"])
    }

    @Test(
        "temperature and top_p as far as the model takes them",
        arguments: [
            ("claude-3-opus-20240229", 0.5, 0.9, #"{"temperature":0.5,"top_p":0.9}"#, []),
            ("claude-sonnet-4-5", 0.5, 0.9, #"{"temperature":0.5}"#, ["top_p"]),
            ("claude-sonnet-4-5", 1.0, 0.9, #"{"top_p":0.9}"#, []),
            ("claude-sonnet-4-5", 1.7, nil, #"{"temperature":1}"#, ["temperature"]),
            ("claude-opus-4-7", 0.5, 0.9, "{}", ["temperature", "top_p"]),
            ("claude-opus-4-7", 1.0, 1.0, "{}", []),
            ("glm-5", 0.5, 0.9, #"{"temperature":0.5,"top_p":0.9}"#, []),
        ] as [(String, Double, Double?, String, [String])])
    func sampling(
        model: String, temperature: Double, topP: Double?, expected: String, lost: [String]
    ) throws {
        let written = written(model) {
            $0.sampling.temperature = JSONNumber(temperature)
            $0.sampling.topP = topP.flatMap { JSONNumber($0) }
        }
        #expect(written.rest == (try Fixture.json(expected)))
        #expect(written.lost == lost)
    }

    @Test("of a user's two names the one for safety counts, and the other is noted")
    func users() {
        func written(_ user: String?, _ safety: String?) -> (id: JSONValue?, lost: [String]) {
            let (rest, lost) = self.written("claude-sonnet-4-5") {
                $0.userID = user
                $0.safetyIdentifier = safety
            }
            return (rest["metadata"]?["user_id"], lost)
        }
        #expect(written("u", nil) == ("u", []))
        #expect(written(nil, "s") == ("s", []))
        #expect(written("u", "s") == ("s", ["user"]))
    }

    @Test("the marks of a client that sets its own are not added to")
    func ownMarks() {
        let mark: JSONValue = ["type": "ephemeral", "ttl": "1h"]
        let (request, _) = AnthropicFixture.encoded(
            AnthropicFixture.question {
                $0.promptCacheKey = "k"
                $0.instructions = [.text("s", cache: mark)]
            })
        #expect(request["system"] == [["type": "text", "text": "s", "cache_control": mark]])
        #expect(request["messages"]?.array?.first?["content"] == "hi")
    }

    @Test("what the wire has no word for is noted, and only if it asks for something")
    func lost() {
        let (rest, lost) = written("claude-sonnet-4-5") {
            $0.sampling.seed = JSONNumber(1)
            $0.sampling.presencePenalty = JSONNumber(0.5)
            $0.sampling.frequencyPenalty = JSONNumber(0)
            $0.sampling.logitBias = ["1": 2]
            $0.sampling.logprobs = true
            $0.sampling.topLogprobs = JSONNumber(2)
            $0.sampling.candidateCount = JSONNumber(3)
            $0.metadata = ["a": "b"]
            $0.verbosity = "low"
            $0.modalities = ["text", "audio"]
            $0.store = true
            $0.serviceTier = "flex"
            $0.outputFormat = .jsonObject
        }
        let wish = "When you answer the user, answer with one JSON object and nothing else."
        #expect(rest == ["system": .string(wish)])
        #expect(
            Set(lost) == [
                "seed", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "n",
                "metadata", "verbosity", "modalities", "store", "service_tier", "response_format",
            ])
        let defaults = written("claude-sonnet-4-5") {
            $0.sampling.candidateCount = JSONNumber(1)
            $0.sampling.logprobs = false
            $0.sampling.presencePenalty = JSONNumber(0)
            $0.verbosity = "medium"
            $0.modalities = ["text"]
            $0.store = false
        }
        #expect(defaults.lost.isEmpty)
    }

    @Test("a cache key asks for marks at the end of the system prompt and of what is said")
    func cacheKey() throws {
        let (request, lost) = Fixture.encoded(
            Fixture.question {
                $0.promptCacheKey = "k"
                $0.instructions = [.text("s")]
            })
        let mark = #""cache_control":{"type":"ephemeral"}"#
        #expect(
            request["system"] == (try Fixture.json(#"[{"type":"text","text":"s",\#(mark)}]"#)))
        #expect(
            request["messages"]
                == (try Fixture.json(
                    #"[{"role":"user","content":[{"type":"text","text":"hi",\#(mark)}]}]"#)))
        #expect(lost.isEmpty)
    }

    @Test("a schema for the answer is brought into Anthropic's subset")
    func outputFormat() throws {
        let schema = try Fixture.json(
            """
            {"$schema":"x","type":"object","required":["a"],"additionalProperties":true,
             "properties":{"a":{"type":"integer","minimum":1,"description":"d"},
              "b":{"oneOf":[{"type":"string","format":"date"},{"type":"null"}]},
              "c":{"type":"array","items":{"type":"string","pattern":"x"},"minItems":1}}}
            """)
        let (rest, lost) = written("claude-sonnet-4-5") {
            $0.outputFormat = .jsonSchema(
                name: "n", description: nil, schema: schema, strict: true)
        }
        let expected = """
            {"type":"object","required":["a"],
             "properties":{"a":{"type":"integer","description":"d {minimum: 1}"},
              "b":{"anyOf":[{"type":"string","format":"date"},{"type":"null"}]},
              "c":{"type":"array","items":{"type":"string","description":"{pattern: \\"x\\"}"},
               "minItems":1}},"additionalProperties":false}
            """
        #expect(rest["output_config"]?["format"]?["type"] == "json_schema")
        #expect(rest["output_config"]?["format"]?["schema"] == (try Fixture.json(expected)))
        #expect(lost == ["response_format.constraints"])
    }

    // MARK: Thinking

    @Test(
        "thinking as the model takes it",
        arguments: [
            (
                "claude-sonnet-4-6", ReasoningRequest(effort: "high"),
                #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}"#
            ),
            (
                "claude-opus-4-6", ReasoningRequest(effort: "xhigh"),
                #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}"#
            ),
            (
                "claude-opus-5", ReasoningRequest(effort: "minimal"),
                #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}"#
            ),
            (
                "claude-opus-5", ReasoningRequest(mode: .budget(JSONNumber(9000))),
                #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}}"#
            ),
            (
                "some-model", ReasoningRequest(mode: .adaptive),
                #"{"thinking":{"type":"adaptive"}}"#
            ),
            (
                "claude-sonnet-4-5", ReasoningRequest(effort: "low"),
                #"{"thinking":{"type":"enabled","budget_tokens":4096}}"#
            ),
            (
                "claude-haiku-4-5", ReasoningRequest(mode: .budget(JSONNumber(2000))),
                #"{"thinking":{"type":"enabled","budget_tokens":2000}}"#
            ),
            (
                "claude-opus-5", ReasoningRequest(effort: "none"),
                #"{"thinking":{"type":"disabled"}}"#
            ),
            ("claude-sonnet-4-5", ReasoningRequest(mode: .off), "{}"),
            ("claude-sonnet-4-5", ReasoningRequest(), "{}"),
        ])
    func thinking(model: String, reasoning: ReasoningRequest, expected: String) throws {
        let (rest, lost) = written(model) { $0.reasoning = reasoning }
        #expect(rest == (try Fixture.json(expected)))
        #expect(lost.isEmpty)
    }

    @Test("a summary that is wanted is asked for")
    func summary() throws {
        var reasoning = ReasoningRequest()
        reasoning.summary = "auto"
        let (rest, _) = written("claude-opus-4-8") { $0.reasoning = reasoning }
        #expect(
            rest == (try Fixture.json(#"{"thinking":{"type":"adaptive","display":"summarized"}}"#)))
    }

    @Test("a budget leaves room for the answer, and without room there is none")
    func budget() {
        let half = written("claude-sonnet-4-5") {
            $0.reasoning = ReasoningRequest(effort: "high")
            $0.maxOutputTokens = JSONNumber(8000)
        }
        #expect(half.rest["thinking"]?["budget_tokens"]?.int == 6000)
        let none = written("claude-sonnet-4-5") {
            $0.reasoning = ReasoningRequest(effort: "high")
            $0.maxOutputTokens = JSONNumber(1000)
        }
        #expect(none.rest == .object([]))
        #expect(none.lost == ["reasoning"])
    }

    @Test("sampling that is refused with thinking is left out")
    func samplingWithThinking() throws {
        let (rest, lost) = written("claude-sonnet-4-5") {
            $0.reasoning = ReasoningRequest(effort: "low")
            $0.sampling.temperature = JSONNumber(0.2)
            $0.sampling.topP = JSONNumber(0.97)
            $0.sampling.topK = JSONNumber(3)
        }
        #expect(rest["temperature"] == nil)
        #expect(rest["top_p"]?.double == 0.97)
        #expect(rest["top_k"] == nil)
        #expect(lost == ["temperature", "top_k"])
    }

    @Test("a model with a budget does not think on top of a turn that has lost its thoughts")
    func thoughtsLost() {
        let call = ToolCall(id: "c", name: ToolName("f"), input: .json("{}"))
        let result = ToolResult(callID: "c", content: [.text("r")])
        let upstream = Upstream(id: "a", wire: .anthropicMessages, model: "m")
        let seal = ReasoningSeal.issued(
            by: ReasoningIssuer(upstream), payload: ["thinking": "t", "signature": "s"])
        func request(_ head: [Block], _ model: String) -> (request: JSONValue, lost: [String]) {
            var conversation = Fixture.conversation([
                Turn(.user, [.text("a")]), Turn(.assistant, head + [Block(.toolCall(call))]),
                Turn(.user, [Block(.toolResult(result))]),
            ])
            conversation.reasoning = ReasoningRequest(effort: "high")
            return Fixture.encoded(conversation, model: model)
        }
        let bare = request([], "claude-sonnet-4-5")
        #expect(bare.request["thinking"] == nil)
        #expect(bare.lost == ["reasoning"])
        let whole = request([Block(.reasoning(Reasoning("t", seal: seal)))], "claude-sonnet-4-5")
        #expect(whole.request["thinking"]?["type"] == "enabled")
        #expect(request([], "claude-opus-4-7").request["thinking"]?["type"] == "adaptive")
    }
}
