import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic requests: tools")
struct AnthropicToolTests {
    private typealias Fixture = AnthropicFixture

    private func function(_ name: String, _ schema: JSONValue? = ["type": "object"]) -> Tool {
        Tool(ToolName(name), description: "d", kind: .function(schema: schema))
    }

    private func tools(
        _ tools: [Tool], model: String = "claude-sonnet-4-6",
        _ change: (inout Conversation) -> Void = { _ in }
    ) -> (request: JSONValue, lost: [String]) {
        Fixture.encoded(
            Fixture.question {
                $0.tools = tools
                change(&$0)
            }, model: model)
    }

    @Test("a function with all it can have")
    func function() throws {
        var tool = function("f", ["type": "object", "properties": ["a": ["type": "string"]]])
        tool.cache = ["type": "ephemeral"]
        tool.isDeferred = true
        tool.strict = true
        let (request, lost) = tools([tool])
        let expected = """
            [{"name":"f","description":"d",
              "input_schema":{"type":"object","properties":{"a":{"type":"string"}},
               "additionalProperties":false},
              "strict":true,"defer_loading":true,"cache_control":{"type":"ephemeral"}}]
            """
        #expect(request["tools"] == (try Fixture.json(expected)))
        #expect(request["tool_choice"] == nil)
        #expect(lost.isEmpty)
    }

    @Test("strictness an older model does not know is noted")
    func strict() {
        var tool = function("f")
        tool.strict = true
        let (request, lost) = tools([tool], model: "claude-3-5-sonnet-20241022")
        #expect(request["tools"]?.array?.first?["strict"] == nil)
        #expect(lost == ["tools.f.strict"])
    }

    @Test(
        "the input of a tool is an object without alternatives at its top",
        arguments: [
            (nil, #"{"type":"object"}"#, []),
            (#"{"properties":{"a":{}}}"#, #"{"type":"object","properties":{"a":{}}}"#, []),
            (
                #"{"type":["object","null"],"required":["a"]}"#,
                #"{"type":"object","required":["a"]}"#, []
            ),
            (#"{"type":"string"}"#, #"{"type":"object"}"#, ["tools.input_schema"]),
            (
                #"{"type":"object","anyOf":[{"properties":{"a":{"type":"string"}}},"#
                    + #"{"properties":{"b":{"minimum":1}}}]}"#,
                #"{"type":"object","properties":{"a":{"type":"string"},"b":{"minimum":1}}}"#,
                ["tools.input_schema"]
            ),
        ] as [(String?, String, [String])])
    func schema(schema: String?, expected: String, lost: [String]) throws {
        let (request, losses) = tools([function("f", try schema.map { try Fixture.json($0) })])
        #expect(
            request["tools"]?.array?.first?["input_schema"] == (try Fixture.json(expected)))
        #expect(losses == lost)
    }

    @Test(
        "every choice",
        arguments: [
            (ToolChoice.auto, nil, #"{"type":"auto"}"#),
            (.auto, false, #"{"type":"auto","disable_parallel_tool_use":true}"#),
            (.required, false, #"{"type":"any","disable_parallel_tool_use":true}"#),
            (.tool(ToolName("f")), true, #"{"type":"tool","name":"f"}"#),
            (ToolChoice.none, false, #"{"type":"none"}"#),
            (nil, false, #"{"type":"auto","disable_parallel_tool_use":true}"#),
        ] as [(ToolChoice?, Bool?, String)])
    func choice(choice: ToolChoice?, parallel: Bool?, expected: String) throws {
        let (request, lost) = tools([function("f")]) {
            $0.toolChoice = choice
            $0.parallelToolCalls = parallel
        }
        #expect(request["tool_choice"] == (try Fixture.json(expected)))
        #expect(lost.isEmpty)
    }

    @Test("a choice of some tools is a request with those alone")
    func allowed() {
        let (request, _) = tools([function("f"), function("g")]) {
            $0.toolChoice = .allowed([ToolName("g")], required: true)
        }
        #expect(request["tools"]?.array?.map { $0["name"]?.string } == ["g"])
        #expect(request["tool_choice"]?["type"] == "any")
    }

    @Test("a choice without tools is left out, and noted if it forces")
    func noTools() {
        let auto = tools([]) { $0.toolChoice = .auto }
        #expect(auto.request["tool_choice"] == nil)
        #expect(auto.lost.isEmpty)
        #expect(tools([]) { $0.toolChoice = .required }.lost == ["tool_choice"])
    }

    @Test("thinking gives way to a tool that has to be called")
    func forced() {
        let (request, lost) = tools([function("f")]) {
            $0.toolChoice = .required
            $0.reasoning = ReasoningRequest(effort: "high")
        }
        #expect(request["thinking"] == nil)
        #expect(request["output_config"]?["effort"] == "high")
        #expect(lost == ["reasoning"])
    }

    @Test("calls of the past are declared where no tools are, and none may be made")
    func pastCalls() throws {
        let call = ToolCall(id: "c", name: ToolName("f"), input: .json("{}"))
        let result = ToolResult(callID: "c", content: [.text("r")])
        let (request, _) = Fixture.encoded(
            Fixture.conversation([
                Turn(.user, [.text("a")]), Turn(.assistant, [Block(.toolCall(call))]),
                Turn(.user, [Block(.toolResult(result)), .text("sum it up")]),
            ]))
        #expect(
            request["tools"]
                == (try Fixture.json(#"[{"name":"f","input_schema":{"type":"object"}}]"#)))
        #expect(request["tool_choice"] == ["type": "none"])
    }

    @Test("a tool named outside of results is not held back")
    func named() {
        var tool = function("f")
        tool.isDeferred = true
        let (request, _) = tools([tool]) {
            $0.turns[0].blocks.insert(Block(.toolReference("f")), at: 0)
        }
        #expect(request["tools"]?.array?.first?["defer_loading"] == nil)
    }

    // MARK: Server tools

    private func server(
        _ purpose: ServerTool.Purpose, _ declaration: String, family: WireFamily = .openAI
    ) throws -> Tool {
        let server = ServerTool(
            purpose: purpose, family: family, declaration: try Fixture.json(declaration))
        return Tool(ToolName(purpose.rawValue), kind: .server(server))
    }

    @Test(
        "a web search of OpenAI's with what both know",
        arguments: [
            ("""
            {"type":"web_search","filters":{"allowed_domains":["a.b"]},
             "user_location":{"type":"approximate","country":"DE","city":"Ulm"}}
            """),
            ("""
            {"allowed_domains":["a.b"],"search_context_size":"medium",
             "user_location":{"type":"approximate","approximate":{"country":"DE","city":"Ulm"}}}
            """),
        ])
    func webSearch(declaration: String) throws {
        let (request, lost) = tools([try server(.webSearch, declaration)])
        let expected = """
            [{"type":"web_search_20250305","name":"web_search","allowed_domains":["a.b"],
              "user_location":{"type":"approximate","city":"Ulm","country":"DE"}}]
            """
        #expect(request["tools"] == (try Fixture.json(expected)))
        #expect(lost.isEmpty)
    }

    @Test("a web search of OpenRouter's, whose parameters stand apart")
    func openRouterSearch() throws {
        let declaration =
            #"{"type":"openrouter:web_search","parameters":{"excluded_domains":["a.b"],"max_results":3}}"#
        let (request, lost) = tools([try server(.webSearch, declaration)])
        let expected =
            #"[{"type":"web_search_20250305","name":"web_search","blocked_domains":["a.b"]}]"#
        #expect(request["tools"] == (try Fixture.json(expected)))
        #expect(lost == ["tools.web_search.max_results"])
    }

    @Test("its own server tools go as they came, others' without a counterpart are noted")
    func serverTools() throws {
        let own = #"{"type":"web_search_20260209","name":"web_search","max_uses":8}"#
        let (request, lost) = tools([
            try server(.webSearch, own, family: .anthropic),
            try server(.codeExecution, #"{"type":"code_interpreter"}"#),
            try server(.webFetch, "{}", family: .google),
            try server(.imageGeneration, "{}"),
        ])
        let expected = """
            [\(own),{"type":"code_execution_20250825","name":"code_execution"},
             {"type":"web_fetch_20250910","name":"web_fetch"}]
            """
        #expect(request["tools"] == (try Fixture.json(expected)))
        #expect(lost == ["tools.image_generation"])
    }

    @Test("a count is the request without what only an answer needs")
    func count() throws {
        let (request, _) = tools([function("f")]) {
            $0.streams = true
            $0.sampling.stopSequences = ["x"]
            $0.userID = "u"
            $0.reasoning = ReasoningRequest(effort: "high")
        }
        let upstream = Upstream(id: "a", wire: .anthropicMessages, model: "m")
        let count = try #require(Fixture.codec.encodeCount(request, for: upstream))
        #expect(
            count.object?.map(\.key) == ["model", "messages", "tools", "thinking", "output_config"])
        #expect(Fixture.codec.decodeCount(["input_tokens": 12]) == 12)
        #expect(Fixture.codec.decodeCount([:]) == nil)
        #expect(Fixture.codec.encodeCountAnswer(7) == ["input_tokens": 7])
    }
}
