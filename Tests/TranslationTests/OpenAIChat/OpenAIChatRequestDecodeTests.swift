import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Chat requests, read")
struct OpenAIChatRequestDecodeTests {
    @Test("instructions before the first turn are the system prompt, later ones keep their place")
    func instructions() throws {
        let request = try Chat.decode(
            #"""
            "messages":[{"role":"system","content":"a"},
              {"role":"developer","content":[{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]},
              {"role":"user","content":"c"},{"role":"developer","content":"d"},
              {"role":"system","content":"e","name":"n"}]
            """#)
        #expect(request.instructions == [.text("a"), .text("b", cache: ["type": "ephemeral"])])
        #expect(
            request.turns == [
                Turn(.user, [.text("c")]), Turn(.developer, [.text("d")]),
                Turn(.system, [.text("e")], name: "n"),
            ])
    }

    @Test("every part a user can send has its block")
    func userParts() throws {
        let turns = try Chat.turns(
            #"""
            {"role":"user","content":[
              {"type":"text","text":"t"},
              {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
              {"type":"input_audio","input_audio":{"data":"BBBB","format":"mp3"}},
              {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CCCC"}},
              {"type":"file","file":{"file_id":"file-1"}},
              {"type":"file","file":{"filename":"b.pdf","file_data":"https://x/b.pdf"}},
              {"type":"file","file":{"filename":"c.txt","file_data":"data:text/plain;base64,aGk="}},
              {"type":"video_url","video_url":{"url":"https://x/v.mp4"}}]}
            """#)
        var low = Media(.url("https://x/y.png"))
        low.detail = "low"
        let blocks: [Block.Content] = [
            .text("t"), .image(low), .image(Media(.base64("AAAA"), mediaType: "image/png")),
            .audio(Media(.base64("BBBB"), mediaType: "audio/mpeg")),
            .document(Media(.base64("CCCC"), mediaType: "application/pdf", title: "a.pdf")),
            .document(Media(.fileID("file-1"))),
            .document(Media(.url("https://x/b.pdf"), title: "b.pdf")),
            .document(Media(.text("hi"), mediaType: "text/plain", title: "c.txt")),
            .video(Media(.url("https://x/v.mp4"))),
        ]
        #expect(turns == [Turn(.user, blocks.map { Block($0) })])
    }

    @Test("a message of the model: thoughts, text, refusal, calls of both kinds, in this order")
    func assistant() throws {
        let turns = try Chat.turns(
            #"""
            {"role":"assistant","content":[{"type":"text","text":"t"},{"type":"refusal","refusal":"no"}],
             "reasoning":"hm","refusal":"never","tool_calls":[
              {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1e400}"}},
              {"id":"c2","type":"custom","custom":{"name":"g","input":"x"}},
              {"id":"c3","type":"function","function":{"name":"h","arguments":""}}]},
            {"role":"tool","tool_call_id":"c1","content":"one"},
            {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"two"}]},
            {"role":"user","content":"next"}
            """#)
        var custom = ToolResult(callID: "c2", content: [.text("two")])
        custom.isCustom = true
        #expect(
            turns == [
                Turn(
                    .assistant,
                    [
                        Block(.reasoning(Reasoning("hm"))), .text("t"), Block(.refusal("no")),
                        Block(.refusal("never")),
                        Block(
                            .toolCall(
                                ToolCall(
                                    id: "c1", name: ToolName("f"), input: .json(#"{"a": 1e400}"#)))),
                        Block(
                            .toolCall(ToolCall(id: "c2", name: ToolName("g"), input: .text("x")))),
                        Block(
                            .toolCall(ToolCall(id: "c3", name: ToolName("h"), input: .json("{}")))),
                    ]),
                Turn(
                    .user,
                    [
                        Block(.toolResult(ToolResult(callID: "c1", content: [.text("one")]))),
                        Block(.toolResult(custom)),
                    ]),
                Turn(.user, [.text("next")]),
            ])
    }

    @Test("function calls in the form of 2023 are paired by name")
    func legacyCalls() throws {
        let turns = try Chat.turns(
            #"""
            {"role":"user","content":"q"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"r"}
            """#)
        let call = ToolCall(id: "call_function_1", name: ToolName("f"), input: .json("{}"))
        let result = ToolResult(callID: "call_function_1", content: [.text("r")])
        #expect(turns[1].blocks == [Block(.toolCall(call))])
        #expect(turns[2].blocks == [Block(.toolResult(result))])
    }

    @Test("seals of this gateway come back with the text of their own block")
    func seals() throws {
        let issuer = ReasoningIssuer(Chat.openRouter)
        let seals: [ReasoningSeal] = [
            .issued(by: issuer, payload: ["n": 1]), .issued(by: issuer, payload: ["n": 2]),
        ]
        let details = seals.enumerated().map { index, seal in
            #"{"type":"reasoning.encrypted","data":"\#(seal.envelope)","format":"agentroute-v1","#
                + #""index":\#(index),"length":2}"#
        }
        let list = details.joined(separator: ",")
        let message = { (text: String) in
            #"{"role":"assistant","content":"x","reasoning_content":"\#(text)","#
                + #""reasoning_details":[\#(list)]}"#
        }
        let split = try Chat.turns(message("abcd"))[0].blocks
        #expect(
            split == [
                Block(.reasoning(Reasoning("ab", seal: seals[0]))),
                Block(.reasoning(Reasoning("cd", seal: seals[1]))), .text("x"),
            ])
        let changed = try Chat.turns(message("abc"))[0].blocks
        #expect(changed[0] == Block(.reasoning(Reasoning("abc", seal: seals[0]))))
        #expect(changed[1] == Block(.reasoning(Reasoning("", seal: seals[1]))))
    }

    @Test("a provider's own reasoning_details are kept as foreign")
    func foreignDetails() throws {
        let turns = try Chat.turns(
            #"""
            {"role":"assistant","content":"x","reasoning_details":[
             {"type":"reasoning.text","text":"hm","signature":"s"}]}
            """#)
        let text = #"[{"type":"reasoning.text","text":"hm","signature":"s"}]"#
        #expect(turns[0].blocks[0] == Block(.reasoning(Reasoning("hm", seal: .foreign(text)))))
    }

    @Test("parameters keep their exact numbers; what is not known is an extra")
    func parameters() throws {
        let request = try Chat.decode(
            #"""
            "messages":[{"role":"user","content":"q"}],"stream":true,
            "stream_options":{"include_usage":true},"temperature":0.10,"top_p":1,"stop":"END",
            "seed":12345678901234567890,"presence_penalty":-1,"frequency_penalty":0.5,
            "logit_bias":{"5":-100},"logprobs":true,"top_logprobs":3,"n":2,"max_tokens":5,
            "max_completion_tokens":6,"verbosity":"low","modalities":["text"],"user":"u",
            "safety_identifier":"s","metadata":{"k":"v"},"store":true,"service_tier":"flex",
            "prompt_cache_key":"key","parallel_tool_calls":false,"prediction":{"type":"content"},
            "provider":{"order":["a"]},"seed2":null
            """#)
        #expect(request.streams && request.wantsUsageChunk)
        #expect(request.sampling.temperature?.text == "0.10")
        #expect(request.sampling.seed?.text == "12345678901234567890")
        #expect(request.sampling.stopSequences == ["END"])
        #expect(request.sampling.logitBias == ["5": -100])
        #expect(request.sampling.candidateCount?.int == 2)
        #expect(request.maxOutputTokens?.int == 6)
        #expect(request.userID == "u" && request.safetyIdentifier == "s")
        #expect(request.metadata == ["k": "v"])
        #expect(request.store == true && request.promptCacheKey == "key")
        #expect(request.parallelToolCalls == false && request.serviceTier == "flex")
        #expect(request.extras.map(\.key) == ["prediction", "provider", "seed2"])
    }

    @Test(
        "every way to ask for thoughts",
        arguments: [
            (#""reasoning_effort":"high""#, ReasoningRequest(effort: "high")),
            (#""reasoning_effort":"none""#, ReasoningRequest(mode: .off, effort: "none")),
            (
                #""reasoning":{"max_tokens":2000}"#,
                ReasoningRequest(mode: .budget(JSONNumber(2000)))
            ),
            (#""reasoning":{"enabled":true}"#, ReasoningRequest(mode: .adaptive)),
            (#""reasoning":{"enabled":false}"#, ReasoningRequest(mode: .off)),
        ])
    func reasoning(members: String, expected: ReasoningRequest) throws {
        let request = try Chat.decode(#""messages":[{"role":"user","content":"q"}],\#(members)"#)
        #expect(request.reasoning == expected)
    }

    @Test("tools of every kind, and the choice among them")
    func tools() throws {
        let request = try Chat.decode(
            #"""
            "messages":[{"role":"user","content":"q"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
              "parameters":{"type":"object"}},"cache_control":{"type":"ephemeral"}},
             {"type":"custom","custom":{"name":"g","format":{"type":"grammar",
              "grammar":{"syntax":"lark","definition":"x"}}}},
             {"type":"openrouter:web_search","parameters":{"max_results":3}}],
            "functions":[{"name":"h"}],
            "web_search_options":{"search_context_size":"low",
             "user_location":{"type":"approximate","approximate":{"country":"DE"}}},
            "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[
             {"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"g"}}]}}
            """#)
        #expect(request.tools.map(\.name.name) == ["f", "g", "web_search", "h", "web_search"])
        #expect(request.tools[0].strict == true && request.tools[0].cache != nil)
        #expect(
            request.tools[1].kind
                == .custom(format: ["type": "grammar", "syntax": "lark", "definition": "x"]))
        let location: JSONValue = ["type": "approximate", "country": "DE"]
        let search = ServerTool(
            purpose: .webSearch, family: .openAI,
            declaration: [
                "type": "web_search", "search_context_size": "low", "user_location": location,
            ])
        #expect(request.tools[4].kind == .server(search))
        #expect(request.toolChoice == .allowed([ToolName("f"), ToolName("g")], required: true))
    }

    @Test(
        "every form of tool_choice",
        arguments: [
            (#""tool_choice":"auto""#, ToolChoice.auto), (#""tool_choice":"none""#, .none),
            (#""tool_choice":"required""#, .required),
            (
                #""tool_choice":{"type":"function","function":{"name":"f"}}"#,
                .tool(ToolName("f"))
            ),
            (#""tool_choice":{"type":"custom","custom":{"name":"f"}}"#, .tool(ToolName("f"))),
            (#""function_call":{"name":"f"}"#, .tool(ToolName("f"))),
            (#""function_call":"auto""#, .auto),
        ])
    func choice(members: String, expected: ToolChoice) throws {
        let request = try Chat.decode(#""messages":[{"role":"user","content":"q"}],\#(members)"#)
        #expect(request.toolChoice == expected)
    }

    @Test("response formats")
    func formats() throws {
        let prefix = #""messages":[{"role":"user","content":"q"}],"response_format":"#
        #expect(try Chat.decode(prefix + #"{"type":"text"}"#).outputFormat == nil)
        #expect(try Chat.decode(prefix + #"{"type":"json_object"}"#).outputFormat == .jsonObject)
        let schema = #"{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{}}}"#
        #expect(
            try Chat.decode(prefix + schema).outputFormat
                == .jsonSchema(name: "n", description: nil, schema: [:], strict: true))
    }

    @Test(
        "a fault names its path",
        arguments: [
            (#"{"role":"user"}"#, "messages.0.content"),
            (#"{"role":"user","content":5}"#, "messages.0.content"),
            (#"{"role":"robot","content":""}"#, "messages.0.role"),
            (#"{"role":"user","content":[{"type":"smell"}]}"#, "messages.0.content.0.type"),
            (#"{"role":"user","content":[{"type":"text"}]}"#, "messages.0.content.0.text"),
            (
                #"{"role":"user","content":[{"type":"image_url","image_url":"x"}]}"#,
                "messages.0.content.0.image_url"
            ),
            (
                #"{"role":"system","content":[{"type":"image_url","image_url":{"url":"x"}}]}"#,
                "messages.0.content.0.type"
            ),
            (
                #"{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}}]}"#,
                "messages.0.tool_calls.0.function.arguments"
            ),
            (
                #"{"role":"assistant","tool_calls":[{"function":{}}]}"#,
                "messages.0.tool_calls.0.id"
            ),
            (
                #"{"role":"assistant","tool_calls":[{"id":"a","type":"x"}]}"#,
                "messages.0.tool_calls.0.type"
            ),
            (#"{"role":"tool","content":""}"#, "messages.0.tool_call_id"),
            (#"{"role":"function","name":"f","content":""}"#, "messages.0.name"),
            (#"5"#, "messages.0"),
        ])
    func messageFaults(message: String, path: String) throws {
        let fault = #expect(throws: RequestFault.self) {
            try Chat.decode(#""messages":[\#(message)]"#)
        }
        #expect(fault?.path == path)
    }

    @Test(
        "a fault of a parameter names its path",
        arguments: [
            (#""messages":[]"#, "messages"), (#""stream":true"#, "messages"),
            (#""messages":[{"role":"user","content":""}],"stream":"yes""#, "stream"),
            (#""messages":[{"role":"user","content":""}],"max_tokens":0"#, "max_tokens"),
            (#""messages":[{"role":"user","content":""}],"stop":[1]"#, "stop.0"),
            (#""messages":[{"role":"user","content":""}],"tools":[{"type":"x"}]"#, "tools.0.type"),
            (#""messages":[{"role":"user","content":""}],"tool_choice":"some""#, "tool_choice"),
            (
                #""messages":[{"role":"user","content":""}],"response_format":{"type":"x"}"#,
                "response_format.type"
            ),
        ])
    func parameterFaults(members: String, path: String) throws {
        let fault = #expect(throws: RequestFault.self) { try Chat.decode(members) }
        #expect(fault?.path == path)
    }
}
