import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: a client's request")
struct GeminiRequestDecodeTests {
    private func blocks(_ parts: String, role: String = "user") throws -> [Block.Content] {
        let body = #"{"contents":[{"role":"\#(role)","parts":[\#(parts)]}]}"#
        return try GeminiKit.decode(body).turns.first?.blocks.map(\.content) ?? []
    }

    @Test("model and streaming come from the request line, which outdoes the body")
    func requestLine() throws {
        var call = GeminiKit.call(model: "models/gemini-x")
        call.streams = true
        let conversation = try GeminiKit.decode(
            #"{"model":"other","contents":[{"parts":[{"text":"a"}]}]}"#, call: call)
        #expect(conversation.model == "gemini-x")
        #expect(conversation.streams)
        #expect(conversation.family == .google)
    }

    @Test("roles: user, none and function are the user's, model is the assistant's")
    func roles() throws {
        let conversation = try GeminiKit.decode(
            """
            {"contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},
            {"role":"function","parts":[{"text":"c"}]},{"role":"user","parts":[{"text":"d"}]}]}
            """)
        #expect(conversation.turns.map(\.role) == [.user, .assistant, .user, .user])
    }

    @Test("a content may stand without its array, and a system prompt as text or content")
    func shorthands() throws {
        let alone = try GeminiKit.decode(#"{"contents":{"parts":{"text":"a"}}}"#)
        #expect(alone.turns == [Turn(.user, [.text("a")])])
        for form in [#""s""#, #"{"parts":[{"text":"s"}]}"#, #"{"parts":{"text":"s"}}"#] {
            let body = #"{"systemInstruction":\#(form),"contents":[{"parts":[{"text":"a"}]}]}"#
            #expect(try GeminiKit.decode(body).instructions == [.text("s")])
        }
    }

    @Test("members are read in snake case, too")
    func snakeCase() throws {
        let conversation = try GeminiKit.decode(
            """
            {"system_instruction":{"parts":[{"text":"s"}]},
            "contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":"AAAA"}}]}],
            "generation_config":{"max_output_tokens":9,"top_p":0.5,"stop_sequences":["x"],
            "thinking_config":{"include_thoughts":true,"thinking_budget":-1}},
            "tools":[{"function_declarations":[{"name":"f"}]},{"google_search":{}}],
            "tool_config":{"function_calling_config":{"mode":"any"}},
            "safety_settings":[{"category":"c"}]}
            """)
        #expect(conversation.instructions == [.text("s")])
        let image = Media(.base64("AAAA"), mediaType: "image/png")
        #expect(conversation.turns.first?.blocks == [Block(.image(image))])
        #expect(conversation.maxOutputTokens == JSONNumber(9))
        #expect(conversation.sampling.topP?.text == "0.5")
        #expect(conversation.sampling.stopSequences == ["x"])
        #expect(conversation.reasoning?.mode == .adaptive)
        #expect(conversation.reasoning?.isShown == true)
        #expect(conversation.tools.map(\.name.name) == ["f", "googleSearch"])
        #expect(conversation.toolChoice == .required)
        #expect(conversation.extras.map(\.key) == ["safetySettings"])
    }

    @Test("media by their type, from either base64, and text as text")
    func media() throws {
        let data = [
            ("image/jpeg", "_-8="), ("audio/wav", "_-8"), ("video/mp4", "/+8="),
            ("application/pdf", "/+8="),
        ]
        let parts = data.map {
            #"{"inlineData":{"mimeType":"\#($0.0)","data":"\#($0.1)"}}"#
        }
        func media(_ type: String) -> Media { Media(.base64("/+8="), mediaType: type) }
        #expect(
            try blocks(parts.joined(separator: ",")) == [
                .image(media("image/jpeg")), .audio(media("audio/wav")),
                .video(media("video/mp4")), .document(media("application/pdf")),
            ])
        let text = try blocks(
            #"{"inlineData":{"mimeType":"text/plain","data":"aGk=","displayName":"n"}}"#)
        #expect(text == [.document(Media(.text("hi"), mediaType: "text/plain", title: "n"))])
    }

    @Test("a file on the web is a URL, one that Google keeps an id")
    func files() throws {
        let web = try blocks(#"{"fileData":{"fileUri":"https://a.b/c.png"}}"#)
        #expect(web == [.image(Media(.url("https://a.b/c.png"), mediaType: "image/png"))])
        let kept = "https://generativelanguage.googleapis.com/v1beta/files/x"
        let file = try blocks(#"{"fileData":{"fileUri":"\#(kept)","mimeType":"video/mp4"}}"#)
        #expect(file == [.video(Media(.fileID(kept), mediaType: "video/mp4"))])
    }

    @Test("calls without ids get the same ones in every request, and results find them by name")
    func generatedIDs() throws {
        let body = """
            {"contents":[{"parts":[{"text":"a"}]},
            {"role":"model","parts":[{"text":"b"},{"functionCall":{"name":"f","args":{"n":1e400}}},
            {"functionCall":{"name":"g"}},{"functionCall":{"name":"f"}}]},
            {"parts":[{"functionResponse":{"name":"g","response":{"output":"2"}}},
            {"functionResponse":{"name":"f","response":{"output":"1"}}},
            {"functionResponse":{"name":"f","response":{"output":"3"}}}]}]}
            """
        let turns = try GeminiKit.decode(body).turns
        #expect(
            turns[1].blocks == [
                .text("b"), GeminiKit.toolCall("call_1_1", "f", #"{"n":1e400}"#),
                GeminiKit.toolCall("call_1_2", "g"), GeminiKit.toolCall("call_1_3", "f"),
            ])
        let answered = turns[2].blocks.compactMap { block in
            if case .toolResult(let result) = block.content { result.callID } else { nil }
        }
        #expect(answered == ["call_1_2", "call_1_1", "call_1_3"])
    }

    @Test("results find their calls by id before name")
    func idsMatch() throws {
        let body = """
            {"contents":[{"role":"model","parts":[{"functionCall":{"id":"x","name":"f"}},
            {"functionCall":{"id":"y","name":"f"}}]},
            {"parts":[{"functionResponse":{"id":"y","name":"f","response":{"output":"2"}}}]}]}
            """
        let turns = try GeminiKit.decode(body).turns
        guard case .toolResult(let result)? = turns.last?.blocks.first?.content else {
            Issue.record("no result")
            return
        }
        #expect(result.callID == "y")
        #expect(result.name == "f")
    }

    @Test(
        "the text of a response is its output, result or error; another object stands as a whole",
        arguments: [
            (#"{"output":"a"}"#, "a", nil), (#"{"result":"a"}"#, "a", nil),
            (#"{"error":"a"}"#, "a", true), (#"{"output":{"b":1}}"#, #"{"b":1}"#, nil),
            (#"{"output":"a","x":1}"#, #"{"output":"a","x":1}"#, nil), ("{}", nil, nil),
        ] as [(String, String?, Bool?)])
    func responses(response: String, text: String?, isError: Bool?) throws {
        let contents = try blocks(#"{"functionResponse":{"name":"f","response":\#(response)}}"#)
        var expected = ToolResult(
            callID: "call_0_0", content: text.map { [.text($0)] } ?? [], isError: isError)
        expected.name = "f"
        #expect(contents == [.toolResult(expected)])
    }

    @Test("media in a response become media of the result")
    func responseMedia() throws {
        let contents = try blocks(
            """
            {"functionResponse":{"name":"f","response":{"output":"a"},
            "parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}
            """)
        guard case .toolResult(let result)? = contents.first else {
            Issue.record("no result")
            return
        }
        let image = Media(.base64("AAAA"), mediaType: "image/png")
        #expect(result.content == [.text("a"), Block(.image(image))])
    }

    @Test("what only Google's models know is kept as it came")
    func opaque() throws {
        let part = #"{"executableCode":{"language":"PYTHON","code":"1"}}"#
        let block = OpaqueBlock(
            family: .google, type: "executableCode", value: try GeminiKit.json(part))
        #expect(try blocks(part, role: "model") == [.opaque(block)])
    }

    @Test("the chunks of a stream, kept as contents, are one turn")
    func chunks() throws {
        let body = """
            {"contents":[{"role":"model","parts":[{"text":"th","thought":true}]},
            {"role":"model","parts":[{"text":"ink","thought":true}]},
            {"role":"model","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},
            {"role":"model","parts":[{"text":""}]},{"role":"model"}]}
            """
        let turns = try GeminiKit.decode(body).turns
        let thought = Block(.reasoning(Reasoning("think")))
        #expect(turns == [Turn(.assistant, [thought, .text("ab")])])
    }

    @Test("two parts of text in one content stay two")
    func twoTexts() throws {
        let texts = try blocks(#"{"text":"a"},{"text":"b"}"#, role: "model")
        #expect(texts == [.text("a"), .text("b")])
    }

    @Test("a seal comes back to the thoughts before it, from whichever part it stands on")
    func seals() throws {
        let issuer = ReasoningIssuer(
            Upstream(id: "a", wire: .anthropicMessages, model: "m"))
        let seal = ReasoningSeal.issued(by: issuer, payload: ["signature": "s+/="])
        // As Google's Python SDK writes bytes.
        let envelope = seal.envelope.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        let signature = #""thoughtSignature":"\#(String(envelope))""#
        let thought = #"{"text":"t","thought":true}"#
        let call = #"{"functionCall":{"id":"c","name":"f"},\#(signature)}"#
        let sealed = Block.Content.reasoning(Reasoning("t", seal: seal))
        #expect(
            try blocks(thought + "," + call, role: "model")
                == [sealed, GeminiKit.toolCall("c", "f").content])
        #expect(
            try blocks(thought + #",{"text":"a",\#(signature)}"#, role: "model")
                == [sealed, .text("a")])
        #expect(
            try blocks(#"{"text":"t","thought":true,\#(signature)}"#, role: "model") == [sealed])
        #expect(
            try blocks(#"{"text":"",\#(signature)}"#, role: "model")
                == [.reasoning(Reasoning("", seal: seal))])
    }

    @Test("a signature from a time without the gateway is foreign")
    func foreignSeal() throws {
        let contents = try blocks(
            #"{"text":"t","thought":true,"thoughtSignature":"QUJD"}"#, role: "model")
        #expect(contents == [.reasoning(Reasoning("t", seal: .foreign("QUJD")))])
    }

    @Test("a request to count may have nothing but itself, or be a whole one inside")
    func counting() throws {
        var call = GeminiKit.call(model: nil)
        call.countsTokens = true
        let whole = try GeminiKit.decode(
            """
            {"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"a"}]}],
            "tools":[{"functionDeclarations":[{"name":"f"}]}]}}
            """, call: call)
        #expect(whole.model == "m")
        #expect(whole.tools.count == 1)
        call.model = "m"
        #expect(try GeminiKit.decode("{}", call: call).turns.isEmpty)
    }

    @Test(
        "a fault is named with its path",
        arguments: [
            ("[]", "must be an object, not an array"), ("{}", "contents: is required"),
            (#"{"contents":[]}"#, "contents: must not be empty"),
            (#"{"contents":"a"}"#, "contents: must be an array, not a string"),
            (
                #"{"contents":[{"role":"system","parts":[]}]}"#,
                "contents.0.role: must be user or model"
            ),
            (#"{"contents":[{"parts":[{}]}]}"#, "contents.0.parts.0: has no content"),
            (
                #"{"contents":[{"parts":[{"text":"a"},{"text":1}]}]}"#,
                "contents.0.parts.1.text: must be a string, not a number"
            ),
            (
                #"{"contents":[{"parts":[{"newKind":{}}]}]}"#,
                "contents.0.parts.0.newKind: is no member of a part that is known here"
            ),
            (
                #"{"contents":[{"parts":[{"text":"a","fileData":{"fileUri":"x"}}]}]}"#,
                "contents.0.parts.0: has content of two kinds"
            ),
            (
                #"{"contents":[{"parts":[{"inlineData":{"data":"x"}}]}]}"#,
                "contents.0.parts.0.inlineData.mimeType: is required"
            ),
            (
                #"{"contents":[{"parts":[{"functionCall":{"name":"f","args":"x"}}]}]}"#,
                "contents.0.parts.0.functionCall.args: must be an object, not a string"
            ),
            (
                #"{"contents":[{"parts":[{"functionResponse":{"response":{}}}]}]}"#,
                "contents.0.parts.0.functionResponse.name: is required"
            ),
            (
                #"{"contents":[{"parts":[{"function_response":{"name":"f","response":[]}}]}]}"#,
                "contents.0.parts.0.function_response.response: must be an object, not an array"
            ),
            (
                #"{"contents":{"parts":{"text":"a"}},"tools":[{"newTool":{}}]}"#,
                "tools.0.newTool: is no kind of tool that is known here"
            ),
            (
                #"{"contents":{"parts":{"text":"a"}},"tools":[{"functionDeclarations":[{}]}]}"#,
                "tools.0.functionDeclarations.0.name: is required"
            ),
            (
                #"{"contents":{"parts":{"text":"a"}},"generationConfig":{"topK":"3"}}"#,
                "generationConfig.topK: must be a number, not a string"
            ),
            (
                #"{"contents":{"parts":{"text":"a"}},"generationConfig":{"maxOutputTokens":0}}"#,
                "generationConfig.maxOutputTokens: must be at least 1"
            ),
            (
                #"{"contents":{"parts":{"text":"a"}},"systemInstruction":{"parts":[{"x":1}]}}"#,
                "systemInstruction.parts.0.text: is required"
            ),
            (
                """
                {"contents":{"parts":{"text":"a"}},"toolConfig":{"functionCallingConfig":
                {"mode":"SOME"}}}
                """,
                "toolConfig.functionCallingConfig.mode: must be AUTO, ANY, NONE or VALIDATED"
            ),
        ])
    func faults(body: String, expected: String) throws {
        #expect(try GeminiKit.fault(body) == expected)
    }

    @Test("a body without a model needs one in the request line")
    func noModel() throws {
        let fault = try GeminiKit.fault(
            #"{"contents":{"parts":{"text":"a"}}}"#, call: GeminiKit.call(model: nil))
        #expect(fault == "model: is required")
    }

    @Test(
        "what a client writes in place of a signature is none",
        arguments: ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go", ""])
    func standIns(signature: String) throws {
        let turns = try GeminiKit.decode(
            """
            {"contents":[{"role":"model","parts":[{"functionCall":{"id":"a","name":"f"},
            "thoughtSignature":"\(signature)"}]}]}
            """
        ).turns
        #expect(turns == [Turn(.assistant, [GeminiKit.toolCall("a", "f")])])
    }
}
