import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic requests, read")
struct AnthropicRequestDecodeTests {
    private typealias Fixture = AnthropicFixture

    // MARK: Parameters

    @Test("every parameter of a turn has its place, numbers exact")
    func parameters() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"claude-x","max_tokens":32000,"stream":true,"temperature":0.70,"top_p":1e-2,
             "top_k":40,"stop_sequences":["END","\\n\\n"],"service_tier":"auto",
             "metadata":{"user_id":"u1","team":"a"},"messages":[{"role":"user","content":"x"}]}
            """)
        #expect(conversation.model == "claude-x")
        #expect(conversation.family == .anthropic)
        #expect(conversation.streams)
        #expect(conversation.maxOutputTokens?.int == 32000)
        #expect(conversation.sampling.temperature?.text == "0.70")
        #expect(conversation.sampling.topP?.text == "1e-2")
        #expect(conversation.sampling.topK?.int == 40)
        #expect(conversation.sampling.stopSequences == ["END", "\n\n"])
        #expect(conversation.serviceTier == "auto")
        #expect(conversation.userID == "u1")
        #expect(conversation.metadata == ["team": "a"])
        #expect(conversation.extras.isEmpty)
    }

    @Test("a system prompt is text blocks, from a string or with cache marks")
    func system() throws {
        let plain = try Fixture.decoded(
            #"{"model":"m","max_tokens":1,"system":"be brief","messages":[{"role":"user","content":"x"}]}"#
        )
        #expect(plain.instructions == [.text("be brief")])
        let blocks = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"system":[{"type":"text","text":"a"},
             {"type":"text","text":"b","cache_control":{"type":"ephemeral","ttl":"1h"}}]}
            """)
        let mark: JSONValue = ["type": "ephemeral", "ttl": "1h"]
        #expect(blocks.instructions == [.text("a"), .text("b", cache: mark)])
    }

    @Test("a system message in the middle keeps its place")
    func systemTurn() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},
             {"role":"system","content":"# Environment"},{"role":"assistant","content":"b"},
             {"role":"system","content":[{"type":"text","text":"c"}]}]}
            """)
        #expect(conversation.turns.map(\.role) == [.user, .system, .assistant, .system])
        #expect(conversation.turns[1].blocks == [.text("# Environment")])
        #expect(conversation.turns[3].blocks == [.text("c")])
    }

    @Test("a count needs no max_tokens")
    func counting() throws {
        let conversation = try Fixture.decoded(
            #"{"model":"m","messages":[{"role":"user","content":"a"}]}"#, counting: true)
        #expect(conversation.maxOutputTokens == nil)
    }

    @Test("null stands for an absent member")
    func null() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"system":null,"tools":null,"temperature":null,
             "tool_choice":null,"container":null,"messages":[{"role":"user","content":"x"}]}
            """)
        #expect(conversation.instructions.isEmpty)
        #expect(conversation.extras.isEmpty)
    }

    @Test("a cache mark on the request is one on its last block")
    func cacheMark() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"cache_control":{"type":"ephemeral"},"messages":[
             {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
             {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"}]}]}
            """)
        #expect(conversation.turns[0].blocks.map(\.cache) == [nil, ["type": "ephemeral"]])
        #expect(conversation.turns[1].blocks[0].cache == nil)
    }

    @Test("what Anthropic alone knows is kept; what changes nothing is not")
    func extras() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"container":"c1","mcp_servers":[],
             "inference_geo":"eu","speed":"standard","diagnostics":{},
             "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},
             "output_config":{"effort":"low","task_budget":{"total":5}}}
            """)
        #expect(conversation.extras.map(\.key) == ["output_config", "container", "inference_geo"])
        let clearing = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],
             "context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]}}
            """)
        #expect(clearing.extras.map(\.key) == ["context_management"])
    }

    // MARK: Thinking and form

    @Test(
        "thinking in all its forms",
        arguments: [
            (#""thinking":{"type":"adaptive","display":"updates"}"#, "adaptive nil true"),
            (
                #""thinking":{"type":"adaptive"},"output_config":{"effort":"max"}"#,
                "adaptive max nil"
            ),
            (
                #""thinking":{"type":"enabled","budget_tokens":31999,"display":"omitted"}"#,
                "31999 nil false"
            ),
            (
                #""thinking":{"type":"disabled"},"output_config":{"effort":"high"}"#,
                "off nil nil"
            ),
            (#""thinking":{"type":"between_tools"}"#, "off nil nil"),
            (#""output_config":{"effort":"low"}"#, "unspecified low nil"),
        ])
    func thinking(members: String, expected: String) throws {
        let conversation = try Fixture.decoded(
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],\#(members)}"#)
        let reasoning = try #require(conversation.reasoning)
        let mode =
            switch reasoning.mode {
            case .unspecified: "unspecified"
            case .off: "off"
            case .adaptive: "adaptive"
            case .budget(let tokens): tokens.text
            }
        let shown = reasoning.isShown.map { "\($0)" } ?? "nil"
        #expect("\(mode) \(reasoning.effort ?? "nil") \(shown)" == expected)
    }

    @Test("a form of the answer is read from both of its places")
    func outputFormat() throws {
        let format = #"{"type":"json_schema","schema":{"type":"object"}}"#
        for place in [#""output_config":{"format":\#(format)}"#, #""output_format":\#(format)"#] {
            let conversation = try Fixture.decoded(
                #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],\#(place)}"#
            )
            #expect(
                conversation.outputFormat
                    == .jsonSchema(
                        name: nil, description: nil, schema: ["type": "object"], strict: nil))
            #expect(conversation.extras.isEmpty)
        }
    }

    // MARK: Tools

    @Test("a custom tool keeps its schema, flags and examples")
    func customTool() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[
             {"name":"Write","description":"d","input_schema":{"type":"object","$schema":"x"}},
             {"type":"custom","name":"Deferred","input_schema":{},"defer_loading":true,
              "strict":true,"input_examples":[{"a":1}],"cache_control":{"type":"ephemeral"}}]}
            """)
        let first = conversation.tools[0]
        #expect(first.name == ToolName("Write"))
        #expect(first.description == "d")
        #expect(first.kind == .function(schema: ["type": "object", "$schema": "x"]))
        let second = conversation.tools[1]
        #expect(second.isDeferred)
        #expect(second.strict == true)
        #expect(second.cache == ["type": "ephemeral"])
        #expect(second.extras.map(\.key) == ["input_examples"])
    }

    @Test(
        "a tool of the provider's own is known by what its type begins with",
        arguments: [
            ("web_search_20250305", ServerTool.Purpose.webSearch),
            ("web_search_20260318", .webSearch), ("web_fetch_20250910", .webFetch),
            ("code_execution_20260521", .codeExecution),
            ("tool_search_tool_bm25_20251119", .toolSearch), ("bash_20250124", .other),
            ("text_editor_20250728", .other), ("computer_20251124", .other),
            ("memory_20250818", .other), ("browser_toolset_20260801", .other),
        ])
    func serverTool(type: String, purpose: ServerTool.Purpose) throws {
        let conversation = try Fixture.decoded(
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"\#(type)","max_uses":8}]}"#
        )
        let declaration = try Fixture.json(#"{"type":"\#(type)","max_uses":8}"#)
        let server = ServerTool(purpose: purpose, family: .anthropic, declaration: declaration)
        #expect(conversation.tools[0].kind == .server(server))
    }

    @Test(
        "every choice of tools",
        arguments: [
            (#"{"type":"auto"}"#, ToolChoice.auto, nil),
            (#"{"type":"any","disable_parallel_tool_use":true}"#, .required, false),
            (#"{"type":"none"}"#, ToolChoice.none, nil),
            (
                #"{"type":"tool","name":"f","disable_parallel_tool_use":false}"#,
                .tool(ToolName("f")), true
            ),
        ] as [(String, ToolChoice, Bool?)])
    func toolChoice(json: String, expected: ToolChoice, parallel: Bool?) throws {
        let conversation = try Fixture.decoded(
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tool_choice":\#(json)}"#
        )
        #expect(conversation.toolChoice == expected)
        #expect(conversation.parallelToolCalls == parallel)
    }

    @Test(
        "tools the client runs by heart become functions of the same name",
        arguments: [
            (#"{"type":"bash_20250124","name":"bash"}"#, "bash", "command"),
            (
                #"{"type":"text_editor_20250728","name":"str_replace_based_edit_tool"}"#,
                "str_replace_based_edit_tool", "old_str"
            ),
            (#"{"type":"memory_20250818","name":"memory"}"#, "memory", "old_path"),
            (
                #"{"type":"computer_20250124","name":"computer","display_width_px":9,"#
                    + #""display_height_px":8}"#, "computer", "coordinate"
            ),
        ])
    func clientTools(json: String, name: String, property: String) throws {
        let conversation = try Fixture.decoded(
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[\#(json)]}"#
        )
        let function = try #require(AnthropicClientTools.function(for: conversation.tools[0]))
        #expect(function.name == ToolName(name))
        guard case .function(let schema?) = function.kind else {
            Issue.record("no function with a schema")
            return
        }
        #expect(schema["type"] == "object")
        #expect(schema["properties"]?[property] != nil)
    }

    @Test("a web search is no tool of the client's")
    func noClientTool() throws {
        let conversation = try Fixture.decoded(
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],
             "tools":[{"type":"web_search_20250305","name":"web_search"}]}
            """)
        #expect(AnthropicClientTools.function(for: conversation.tools[0]) == nil)
    }
}
