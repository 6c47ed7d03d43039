import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Responses requests, read")
struct ResponsesRequestDecodeTests {
    typealias Fixture = ResponsesFixture

    // MARK: Items

    @Test("a string is what the user says")
    func stringInput() throws {
        #expect(try Fixture.decode(#""input":"Hi""#).turns == [Turn(.user, [.text("Hi")])])
    }

    @Test("instructions come first, then developer messages before everything else")
    func leadingInstructions() throws {
        let conversation = try Fixture.decode(
            """
            "instructions":"A","input":[
            {"type":"message","id":"msg_1","role":"developer","content":[{"type":"input_text","text":"B"}]},
            {"role":"system","content":"C"},
            {"type":"message","role":"user","content":"Hi"},
            {"role":"developer","content":"D"}]
            """)
        #expect(conversation.instructions == [.text("A"), .text("B"), .text("C")])
        #expect(conversation.turns == [Turn(.user, [.text("Hi")]), Turn(.developer, [.text("D")])])
    }

    @Test("what the model thought, said and called is one turn; results and messages are one turn")
    func gatheredTurns() throws {
        let turns = try Fixture.turns(
            """
            {"role":"user","content":"Go"},
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},
              {"type":"summary_text","text":"b"}],"content":null,"encrypted_content":"xyz"},
            {"type":"message","id":"msg_1","role":"assistant","status":"completed",
              "content":[{"type":"output_text","text":"On it","annotations":[]}]},
            {"type":"function_call","id":"fc_1","name":"spawn","namespace":"agents","arguments":"{ }","call_id":"c1"},
            {"type":"custom_tool_call","name":"patch","input":"*** Begin","call_id":"c2"},
            {"type":"function_call_output","call_id":"c1","output":""},
            {"type":"custom_tool_call_output","call_id":"c2","output":"ok"},
            {"role":"user","content":[{"type":"input_text","text":"And?"}]}
            """)
        var custom = ToolResult(callID: "c2", content: [.text("ok")])
        custom.isCustom = true
        let expected = [
            Turn(.user, [.text("Go")]),
            Turn(
                .assistant,
                [
                    Block(.reasoning(Reasoning("a\n\nb", seal: .foreign("xyz")))),
                    .text("On it"),
                    Block(
                        .toolCall(
                            ToolCall(
                                id: "c1", name: ToolName("spawn", namespace: "agents"),
                                input: .json("{ }")))),
                    Block(
                        .toolCall(
                            ToolCall(id: "c2", name: ToolName("patch"), input: .text("*** Begin")))),
                ]),
            Turn(
                .user,
                [
                    Block(.toolResult(ToolResult(callID: "c1", content: []))),
                    Block(.toolResult(custom)), .text("And?"),
                ]),
        ]
        #expect(turns == expected)
    }

    @Test("reasoning issued through this gateway is known by its envelope")
    func sealedReasoning() throws {
        let seal = ReasoningSeal.issued(
            by: ReasoningIssuer(Fixture.upstream), payload: ["signature": "s"])
        let turns = try Fixture.turns(
            #"{"type":"reasoning","summary":[],"encrypted_content":"\#(seal.envelope)"}"#)
        #expect(turns.first?.blocks == [Block(.reasoning(Reasoning("", seal: seal)))])
    }

    @Test("a reasoning item with nothing in it but an id says nothing")
    func emptyReasoning() throws {
        #expect(try Fixture.turns(#"{"type":"reasoning","id":"rs_1","summary":[]}"#).isEmpty)
    }

    @Test("messages of different phases are different turns, unless a call lies between")
    func phases() throws {
        let turns = try Fixture.turns(
            """
            {"role":"assistant","phase":"commentary","content":"Looking"},
            {"role":"assistant","phase":"final_answer","content":"Done"}
            """)
        #expect(turns.map(\.phase) == ["commentary", "final_answer"])
        let called = try Fixture.turns(
            """
            {"role":"assistant","phase":"commentary","content":"Looking"},
            {"type":"function_call","name":"f","arguments":"{}","call_id":"c"},
            {"role":"assistant","phase":"final_answer","content":"Done"}
            """)
        #expect(called.count == 1)
    }

    @Test(
        "parts of every kind keep what they hold",
        arguments: [
            (
                #"{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"high"}"#,
                "image image/png base64 AAAA high"
            ),
            (#"{"type":"input_image","image_url":"https://h/p"}"#, "image - url https://h/p -"),
            (#"{"type":"input_image","file_id":"file-1"}"#, "image - id file-1 -"),
            (
                #"{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,BB"}"#,
                "document application/pdf base64 BB a.pdf"
            ),
            (
                #"{"type":"input_file","filename":"a.txt","file_data":"QUE="}"#,
                "document text/plain base64 QUE= a.txt"
            ),
            (#"{"type":"input_file","file_url":"https://h/d"}"#, "document - url https://h/d -"),
            (#"{"type":"input_file","file_id":"file-2"}"#, "document - id file-2 -"),
            (
                #"{"type":"input_audio","input_audio":{"data":"CC","format":"wav"}}"#,
                "audio audio/wav base64 CC -"
            ),
        ])
    func media(part: String, expected: String) throws {
        let turns = try Fixture.turns(#"{"role":"user","content":[\#(part)]}"#)
        #expect(turns.first?.blocks.first.map(Self.describe) == expected)
    }

    private static func describe(_ block: Block) -> String {
        let (kind, media): (String, Media)
        switch block.content {
        case .image(let image): (kind, media) = ("image", image)
        case .document(let document): (kind, media) = ("document", document)
        case .audio(let audio): (kind, media) = ("audio", audio)
        default: return "other"
        }
        let source =
            switch media.source {
            case .base64(let data): "base64 \(data)"
            case .url(let url): "url \(url)"
            case .fileID(let id): "id \(id)"
            case .text, .blocks: "other"
            }
        return "\(kind) \(media.mediaType ?? "-") \(source) \(media.title ?? media.detail ?? "-")"
    }

    @Test("a tool's output may hold images")
    func imageOutput() throws {
        let turns = try Fixture.turns(
            """
            {"type":"function_call_output","call_id":"c","output":[
            {"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,AA"}]}
            """)
        let image = Block(.image(Media(.base64("AA"), mediaType: "image/png")))
        #expect(
            turns.first?.blocks
                == [Block(.toolResult(ToolResult(callID: "c", content: [.text("see"), image])))])
    }

    @Test("calls of the client's own shells and patches are calls like others")
    func clientTools() throws {
        let turns = try Fixture.turns(
            """
            {"type":"local_shell_call","id":"lsh_1","call_id":"c1","status":"completed",
              "action":{"type":"exec","command":["ls"],"env":{}}},
            {"type":"apply_patch_call","call_id":"c2","status":"completed",
              "operation":{"type":"delete_file","path":"a"}},
            {"type":"local_shell_call_output","id":"lsh_1","output":"x"},
            {"type":"apply_patch_call_output","call_id":"c2","status":"failed"}
            """)
        #expect(
            turns.first?.blocks.compactMap { block -> String? in
                guard case .toolCall(let call) = block.content, case .json(let input) = call.input
                else { return nil }
                return "\(call.id) \(call.name.name) \(input)"
            } == [
                #"c1 local_shell {"type":"exec","command":["ls"],"env":{}}"#,
                #"c2 apply_patch {"type":"delete_file","path":"a"}"#,
            ])
        #expect(
            turns.last?.blocks == [
                Block(.toolResult(ToolResult(callID: "c1", content: [.text("x")]))),
                Block(
                    .toolResult(
                        ToolResult(callID: "c2", content: [.text("failed")], isError: true))),
            ])
    }

    @Test("what only the vendor knows is kept as it came")
    func opaqueItems() throws {
        let turns = try Fixture.turns(
            #"{"type":"web_search_call","id":"ws_1","status":"completed"},{"type":"mcp_approval_response","approve":true}"#
        )
        #expect(turns.map(\.role) == [.assistant, .user])
        let search = try Fixture.json(
            #"{"type":"web_search_call","id":"ws_1","status":"completed"}"#)
        #expect(
            turns.first?.blocks
                == [
                    Block(
                        .opaque(
                            OpaqueBlock(family: .openAI, type: "web_search_call", value: search)))
                ])
    }

    @Test("a search for tools adds those it found, and its result names them")
    func foundTools() throws {
        let conversation = try Fixture.decode(
            """
            "input":[{"type":"tool_search_call","call_id":"c","execution":"client","arguments":{"query":"q"}},
            {"type":"tool_search_output","call_id":"c","tools":[{"type":"function","name":"found"}]}]
            """)
        #expect(conversation.tools.map(\.name) == [ToolName("found")])
        #expect(conversation.tools.map(\.isDeferred) == [true])
        let result = ToolResult(callID: "c", content: [Block(.toolReference("found"))])
        #expect(conversation.turns.last?.blocks == [Block(.toolResult(result))])
    }

    @Test("tools may come in an item, which is no turn")
    func additionalTools() throws {
        let conversation = try Fixture.decode(
            """
            "tools":[{"type":"function","name":"f","description":"old"}],
            "input":[{"type":"additional_tools","role":"developer","tools":[
              {"type":"namespace","name":"functions","tools":[{"type":"custom","name":"exec"}]},
              {"type":"function","name":"f","description":"new"}]},
            {"role":"developer","content":"B"}]
            """)
        #expect(
            conversation.tools.map(\.name)
                == [ToolName("f"), ToolName("exec", namespace: "functions")])
        #expect(conversation.tools.first?.description == "new")
        #expect(conversation.instructions == [.text("B")])
        #expect(conversation.turns.isEmpty)
    }

    @Test("an update of the settings counts for this answer")
    func configurationUpdate() throws {
        let conversation = try Fixture.decode(
            """
            "reasoning":{"effort":"high","summary":"auto"},
            "input":[{"type":"configuration_update","reasoning":{"effort":"low"},
              "text":{"format":{"type":"json_object"}}}]
            """)
        #expect(conversation.reasoning?.effort == "low")
        #expect(conversation.reasoning?.summary == "auto")
        #expect(conversation.outputFormat == .jsonObject)
    }

    // MARK: Faults

    @Test(
        "what cannot be understood is a fault at its place",
        arguments: [
            (#""input":7"#, "input"),
            (#""stream":true"#, "input"),
            (#""input":[7]"#, "input.0"),
            (#""input":[{"content":"x"}]"#, "input.0.type"),
            (#""input":[{"type":"poem"}]"#, "input.0.type"),
            (#""input":[{"id":"msg_1"}]"#, "input.0"),
            (#""input":[{"type":"item_reference","id":"msg_1"}]"#, "input.0"),
            (#""input":[{"type":"compaction_trigger"}]"#, "input.0"),
            (#""input":[{"role":"robot","content":"x"}]"#, "input.0.role"),
            (#""input":[{"role":"user"}]"#, "input.0.content"),
            (
                #""input":[{"role":"user","content":[{"type":"text","text":"x"}]}]"#,
                "input.0.content.0.type"
            ),
            (
                #""input":[{"role":"user","content":[{"type":"input_text"}]}]"#,
                "input.0.content.0.text"
            ),
            (
                #""input":[{"role":"user","content":[{"type":"input_image"}]}]"#,
                "input.0.content.0.image_url"
            ),
            (#""input":[{"type":"function_call","name":"f","arguments":"{}"}]"#, "input.0.call_id"),
            (
                #""input":[{"type":"function_call","name":"f","arguments":{},"call_id":"c"}]"#,
                "input.0.arguments"
            ),
            (#""input":[{"type":"function_call_output","call_id":"c"}]"#, "input.0.output"),
            (#""input":"x","tools":[{"type":"laser"}]"#, "tools.0.type"),
            (#""input":"x","tools":[{"type":"function"}]"#, "tools.0.name"),
            (
                #""input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"mcp","name":"a"}]}]"#,
                "tools.0.tools.0.type"
            ),
            (#""input":"x","tool_choice":"maybe""#, "tool_choice"),
            (#""input":"x","max_output_tokens":0"#, "max_output_tokens"),
            (#""input":"x","temperature":"hot""#, "temperature"),
            (#""input":"x","text":{"format":{"type":"xml"}}"#, "text.format.type"),
            (#""input":"x","previous_response_id":"resp_1""#, "previous_response_id"),
            (#""input":"x","conversation":"conv_1""#, "conversation"),
            (#""input":"x","prompt":{"id":"p"}"#, "prompt"),
            (#""input":"x","background":true"#, "background"),
        ])
    func faults(members: String, path: String) throws {
        #expect(try Fixture.fault(members) == path)
    }

    @Test("a count may be asked for without input")
    func countWithoutInput() throws {
        var call = RequestCall()
        call.countsTokens = true
        let body = try Fixture.json(#"{"model":"m","instructions":"A"}"#)
        #expect(try Fixture.codec.decodeRequest(body, call).instructions == [.text("A")])
    }
}
