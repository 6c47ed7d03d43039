import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Responses requests, written")
struct ResponsesRequestEncodeTests {
    typealias Fixture = ResponsesFixture

    private func call(_ id: String, _ input: ToolCall.Input = .json(#"{"a":1}"#)) -> Block {
        Block(.toolCall(ToolCall(id: id, name: ToolName("f"), input: input)))
    }

    private func result(_ id: String, _ content: [Block], isError: Bool? = nil) -> Block {
        Block(.toolResult(ToolResult(callID: id, content: content, isError: isError)))
    }

    // MARK: Items

    @Test("a conversation with calls, results and images, item by item")
    func conversation() throws {
        var conversation = Fixture.conversation([
            Turn(
                .user, [.text("Go"), Block(.image(Media(.base64("AA"), mediaType: "image/png")))]),
            Turn(.assistant, [.text("On it"), call("c1"), call("c2", .text("raw"))]),
            Turn(
                .user,
                [
                    result("c1", [.text("a"), .text("b")]),
                    result("c2", [.text("see"), Block(.image(Media(.url("https://h/p"))))]),
                    .text("And?"),
                ]),
            Turn(.developer, [.text("Be brief")]),
        ])
        conversation.instructions = [.text("A"), .text("B")]
        let (body, lost) = Fixture.encode(conversation)
        #expect(lost.isEmpty)
        #expect(
            body
                == (try Fixture.json(
                    """
                    {"model":"gpt-5.5","instructions":"A\\n\\nB","input":[
                    {"type":"message","role":"user","content":[{"type":"input_text","text":"Go"},
                      {"type":"input_image","image_url":"data:image/png;base64,AA","detail":"auto"}]},
                    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"On it"}]},
                    {"type":"function_call","call_id":"c1","name":"f","arguments":"{\\"a\\":1}"},
                    {"type":"custom_tool_call","call_id":"c2","name":"f","input":"raw"},
                    {"type":"function_call_output","call_id":"c1","output":"a\\nb"},
                    {"type":"custom_tool_call_output","call_id":"c2","output":[
                      {"type":"input_text","text":"see"},
                      {"type":"input_image","image_url":"https://h/p","detail":"auto"}]},
                    {"type":"message","role":"user","content":[{"type":"input_text","text":"And?"}]},
                    {"type":"message","role":"developer","content":[{"type":"input_text","text":"Be brief"}]}],
                    "stream":false,"store":false,"include":["reasoning.encrypted_content"]}
                    """)))
    }

    @Test("every call is answered, and a result without its call is told in words")
    func repairedCalls() throws {
        let conversation = Fixture.conversation([
            Turn(.user, [result("lost", [.text("x")])]),
            Turn(.assistant, [call("c1")]), Turn(.assistant, [.text("Well")]),
            Turn(.assistant, [call("c 2!")]),
        ])
        let items = Fixture.encode(conversation).body["input"]
        #expect(
            items
                == (try Fixture.json(
                    """
                    [{"type":"message","role":"user","content":[
                      {"type":"input_text","text":"[result of a tool call that is not known: lost]"},
                      {"type":"input_text","text":"x"}]},
                    {"type":"function_call","call_id":"c1","name":"f","arguments":"{\\"a\\":1}"},
                    {"type":"function_call_output","call_id":"c1","output":"no result was given for this call"},
                    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Well"}]},
                    {"type":"function_call","call_id":"\(ToolCallID.sanitized("c 2!"))","name":"f",
                      "arguments":"{\\"a\\":1}"},
                    {"type":"function_call_output","call_id":"\(ToolCallID.sanitized("c 2!"))",
                      "output":"no result was given for this call"}]
                    """)))
    }

    @Test("a failed tool says so in its text")
    func failedTool() {
        let conversation = Fixture.conversation([
            Turn(.assistant, [call("c")]), Turn(.user, [result("c", [.text("no")], isError: true)]),
        ])
        let (body, lost) = Fixture.encode(conversation)
        #expect(body["input"]?.array?.last?["output"] == "[the tool failed]\nno")
        #expect(lost == [])
    }

    @Test("reasoning goes back as the item it came in, but for its status")
    func reasoning() throws {
        let item = try Fixture.json(
            #"{"id":"rs_1","type":"reasoning","status":"completed","summary":[],"encrypted_content":"e=="}"#
        )
        let seal = ReasoningSeal.issued(
            by: ReasoningIssuer(Fixture.upstream), payload: ["item": item])
        let conversation = Fixture.conversation([
            Turn(
                .assistant,
                [
                    Block(.reasoning(Reasoning("", seal: seal))),
                    Block(.reasoning(Reasoning("bare"))),
                ])
        ])
        let written = Fixture.encode(conversation).body["input"]?.array
        #expect(
            written == [
                try Fixture.json(
                    #"{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"e=="}"#)
            ])
    }

    @Test("phases stay; names of participants are lost")
    func phases() {
        var answer = Turn(.assistant, [.text("x")])
        answer.phase = "commentary"
        let (body, lost) = Fixture.encode(
            Fixture.conversation([Turn(.user, [.text("y")], name: "Al"), answer]))
        #expect(body["input"]?.array?.last?["phase"] == "commentary")
        #expect(lost == ["participant_names"])
    }

    @Test(
        "media the wire takes, and words for what it does not",
        arguments: [
            (
                Block.Content.document(
                    Media(.base64("BB"), mediaType: "application/pdf", title: "Plan")),
                #"[{"type":"input_file","filename":"Plan.pdf","file_data":"data:application/pdf;base64,BB"}]"#,
                []
            ),
            (
                .document(Media(.url("https://h/d"), title: "D")),
                #"[{"type":"input_text","text":"[document: D]"},{"type":"input_file","file_url":"https://h/d"}]"#,
                []
            ),
            (
                .document(Media(.text("body"), title: "T")),
                #"[{"type":"input_text","text":"[document: T]"},{"type":"input_text","text":"body"}]"#,
                []
            ),
            (
                .document(Media(.blocks([.text("p")]))), #"[{"type":"input_text","text":"p"}]"#, []
            ),
            (
                .document(Media(.fileID("file_1"))),
                #"[{"type":"input_text","text":"[document omitted: this model's provider cannot take it here]"}]"#,
                ["file_ids", "documents"]
            ),
            (
                .image(Media(.fileID("file_1"))),
                #"[{"type":"input_text","text":"[image omitted: this model's provider cannot take it here]"}]"#,
                ["images"]
            ),
            (
                .audio(Media(.base64("CC"), mediaType: "audio/wav")),
                #"[{"type":"input_text","text":"[audio omitted: this model's provider cannot take it here]"}]"#,
                ["audio"]
            ),
        ])
    func media(content: Block.Content, parts: String, losses: [String]) throws {
        let (body, lost) = Fixture.encode(Fixture.conversation([Turn(.user, [Block(content)])]))
        #expect(body["input"]?.array?.first?["content"] == (try Fixture.json(parts)))
        #expect(lost == losses)
    }

    @Test("files of the same vendor are named by their id")
    func ownFiles() {
        let conversation = Fixture.conversation(
            [Turn(.user, [Block(.image(Media(.fileID("file_1"))))])], family: .openAI)
        let part = Fixture.encode(conversation).body["input"]?.array?.first?["content"]?.array?
            .first
        #expect(part?["file_id"] == "file_1")
    }

    // MARK: Tools

    @Test(
        "tools: strictness is always said, namespaces are gathered, custom tools keep their format")
    func tools() throws {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])], family: .openAI)
        var inner = ToolName("a", namespace: "n")
        inner.namespaceDescription = "N"
        conversation.tools = [
            Tool(ToolName("f"), description: "d", kind: .function(schema: ["type": "object"])),
            Tool(inner, kind: .function(schema: nil)),
            Tool(ToolName("c"), kind: .custom(format: ["type": "text"])),
            Tool(ToolName("b", namespace: "n"), kind: .custom(format: nil)),
        ]
        conversation.parallelToolCalls = false
        conversation.toolChoice = .tool(ToolName("c"))
        let body = Fixture.encode(conversation).body
        #expect(
            body["tools"]
                == (try Fixture.json(
                    """
                    [{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{}},"strict":false},
                    {"type":"namespace","name":"n","description":"N","tools":[
                      {"type":"function","name":"a","parameters":{"type":"object","properties":{}},"strict":false},
                      {"type":"custom","name":"b"}]},
                    {"type":"custom","name":"c","format":{"type":"text"}}]
                    """)))
        #expect(body["tool_choice"] == ["type": "custom", "name": "c"])
        #expect(body["parallel_tool_calls"] == false)
    }

    @Test("another wire's search becomes this wire's, with what both can say")
    func webSearch() throws {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        let declaration = try Fixture.json(
            """
            {"type":"web_search_20250305","name":"web_search","max_uses":8,"allowed_domains":["a.org"],
            "blocked_domains":["b.org"],"user_location":{"type":"approximate","city":"Rome","region":null}}
            """)
        let search = ServerTool(
            purpose: .webSearch, family: .anthropic, declaration: declaration)
        conversation.tools = [Tool(ToolName("web_search"), kind: .server(search))]
        conversation.toolChoice = .tool(ToolName("web_search"))
        let (body, lost) = Fixture.encode(conversation)
        #expect(
            body["tools"]
                == (try Fixture.json(
                    """
                    [{"type":"web_search","filters":{"allowed_domains":["a.org"]},
                    "user_location":{"type":"approximate","city":"Rome"}}]
                    """)))
        #expect(body["max_tool_calls"] == 8)
        #expect(
            body["tool_choice"]
                == ["type": "allowed_tools", "mode": "required", "tools": [["type": "web_search"]]])
        #expect(lost == ["tools.web_search.blocked_domains"])
    }

    @Test("a tool the wire does not have is lost, and so is a choice of it")
    func lostTools() {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        let fetch = ServerTool(purpose: .webFetch, family: .anthropic, declaration: [:])
        conversation.tools = [Tool(ToolName("web_fetch"), kind: .server(fetch))]
        conversation.toolChoice = .required
        let (body, lost) = Fixture.encode(conversation)
        #expect(body["tools"] == nil)
        #expect(lost == ["tools.web_fetch", "tool_choice"])
    }

    // MARK: Settings

    @Test("what the wire cannot say is noted, each by its name")
    func losses() {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        conversation.sampling.topK = JSONNumber(1)
        conversation.sampling.seed = JSONNumber(1)
        conversation.sampling.presencePenalty = JSONNumber(1)
        conversation.sampling.frequencyPenalty = JSONNumber(1)
        conversation.sampling.logitBias = ["1": 2]
        conversation.sampling.stopSequences = ["a"]
        conversation.sampling.logprobs = true
        conversation.sampling.topLogprobs = JSONNumber(2)
        conversation.sampling.candidateCount = JSONNumber(2)
        conversation.modalities = ["text", "audio"]
        conversation.serviceTier = "batch"
        conversation.metadata = ["a": "b"]
        conversation.store = true
        #expect(
            Set(Fixture.encode(conversation).lost) == [
                "top_k", "seed", "presence_penalty", "frequency_penalty", "logit_bias",
                "stop_sequences", "logprobs", "top_logprobs", "n", "modalities", "service_tier",
                "metadata", "store",
            ])
    }

    @Test("what the provider does anyway is not lost")
    func defaults() {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        conversation.sampling.temperature = JSONNumber(1)
        conversation.sampling.topP = JSONNumber(1)
        conversation.sampling.presencePenalty = JSONNumber(0)
        conversation.sampling.frequencyPenalty = JSONNumber(0)
        conversation.sampling.logitBias = [:]
        let (body, lost) = Fixture.encode(conversation)
        #expect(body["temperature"] == nil)
        #expect(lost.isEmpty)
    }

    /// The schema of a closed object with one member of `schema`, asked for.
    private static func closed(_ schema: String) -> String {
        #"{"type":"object","properties":{"a":\#(schema)},"required":["a"],"#
            + #""additionalProperties":false}"#
    }

    @Test("a client of OpenAI's own family is strict as it says")
    func ownStrictness() {
        var tool = Tool(ToolName("f"), kind: .function(schema: ["type": "object"]))
        tool.strict = true
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])], family: .openAI)
        conversation.tools = [tool]
        let (body, lost) = Fixture.encode(conversation)
        #expect(body["tools"]?.array?.first?["strict"] == true && lost.isEmpty)
    }

    @Test("a user and a safety identifier are both sent")
    func users() {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])], family: .openAI)
        conversation.userID = "u"
        conversation.safetyIdentifier = String(repeating: "s", count: 65)
        let (body, lost) = Fixture.encode(conversation)
        #expect(body["user"] == "u" && lost.isEmpty)
        #expect(body["safety_identifier"]?.string?.hasPrefix("user_") == true)
    }

    @Test(
        "another family's strictness is kept where this wire can hold to the schema",
        arguments: [
            (
                #"{"type":"object","properties":{"a":{"type":"null"}},"required":["a"],"additionalProperties":false}"#,
                true
            ),
            (#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#, false),
            (closed(##"{"$ref":"#/$defs/x"}"##), true),
            (closed(#"{"anyOf":[{"type":"string","format":"uuid"},{"type":"null"}]}"#), true),
            (closed(#"{"type":["array","null"],"items":{"type":"number","minimum":1}}"#), true),
            (closed(##"{"$ref":"#/$defs/x","description":"d"}"##), false),
            (closed("{}"), false), (closed(#"{"type":"array"}"#), false),
            (closed(#"{"type":"string","format":"uri"}"#), false),
            (closed(#"{"type":"string","maxLength":3}"#), false),
            (closed(#"{"type":"string","default":"x"}"#), false),
            (closed(#"{"type":["object","null"],"properties":{}}"#), false),
            (closed(#"{"oneOf":[{"type":"string"}]}"#), false),
            (
                #"{"type":"object","properties":{},"required":["a"],"additionalProperties":false}"#,
                false
            ),
        ])
    func strictness(schema: String, isStrict: Bool) throws {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        var tool = Tool(ToolName("f"), kind: .function(schema: try Fixture.json(schema)))
        tool.strict = true
        conversation.tools = [tool]
        conversation.outputFormat = .jsonSchema(
            name: nil, description: nil, schema: try Fixture.json(schema), strict: nil)
        let (body, lost) = Fixture.encode(conversation)
        #expect(body["tools"]?.array?.first?["strict"]?.bool == isStrict)
        #expect(body["text"]?["format"]?["strict"]?.bool == isStrict)
        #expect(lost == (isStrict ? [] : ["tools.f.strict", "strict"]))
    }

    @Test("an empty text is asked for all the same: a request for nothing is refused")
    func emptyText() throws {
        let body = Fixture.encode(Fixture.conversation([Turn(.user, [.text("")])])).body
        #expect(
            body["input"]
                == (try Fixture.json(
                    #"[{"type":"message","role":"user","content":[{"type":"input_text","text":""}]}]"#
                )))
    }

    @Test(
        "models that refuse a temperature do not get one",
        arguments: [
            ("gpt-5.5", false), ("openai/o3-mini", false), ("gpt-4.1", true),
            ("gpt-5-chat-latest", true), ("qwen3", true),
        ])
    func temperature(model: String, isSent: Bool) {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        conversation.sampling.temperature = JSONNumber(0)
        conversation.sampling.topP = JSONNumber(0)
        let (body, lost) = Fixture.encode(conversation, model: model)
        #expect((body["temperature"] == 0) == isSent)
        #expect(lost == (isSent ? [] : ["temperature", "top_p"]))
    }

    @Test(
        "reasoning is asked for as the model knows it",
        arguments: [
            (ReasoningRequest(effort: "high"), "gpt-5.5", #"{"effort":"high"}"#, []),
            (
                ReasoningRequest(mode: .adaptive, effort: "high"), "gpt-5.5",
                #"{"effort":"high","summary":"auto"}"#, []
            ),
            (
                ReasoningRequest(mode: .budget(JSONNumber(31999))), "gpt-5.5",
                #"{"effort":"high","summary":"auto"}"#, []
            ),
            (ReasoningRequest(mode: .off), "gpt-5.5", #"{"effort":"none"}"#, []),
            (ReasoningRequest(mode: .off), "o3", "null", ["reasoning"]),
            (ReasoningRequest(effort: "max"), "gpt-5-mini", #"{"effort":"high"}"#, []),
            (ReasoningRequest(effort: "high"), "gpt-4o", "null", ["reasoning"]),
            (ReasoningRequest(mode: .off), "gpt-4o", "null", []),
        ] as [(ReasoningRequest, String, String, [String])])
    func reasoningRequest(
        request: ReasoningRequest, model: String, expected: String, losses: [String]
    ) throws {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        conversation.reasoning = request
        let (body, lost) = Fixture.encode(conversation, model: model)
        #expect(body["reasoning"] ?? .null == (try Fixture.json(expected)))
        #expect((body["include"] == nil) == (model == "gpt-4o"))
        #expect(lost == losses)
    }

    @Test("the form of the answer, its length and the account")
    func remaining() throws {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])], family: .openAI)
        conversation.outputFormat = .jsonSchema(
            name: nil, description: "d", schema: ["type": "object"], strict: true)
        conversation.verbosity = "low"
        conversation.maxOutputTokens = JSONNumber(4)
        conversation.userID = String(repeating: "u", count: 65)
        conversation.promptCacheKey = "k"
        conversation.serviceTier = "flex"
        conversation.extras = [
            JSONMember(key: "prediction", value: [:]), JSONMember(key: "moderation", value: [:]),
        ]
        let (body, lost) = Fixture.encode(conversation)
        #expect(
            body["text"]
                == (try Fixture.json(
                    """
                    {"format":{"type":"json_schema","name":"answer","description":"d",
                    "schema":{"type":"object"},"strict":true},"verbosity":"low"}
                    """)))
        #expect(body["max_output_tokens"] == 16)
        #expect(body["user"]?.string?.utf8.count ?? 65 <= 64)
        #expect(body["prompt_cache_key"] == "k")
        #expect(body["service_tier"] == "flex")
        #expect(body["moderation"] == [:])
        #expect(lost == ["max_tokens", "prediction"])
    }

    @Test("a count asks for what has tokens and nothing else")
    func count() throws {
        var conversation = Fixture.conversation([Turn(.user, [.text("x")])])
        conversation.instructions = [.text("A")]
        conversation.maxOutputTokens = JSONNumber(100)
        let body = Fixture.encode(conversation).body
        let count = Fixture.codec.encodeCount(body, for: Fixture.upstream)
        #expect(count?.object?.map(\.key) == ["model", "instructions", "input"])
        let answer = Fixture.codec.encodeCountAnswer(7)
        #expect(answer == ["object": "response.input_tokens", "input_tokens": 7])
        #expect(Fixture.codec.decodeCount(answer) == 7)
    }
}
