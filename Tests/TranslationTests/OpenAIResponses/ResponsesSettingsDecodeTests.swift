import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Responses settings, read")
struct ResponsesSettingsDecodeTests {
    typealias Fixture = ResponsesFixture

    @Test("every setting has its place, and numbers stay as they were written")
    func settings() throws {
        let conversation = try Fixture.decode(
            """
            "input":"x","stream":true,"store":false,"temperature":0.70,"top_p":1e0,"top_logprobs":3,
            "include":["reasoning.encrypted_content","message.output_text.logprobs"],
            "max_output_tokens":12345678901234567890,"metadata":{"a":"b"},"user":"u",
            "safety_identifier":"s","prompt_cache_key":"k","service_tier":"flex",
            "parallel_tool_calls":false,"text":{"verbosity":"low"}
            """)
        #expect(conversation.streams)
        #expect(conversation.store == false)
        #expect(conversation.sampling.temperature?.text == "0.70")
        #expect(conversation.sampling.topP?.text == "1e0")
        #expect(conversation.sampling.topLogprobs?.int == 3)
        #expect(conversation.sampling.logprobs == true)
        #expect(conversation.maxOutputTokens?.text == "12345678901234567890")
        #expect(conversation.metadata == ["a": "b"])
        #expect(conversation.userID == "u")
        #expect(conversation.promptCacheKey == "k")
        #expect(conversation.serviceTier == "flex")
        #expect(conversation.parallelToolCalls == false)
        #expect(conversation.verbosity == "low")
        #expect(conversation.safetyIdentifier == "s" && conversation.extras.isEmpty)
    }

    @Test("transport is dropped, what changes the answer and what is unknown are kept")
    func extras() throws {
        let conversation = try Fixture.decode(
            """
            "input":"x","client_metadata":{"a":1},"stream_options":{"include_obfuscation":false},
            "truncation":"auto","max_tool_calls":2,"new_thing":[1],"moderation":null,"background":false
            """)
        #expect(conversation.extras.map(\.key) == ["truncation", "max_tool_calls", "new_thing"])
        #expect(try Fixture.decode(#""input":"x","truncation":"disabled""#).extras.isEmpty)
    }

    @Test(
        "reasoning says how much, and whether it is shown",
        arguments: [
            (#"{"effort":"none"}"#, ReasoningRequest.Mode.off, "none", nil, nil),
            (#"{"summary":"auto"}"#, .unspecified, nil, true, "auto"),
            (#"{"effort":"high","summary":null}"#, .unspecified, "high", nil, nil),
            (#"{"generate_summary":"concise"}"#, .unspecified, nil, true, "concise"),
            (#"{"summary":"none"}"#, .unspecified, nil, false, nil),
        ] as [(String, ReasoningRequest.Mode, String?, Bool?, String?)])
    func reasoning(
        text: String, mode: ReasoningRequest.Mode, effort: String?, isShown: Bool?, summary: String?
    ) throws {
        let reasoning = try Fixture.decode(#""input":"x","reasoning":\#(text)"#).reasoning
        #expect(reasoning?.mode == mode)
        #expect(reasoning?.effort == effort)
        #expect(reasoning?.isShown == isShown)
        #expect(reasoning?.summary == summary)
    }

    @Test("a schema for the answer keeps its name and strictness")
    func outputFormat() throws {
        let format = try Fixture.decode(
            #""input":"x","text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}}"#
        ).outputFormat
        #expect(
            format
                == .jsonSchema(
                    name: "n", description: nil, schema: ["type": "object"], strict: true))
        #expect(
            try Fixture.decode(#""input":"x","text":{"format":{"type":"text"}}"#).outputFormat
                == nil)
    }

    @Test("tools of every kind")
    func tools() throws {
        let tools = try Fixture.decode(
            """
            "input":"x","tools":[
            {"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":null,
              "defer_loading":true,"output_schema":{"a":1}},
            {"type":"custom","name":"c","format":{"type":"grammar","syntax":"lark","definition":"x"}},
            {"type":"namespace","name":"n","description":"N","tools":[{"type":"function","name":"f","parameters":null}]},
            {"type":"web_search_preview_2025_03_11"},{"type":"code_interpreter","container":"c"},
            {"type":"image_generation"},{"type":"file_search","vector_store_ids":[]},
            {"type":"tool_search"},{"type":"mcp","server_label":"l"},{"type":"local_shell"},
            {"type":"computer_use_preview"}]
            """
        ).tools
        var function = Tool(
            ToolName("f"), description: "d", kind: .function(schema: ["type": "object"]))
        function.isDeferred = true
        function.extras = [JSONMember(key: "output_schema", value: ["a": 1])]
        let grammar: JSONValue = ["type": "grammar", "syntax": "lark", "definition": "x"]
        #expect(tools.first == function)
        #expect(tools[1] == Tool(ToolName("c"), kind: .custom(format: grammar)))
        #expect(tools[2] == Tool(ToolName("f", namespace: "n"), kind: .function(schema: nil)))
        #expect(tools[2].name.namespaceDescription == "N")
        let purposes = tools.dropFirst(3).compactMap { tool -> ServerTool.Purpose? in
            if case .server(let server) = tool.kind { server.purpose } else { nil }
        }
        #expect(
            purposes == [
                .webSearch, .codeExecution, .imageGeneration, .fileSearch, .toolSearch, .other,
                .other, .other,
            ])
    }

    @Test(
        "the choice of tools in all its forms",
        arguments: [
            (#""none""#, ToolChoice.none), (#""auto""#, .auto), (#""required""#, .required),
            (#"{"type":"function","name":"f"}"#, .tool(ToolName("f"))),
            (#"{"type":"custom","name":"c"}"#, .tool(ToolName("c"))),
            (#"{"type":"image_generation"}"#, .tool(ToolName("image_generation"))),
            (
                #"{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"web_search"}]}"#,
                .allowed([ToolName("f"), ToolName("web_search")], required: true)
            ),
        ])
    func toolChoice(text: String, choice: ToolChoice) throws {
        #expect(try Fixture.decode(#""input":"x","tool_choice":\#(text)"#).toolChoice == choice)
    }

    @Test("only tools the client runs become functions for other wires")
    func clientTools() throws {
        func function(_ declaration: String) throws -> Tool? {
            let tools = try Fixture.decode(#""input":"x","tools":[\#(declaration)]"#).tools
            return tools.first.flatMap { ResponsesClientTools.function(for: $0) }
        }
        for name in ["local_shell", "shell", "apply_patch"] {
            let tool = try function(#"{"type":"\#(name)"}"#)
            #expect(tool?.name == ToolName(name))
        }
        let search = try function(
            #"{"type":"tool_search","execution":"client","description":"d","parameters":{"type":"object"}}"#
        )
        #expect(search?.description == "d")
        #expect(search?.kind == .function(schema: ["type": "object"]))
        #expect(try function(#"{"type":"tool_search"}"#) == nil)
        #expect(try function(#"{"type":"shell","environment":{"type":"container_auto"}}"#) == nil)
        #expect(try function(#"{"type":"mcp","server_label":"l"}"#) == nil)
    }
}
