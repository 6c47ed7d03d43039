import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic blocks, written")
struct AnthropicBlockEncodeTests {
    private typealias Fixture = AnthropicFixture

    /// The blocks that `content` becomes in a message of the user's, and what is lost.
    private func written(
        _ content: Block.Content, role: Turn.Role = .user
    ) throws -> (blocks: [JSONValue], lost: [String]) {
        let turns = [Turn(.user, [.text("a")]), Turn(role, [Block(content)])]
        let (request, lost) = Fixture.encoded(
            Fixture.conversation(turns + [Turn(.user, [.text("z")])]))
        let messages = try #require(request["messages"]?.array)
        let place = role == .user ? 0 : 1
        if let text = messages[place]["content"]?.string { return ([.string(text)], lost) }
        var blocks = try #require(messages[place]["content"]?.array)
        if role == .user { blocks = Array(blocks.dropFirst().dropLast()) }
        return (blocks, lost)
    }

    @Test(
        "images in every form the wire has",
        arguments: [
            (
                Media(.base64("AAAA"), mediaType: "image/jpg"),
                #"{"type":"base64","media_type":"image/jpeg","data":"AAAA"}"#
            ),
            (
                Media(.base64("/9j/AA")),
                #"{"type":"base64","media_type":"image/jpeg","data":"/9j/AA"}"#
            ),
            (Media(.url("https://x/y")), #"{"type":"url","url":"https://x/y"}"#),
        ])
    func images(media: Media, source: String) throws {
        let (blocks, lost) = try written(.image(media))
        #expect(blocks == [try Fixture.json(#"{"type":"image","source":\#(source)}"#)])
        #expect(lost.isEmpty)
    }

    @Test(
        "documents in every form the wire has",
        arguments: [
            (
                Media(.base64("JVBERi0x")),
                #"{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"}"#
            ),
            (
                Media(.base64("aMOp"), mediaType: "text/markdown"),
                #"{"type":"text","media_type":"text/plain","data":"hé"}"#
            ),
            (Media(.text("t")), #"{"type":"text","media_type":"text/plain","data":"t"}"#),
            (Media(.url("https://x/y.pdf")), #"{"type":"url","url":"https://x/y.pdf"}"#),
            (
                Media(.blocks([.text("p")])),
                #"{"type":"content","content":[{"type":"text","text":"p"}]}"#
            ),
        ])
    func documents(media: Media, source: String) throws {
        let (blocks, lost) = try written(.document(media))
        #expect(blocks == [try Fixture.json(#"{"type":"document","source":\#(source)}"#)])
        #expect(lost.isEmpty)
    }

    @Test("a document keeps title, context and whether it is to be cited")
    func documentDetails() throws {
        var media = Media(.text("t"), title: "T")
        media.context = "C"
        media.citations = true
        let (blocks, _) = try written(.document(media))
        let expected = """
            {"type":"document","source":{"type":"text","media_type":"text/plain","data":"t"},
             "title":"T","context":"C","citations":{"enabled":true}}
            """
        #expect(blocks == [try Fixture.json(expected)])
    }

    @Test(
        "what cannot be sent leaves a notice and is noted",
        arguments: [
            (Block.Content.image(Media(.base64("AA"), mediaType: "image/heic")), "images"),
            (.image(Media(.url("gs://b/o"))), "images"),
            (.image(Media(.fileID("file-1"))), "file_ids"),
            (.document(Media(.fileID("file-1"))), "file_ids"),
            (.document(Media(.base64("AA"), mediaType: "application/zip")), "documents"),
            (.audio(Media(.base64("AA"), mediaType: "audio/wav")), "audio"),
            (.video(Media(.url("https://x"))), "video"),
            (
                .opaque(OpaqueBlock(family: .google, type: "executableCode", value: [:])),
                "blocks.executableCode"
            ),
        ])
    func notices(content: Block.Content, loss: String) throws {
        let (blocks, lost) = try written(content)
        #expect(blocks.count == 1)
        #expect(blocks.first?["text"]?.string?.contains("omitted") == true)
        #expect(lost == [loss])
    }

    @Test("an image from the model itself is a notice: the wire takes none in its turns")
    func imageOfModel() throws {
        let (blocks, lost) = try written(.image(Media(.url("https://x"))), role: .assistant)
        #expect(blocks.first?["text"]?.string?.hasPrefix("[image omitted") == true)
        #expect(lost == ["images"])
    }

    @Test("thoughts go back as they came, text and signature")
    func thinking() throws {
        let upstream = Upstream(id: "a", wire: .anthropicMessages, model: "m")
        func seal(_ payload: JSONValue) -> ReasoningSeal {
            .issued(by: ReasoningIssuer(upstream), payload: payload)
        }
        let turns = [
            Turn(.user, [.text("a")]),
            Turn(
                .assistant,
                [
                    Block(
                        .reasoning(
                            Reasoning(
                                "changed", seal: seal(["thinking": "as it was", "signature": "S"])))
                    ),
                    Block(.reasoning(Reasoning("", seal: seal(["redacted": "D"])))),
                    Block(.reasoning(Reasoning("no seal"))),
                    Block(.reasoning(Reasoning("foreign", seal: .foreign("x")))),
                    .text("b"),
                ]),
            Turn(.user, [.text("c")]),
        ]
        let (request, _) = Fixture.encoded(Fixture.conversation(turns))
        let expected = """
            [{"type":"thinking","thinking":"as it was","signature":"S"},
             {"type":"redacted_thinking","data":"D"},{"type":"text","text":"b"}]
            """
        #expect(request["messages"]?.array?[1]["content"] == (try Fixture.json(expected)))
    }

    @Test("a result holds text, images and references; nothing if there is nothing")
    func toolResult() throws {
        func message(_ content: [Block], isError: Bool? = nil) throws -> JSONValue? {
            let call = ToolCall(id: "c", name: ToolName("f"), input: .json("{}"))
            let result = ToolResult(callID: "c", content: content, isError: isError)
            let turns = [
                Turn(.user, [.text("a")]), Turn(.assistant, [Block(.toolCall(call))]),
                Turn(.user, [Block(.toolResult(result), cache: ["type": "ephemeral"])]),
            ]
            let (request, _) = Fixture.encoded(Fixture.conversation(turns))
            return request["messages"]?.array?[2]["content"]?.array?.first
        }
        let head = #"{"type":"tool_result","tool_use_id":"c""#
        let tail = #""cache_control":{"type":"ephemeral"}}"#
        #expect(try message([]) == (try Fixture.json("\(head),\(tail)")))
        #expect(
            try message([.text("no")], isError: true)
                == (try Fixture.json(#"\#(head),"content":"no","is_error":true,\#(tail)"#)))
        let image = Block(.image(Media(.base64("AA"), mediaType: "image/png")))
        let source = #"{"type":"base64","media_type":"image/png","data":"AA"}"#
        #expect(
            try message([image, Block(.toolReference("g"))])
                == (try Fixture.json(
                    #"\#(head),"content":[{"type":"image","source":\#(source)},"#
                        + #"{"type":"tool_reference","tool_name":"g"}],\#(tail)"#)))
        // An error with a picture is refused: the words say that it is one.
        #expect(
            try message([image], isError: true)
                == (try Fixture.json(
                    #"\#(head),"content":[{"type":"text","text":"[the tool failed]"},"#
                        + #"{"type":"image","source":\#(source)}],\#(tail)"#)))
    }

    @Test("blocks of its own family go as they came")
    func ownOpaque() throws {
        let value: JSONValue = ["type": "server_tool_use", "id": "s", "input": [:]]
        let block = OpaqueBlock(family: .anthropic, type: "server_tool_use", value: value)
        #expect(try written(.opaque(block)).blocks == [value])
    }
}
