import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: parameters and tools of a client's request")
struct GeminiParametersDecodeTests {
    private func decode(_ members: String) throws -> Conversation {
        try GeminiKit.decode(#"{"contents":{"parts":{"text":"a"}},\#(members)}"#)
    }

    @Test("numbers keep their digits")
    func sampling() throws {
        let conversation = try decode(
            """
            "generationConfig":{"temperature":0.10,"topK":40.0,"topP":1e0,
            "seed":12345678901234567890,"presencePenalty":-1,"frequencyPenalty":0.5,
            "candidateCount":2,"responseLogprobs":true,"logprobs":3,"maxOutputTokens":64}
            """)
        let sampling = conversation.sampling
        #expect(sampling.temperature?.text == "0.10")
        #expect(sampling.topK?.text == "40.0")
        #expect(sampling.topP?.text == "1e0")
        #expect(sampling.seed?.text == "12345678901234567890")
        #expect(sampling.presencePenalty?.text == "-1")
        #expect(sampling.frequencyPenalty?.text == "0.5")
        #expect(sampling.candidateCount?.int == 2)
        #expect(sampling.logprobs == true)
        #expect(sampling.topLogprobs?.int == 3)
        #expect(conversation.maxOutputTokens?.int == 64)
    }

    @Test(
        "thinking by budget, by level and not at all",
        arguments: [
            (#"{"thinkingBudget":0}"#, .off, nil, nil),
            (#"{"thinkingBudget":-1,"includeThoughts":false}"#, .adaptive, nil, false),
            (#"{"thinkingBudget":512}"#, .budget(JSONNumber(512)), nil, nil),
            (#"{"thinkingLevel":"LOW","includeThoughts":true}"#, .unspecified, "low", true),
            (#"{"thinkingLevel":"THINKING_LEVEL_UNSPECIFIED"}"#, .unspecified, nil, nil),
        ] as [(String, ReasoningRequest.Mode, String?, Bool?)])
    func thinking(
        config: String, mode: ReasoningRequest.Mode, effort: String?, isShown: Bool?
    ) throws {
        var expected = ReasoningRequest(mode: mode, effort: effort)
        expected.isShown = isShown
        let conversation = try decode(#""generationConfig":{"thinkingConfig":\#(config)}"#)
        #expect(conversation.reasoning == expected)
    }

    @Test("JSON answers, with Google's schema or a JSON Schema")
    func formats() throws {
        let object = try decode(#""generationConfig":{"responseMimeType":"application/json"}"#)
        #expect(object.outputFormat == .jsonObject)
        let text = try decode(#""generationConfig":{"responseMimeType":"text/plain"}"#)
        #expect(text.outputFormat == nil)
        for schema in [
            #""responseSchema":{"type":"OBJECT"}"#, #""responseJsonSchema":{"type":"object"}"#,
        ] {
            let conversation = try decode(
                #""generationConfig":{"responseMimeType":"application/json",\#(schema)}"#)
            #expect(
                conversation.outputFormat
                    == .jsonSchema(
                        name: nil, description: nil, schema: ["type": "object"], strict: nil))
        }
        let word = try decode(
            #""generationConfig":{"responseMimeType":"text/x.enum","#
                + #""responseSchema":{"enum":["a"]}}"#
        )
        #expect(word.outputFormat == nil)
        #expect(word.extras.map(\.key) == ["responseMimeType", "responseJsonSchema"])
        #expect(
            word.instructions == [
                .text("Answer with exactly one of these, and nothing else: a")
            ])
    }

    @Test("what only Google knows is kept by its name, what says nothing is not")
    func extras() throws {
        let conversation = try decode(
            """
            "generationConfig":{"media_resolution":"MEDIA_RESOLUTION_LOW",
            "responseModalities":["TEXT","IMAGE"],"speechConfig":{}},
            "cachedContent":"cachedContents/x","labels":{},"safetySettings":[],"serviceTier":"flex",
            "store":false,"toolConfig":{"retrievalConfig":{"languageCode":"de"}}
            """)
        #expect(
            conversation.extras.map(\.key) == [
                "retrievalConfig", "mediaResolution", "cachedContent",
            ])
        #expect(conversation.modalities == ["text", "image"])
        #expect(conversation.serviceTier == "flex")
        #expect(conversation.store == false)
    }

    @Test("the form of a video is kept apart from its part")
    func partExtras() throws {
        let conversation = try GeminiKit.decode(
            """
            {"contents":[{"parts":[{"fileData":{"fileUri":"gs://a/b.mp4","mimeType":"video/mp4"},
            "videoMetadata":{"fps":2}},{"text":"a","partMetadata":{"x":1}}]}]}
            """)
        #expect(conversation.extras == [JSONMember(key: "videoMetadata", value: ["fps": 2])])
    }

    @Test("functions with both kinds of schema")
    func functions() throws {
        let tools = try decode(
            """
            "tools":[{"functionDeclarations":[
            {"name":"a","description":"d","parameters":{"type":"OBJECT","properties":
            {"x":{"type":"STRING","nullable":true}}},"response":{"type":"STRING"},
            "behavior":"BLOCKING"},
            {"name":"b","parametersJsonSchema":{"type":"object","properties":
            {"some_key":{"type":"STRING"}}}},{"name":"c"}]}]
            """
        ).tools
        let schemas = tools.map { tool -> JSONValue? in
            if case .function(let schema) = tool.kind { schema } else { nil }
        }
        #expect(tools.map(\.name.name) == ["a", "b", "c"])
        #expect(tools.first?.description == "d")
        #expect(tools.first?.extras.map(\.key) == ["response"])
        #expect(
            schemas == [
                ["type": "object", "properties": ["x": ["type": ["string", "null"]]]],
                ["type": "object", "properties": ["some_key": ["type": "STRING"]]], nil,
            ])
    }

    @Test(
        "Google's own tools by their purpose",
        arguments: [
            ("googleSearch", ServerTool.Purpose.webSearch),
            ("google_search_retrieval", .webSearch), ("urlContext", .webFetch),
            ("codeExecution", .codeExecution), ("fileSearch", .fileSearch),
            ("computerUse", .other), ("googleMaps", .other),
        ])
    func serverTools(name: String, purpose: ServerTool.Purpose) throws {
        let tool = try decode(#""tools":[{"\#(name)":{"a":1}}]"#).tools.first
        guard case .server(let server)? = tool?.kind else {
            Issue.record("no server tool")
            return
        }
        #expect(server.purpose == purpose)
        #expect(server.family == .google)
        #expect(server.declaration == (purpose == .webSearch ? [:] : ["a": 1]))
    }

    @Test("what a search is told is kept: domains as the others name them, the rest by its name")
    func searchOptions() throws {
        let conversation = try decode(
            """
            "tools":[{"googleSearch":{"exclude_domains":["a.b"],"searchTypes":{"webSearch":{}},
            "timeRangeFilter":{"startTime":"t"}}}]
            """)
        guard case .server(let server)? = conversation.tools.first?.kind else {
            Issue.record("no server tool")
            return
        }
        #expect(server.declaration == ["blocked_domains": ["a.b"]])
        #expect(conversation.extras.map(\.key) == ["timeRangeFilter"])
    }

    @Test(
        "the newer form of an answer's form", arguments: ["APPLICATION_JSON", "application/json"])
    func responseFormat(mediaType: String) throws {
        let conversation = try decode(
            """
            "generationConfig":{"responseFormat":{"text":{"mimeType":"\(mediaType)",
            "schema":{"type":"object"}},"audio":{"x":1}}}
            """)
        #expect(
            conversation.outputFormat
                == .jsonSchema(
                    name: nil, description: nil, schema: ["type": "object"], strict: nil))
        #expect(conversation.extras.map(\.key) == ["audio"])
    }

    @Test("content that Google keeps cannot be had elsewhere, and the model is told")
    func cachedContent() throws {
        let conversation = try decode(
            #""cachedContent":"cachedContents/x","systemInstruction":{"parts":[{"text":"s"}]}"#)
        #expect(
            conversation.instructions == [
                .text("[cachedContents/x omitted: it is content kept by another provider]"),
                .text("s"),
            ])
    }

    @Test(
        "the choice among tools",
        arguments: [
            (#"{"mode":"AUTO"}"#, ToolChoice.auto), (#"{"mode":"NONE"}"#, ToolChoice.none),
            (#"{"mode":"ANY"}"#, .required),
            (#"{"mode":"ANY","allowedFunctionNames":["f"]}"#, .tool(ToolName("f"))),
            (
                #"{"mode":"ANY","allowedFunctionNames":["f","g"]}"#,
                .allowed([ToolName("f"), ToolName("g")], required: true)
            ),
            (
                #"{"mode":"VALIDATED","allowedFunctionNames":["f"]}"#,
                .allowed([ToolName("f")], required: false)
            ),
            (#"{"mode":"MODE_UNSPECIFIED"}"#, nil), ("{}", nil),
        ] as [(String, ToolChoice?)])
    func choice(config: String, expected: ToolChoice?) throws {
        let conversation = try decode(#""toolConfig":{"functionCallingConfig":\#(config)}"#)
        #expect(conversation.toolChoice == expected)
    }

    @Test(
        "Google's schema becomes JSON Schema",
        arguments: [
            (
                #"{"type":"ARRAY","items":{"type":"INTEGER","format":"int32"},"min_items":"2"}"#,
                #"{"type":"array","items":{"type":"integer","format":"int32"},"minItems":2}"#
            ),
            (
                #"{"type":"STRING","format":"enum","enum":["a"],"nullable":true}"#,
                #"{"type":["string","null"],"enum":["a",null]}"#
            ),
            (
                #"{"any_of":[{"type":"STRING"},{"type":"NUMBER"}],"nullable":true}"#,
                #"{"anyOf":[{"type":"string"},{"type":"number"},{"type":"null"}]}"#
            ),
            (
                """
                {"type":"OBJECT","properties":{"b":{"type":"STRING"},"max_items":{"type":"STRING"}},
                "propertyOrdering":["max_items","b"],"example":{"b":"x"}}
                """,
                #"{"type":"object","properties":{"max_items":{"type":"string"},"#
                    + #""b":{"type":"string"}},"examples":[{"b":"x"}]}"#
            ),
            (
                ##"{"defs":{"P":{"type":"OBJECT"}},"ref":"#/defs/P","type":"TYPE_UNSPECIFIED"}"##,
                ##"{"$defs":{"P":{"type":"object"}},"$ref":"#/$defs/P"}"##
            ),
            (
                #"{"type":"object","additionalProperties":{"type":"BOOLEAN"},"x-other":1}"#,
                #"{"type":"object","additionalProperties":{"type":"boolean"},"x-other":1}"#
            ),
        ])
    func schemas(schema: String, expected: String) throws {
        let tool = try decode(
            #""tools":[{"functionDeclarations":[{"name":"f","parameters":\#(schema)}]}]"#
        ).tools.first
        guard case .function(let result?)? = tool?.kind else {
            Issue.record("no schema")
            return
        }
        #expect(GeminiKit.text(result) == expected)
    }
}
