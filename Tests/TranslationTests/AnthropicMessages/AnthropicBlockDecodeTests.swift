import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic blocks, read")
struct AnthropicBlockDecodeTests {
    private typealias Fixture = AnthropicFixture

    @Test("a string is one block of text")
    func string() throws {
        #expect(try Fixture.blocks(#""héllo""#) == [.text("héllo")])
        #expect(try Fixture.blocks("[]") == [])
    }

    @Test("images from all three sources")
    func images() throws {
        let blocks = try Fixture.blocks(
            """
            [{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},
             {"type":"image","source":{"type":"url","url":"https://x/y.png"},
              "cache_control":{"type":"ephemeral"}},
             {"type":"image","source":{"type":"file","file_id":"file_1"}}]
            """)
        #expect(
            blocks == [
                Block(.image(Media(.base64("AA=="), mediaType: "image/png"))),
                Block(.image(Media(.url("https://x/y.png"))), cache: ["type": "ephemeral"]),
                Block(.image(Media(.fileID("file_1")))),
            ])
    }

    @Test(
        "documents from all five sources",
        arguments: [
            (
                #"{"type":"base64","media_type":"application/pdf","data":"JVBE"}"#,
                Media(.base64("JVBE"), mediaType: "application/pdf")
            ),
            (
                #"{"type":"text","media_type":"text/plain","data":"abc"}"#,
                Media(.text("abc"), mediaType: "text/plain")
            ),
            (
                #"{"type":"url","url":"https://x/y.pdf"}"#,
                Media(.url("https://x/y.pdf"), mediaType: "application/pdf")
            ),
            (#"{"type":"file","file_id":"f"}"#, Media(.fileID("f"))),
            (#"{"type":"content","content":"abc"}"#, Media(.blocks([.text("abc")]))),
            (
                #"{"type":"content","content":[{"type":"text","text":"a"}]}"#,
                Media(.blocks([.text("a")]))
            ),
        ])
    func documents(source: String, expected: Media) throws {
        let blocks = try Fixture.blocks(#"[{"type":"document","source":\#(source)}]"#)
        #expect(blocks == [Block(.document(expected))])
    }

    @Test("a document keeps title, context and whether it is to be cited")
    func documentDetails() throws {
        let blocks = try Fixture.blocks(
            """
            [{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"},
              "title":"T","context":"C","citations":{"enabled":true}}]
            """)
        var media = Media(.text("a"), mediaType: "text/plain", title: "T")
        media.context = "C"
        media.citations = true
        #expect(blocks == [Block(.document(media))])
    }

    @Test("a search result the client found itself is a document with its address")
    func searchResult() throws {
        let blocks = try Fixture.blocks(
            """
            [{"type":"search_result","source":"https://x","title":"T",
              "content":[{"type":"text","text":"a"}]}]
            """)
        var media = Media(.blocks([.text("a")]), title: "T")
        media.context = "https://x"
        #expect(blocks == [Block(.document(media))])
    }

    @Test("a tool call keeps the digits and the order of its input")
    func toolUse() throws {
        let blocks = try Fixture.blocks(
            """
            [{"type":"tool_use","id":"toolu_1","name":"f",
              "input":{"b":1.50,"a":12345678901234567890,"c":"\\u00e9"}}]
            """, role: "assistant")
        let call = ToolCall(
            id: "toolu_1", name: ToolName("f"),
            input: .json(#"{"b":1.50,"a":12345678901234567890,"c":"é"}"#))
        #expect(blocks == [Block(.toolCall(call))])
    }

    @Test("results of tools: a string, blocks, nothing; failed or not")
    func toolResults() throws {
        let blocks = try Fixture.blocks(
            """
            [{"type":"tool_result","tool_use_id":"a","content":"x"},
             {"type":"tool_result","tool_use_id":"b","is_error":true},
             {"type":"tool_result","tool_use_id":"c","is_error":false,"content":[
              {"type":"text","text":"t"},
              {"type":"image","source":{"type":"url","url":"https://x"}},
              {"type":"tool_reference","tool_name":"WebFetch"}]},
             {"type":"text","text":"and now"}]
            """)
        let third: [Block] = [
            .text("t"), Block(.image(Media(.url("https://x")))), Block(.toolReference("WebFetch")),
        ]
        #expect(
            blocks == [
                Block(.toolResult(ToolResult(callID: "a", content: [.text("x")]))),
                Block(.toolResult(ToolResult(callID: "b", content: [], isError: true))),
                Block(.toolResult(ToolResult(callID: "c", content: third, isError: false))),
                .text("and now"),
            ])
    }

    @Test("thoughts come with the seal they were given; an empty signature is none")
    func thinking() throws {
        let seal = Fixture.seal(["x": 1])
        let blocks = try Fixture.blocks(
            """
            [{"type":"thinking","thinking":"a","signature":"\(seal.envelope)"},
             {"type":"thinking","thinking":"b","signature":""},
             {"type":"thinking","thinking":"c","signature":"EqQB"},
             {"type":"redacted_thinking","data":"\(seal.envelope)"}]
            """, role: "assistant")
        #expect(
            blocks.map(\.content) == [
                .reasoning(Reasoning("a", seal: seal)), .reasoning(Reasoning("b")),
                .reasoning(Reasoning("c", seal: .foreign("EqQB"))),
                .reasoning(Reasoning("", seal: seal)),
            ])
    }

    @Test(
        "blocks of the provider's own machinery are carried as they are",
        arguments: [
            "server_tool_use", "web_search_tool_result", "web_fetch_tool_result",
            "code_execution_tool_result", "bash_code_execution_tool_result",
            "text_editor_code_execution_tool_result", "tool_search_tool_result", "mcp_tool_use",
            "mcp_tool_result", "container_upload",
        ])
    func opaque(type: String) throws {
        let json = #"{"type":"\#(type)","id":"x","content":[1.0]}"#
        let blocks = try Fixture.blocks("[\(json)]", role: "assistant")
        let block = OpaqueBlock(family: .anthropic, type: type, value: try Fixture.json(json))
        #expect(blocks == [Block(.opaque(block))])
    }

    @Test("a tool offered in the middle is one that is named")
    func toolAddition() throws {
        let blocks = try Fixture.blocks(
            #"[{"type":"tool_addition","tool":{"type":"tool_reference","name":"f"}}]"#,
            role: "system")
        #expect(blocks == [Block(.toolReference("f"))])
    }

    @Test("the summary of a compaction stays readable")
    func compaction() throws {
        let blocks = try Fixture.blocks(
            #"[{"type":"compaction","content":"so far: a"}]"#, role: "assistant")
        #expect(blocks == [.text("so far: a")])
    }
}
