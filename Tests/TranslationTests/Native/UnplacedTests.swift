import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("What a codec reads over")
struct UnplacedTests {
    /// The names of what is known to be lost of a body with these members.
    private func lost(_ members: String, _ client: Wire) throws -> [String] {
        let codec = try #require(Codecs.of(client))
        var call = RequestCall()
        if client == .gemini { call.model = "m" }
        let body = try JSONValue.parse(Array("{\(members)}".utf8))
        return try codec.decodeRequest(body, call).unplaced.list.map(\.name)
    }

    private func messages(_ content: String, role: String = "user") -> String {
        #""model":"m","max_tokens":9,"messages":[{"role":"\#(role)","content":\#(content)}]"#
    }

    @Test(
        "members of Anthropic's blocks and settings",
        arguments: [
            (#"[{"type":"text","text":"a","citations":[],"cache_control":null}]"#, []),
            (#"[{"type":"text","text":"a","citations":[{"type":"x"}]}]"#, ["text.citations"]),
            (
                #"[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"#
                    + #""type":"url","url":"u"},"transformations":{"a":1}}]}]"#,
                ["image.transformations"]
            ),
            (
                #"[{"type":"document","source":{"type":"content","content":[{"type":"text","#
                    + #""text":"a","new":1}]}}]"#, ["text.new"]
            ),
            (#"[{"type":"mcp_tool_use","id":"a","new":1}]"#, []),
        ])
    func anthropic(content: String, expected: [String]) throws {
        #expect(try lost(messages(content), .anthropicMessages) == expected)
    }

    @Test("settings of Anthropic's that no other wire has")
    func anthropicSettings() throws {
        let question = messages(#""hi""#)
        #expect(
            try lost(
                question + #","thinking":{"type":"adaptive","block_binding":{"a":1}}"#,
                .anthropicMessages) == ["thinking.block_binding"])
        #expect(
            try lost(question + #","thinking":{"type":"between_tools"}"#, .anthropicMessages)
                == ["thinking.between_tools"])
        #expect(
            try lost(
                question + #","thinking":{"type":"disabled"},"output_config":{"effort":"low"}"#,
                .anthropicMessages) == ["output_config.effort"])
    }

    @Test("a system message's effort counts from there on, and how long it holds is lost")
    func turnEffort() throws {
        let body = """
            {"model":"m","max_tokens":9,"output_config":{"effort":"high"},"messages":[
            {"role":"user","content":"a"},
            {"role":"system","content":"b","output_config":{"effort":"low"},"clear_at":"never"},
            {"role":"system","content":"c","clear_at":"next_user_message"}]}
            """
        let conversation = try AnthropicFixture.decoded(body)
        #expect(conversation.reasoning?.effort == "low")
        #expect(conversation.unplaced.list.map(\.name) == ["message.clear_at"])
    }

    @Test(
        "members of chat's messages",
        arguments: [
            (#"{"role":"assistant","content":"a","refusal":null,"annotations":[]}"#, []),
            (#"{"role":"assistant","content":"a","annotations":[{}]}"#, ["assistant.annotations"]),
            (#"{"role":"user","name":"ann","content":"a"}"#, []),
            (#"{"role":"developer","name":"boss","content":"a"}"#, ["participant_names"]),
            (
                #"{"role":"user","content":[{"type":"text","text":"a","new":1}]}"#, ["text.new"]
            ),
        ])
    func chat(message: String, expected: [String]) throws {
        #expect(
            try lost(#""model":"m","messages":[\#(message)]"#, .openAIChat) == expected)
    }

    @Test(
        "members of Responses' items and settings",
        arguments: [
            (#""include":["reasoning.encrypted_content","message.output_text.logprobs"]"#, []),
            (
                #""include":["code_interpreter_call.outputs"]"#,
                [
                    "include.code_interpreter_call.outputs"
                ]
            ),
            (#""reasoning":{"effort":"low","mode":"pro","context":"auto"}"#, ["reasoning.mode"]),
        ])
    func responses(member: String, expected: [String]) throws {
        #expect(try lost(#""model":"m","input":"x",\#(member)"#, .openAIResponses) == expected)
    }

    @Test("members of Gemini's calls and results")
    func gemini() throws {
        let contents = """
            "contents":[{"role":"model","parts":[{"functionCall":{"name":"f","willContinue":true}}]},
            {"role":"user","parts":[{"functionResponse":{"name":"f","scheduling":"SILENT",
            "willContinue":false,"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="},
            "mediaResolution":{"level":"LOW"}}]}}]}]
            """
        #expect(
            try lost(contents, .gemini) == [
                "functionCall.willContinue", "functionResponse.scheduling",
                "functionResponse.parts.mediaResolution",
            ])
    }

    @Test("parts of a form that only Google's models read are kept apart, whatever the form")
    func partForms() throws {
        let body = """
            {"contents":[{"parts":[{"fileData":{"fileUri":"gs://a/b.pdf"},
            "documentMetadata":{"startPage":1}}]}]}
            """
        #expect(try GeminiKit.decode(body).extras.map(\.key) == ["documentMetadata"])
    }

    @Test("functions that are held to their schemas are strict")
    func validated() throws {
        let body = """
            {"contents":[{"parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{"name":"f"}]},
            {"googleSearch":{"searchTypes":{"webSearch":{},"imageSearch":{}}}}],
            "toolConfig":{"functionCallingConfig":{"mode":"VALIDATED",
            "streamFunctionCallArguments":true}}}
            """
        let conversation = try GeminiKit.decode(body)
        #expect(conversation.tools.map(\.strict) == [true, nil])
        #expect(conversation.toolChoice == .auto)
        #expect(conversation.unplaced.list.map(\.name) == ["stream_function_call_arguments"])
        #expect(conversation.extras.map(\.key) == ["searchTypes"])
    }

    @Test("OpenAI's mark of a prefix to be cached is one of Anthropic's")
    func cacheMarks() throws {
        let blocks = try Chat.turns(
            """
            {"role":"user","content":[
            {"type":"text","text":"a","prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}},
            {"type":"text","text":"b","prompt_cache_breakpoint":{"mode":"explicit"}}]}
            """)[0].blocks
        #expect(
            blocks.map(\.cache) == [["type": "ephemeral", "ttl": "1h"], ["type": "ephemeral"]])
    }

    @Test("a picture that is asked for is one its client has a place for")
    func pictures() {
        var conversation = GeminiKit.conversation()
        conversation.modalities = ["text", "image"]
        #expect(GeminiKit.encode(conversation).lost == ["modalities"])
        conversation.family = .openAI
        let (body, lost) = GeminiKit.encode(conversation)
        #expect(body["generationConfig"] == ["responseModalities": ["TEXT", "IMAGE"]])
        #expect(lost.isEmpty)
        let router = Chat.encode(conversation, for: Chat.openRouter)
        #expect(router.body["modalities"] == ["text", "image"] && router.lost.isEmpty)
        #expect(Chat.encode(conversation).lost == ["modalities"])
    }
}
