import AgentRouteTranslation
import AgentRouteWire
import Testing

/// Items that Codex, Open Responses and the vendor's newer models have beyond calls and messages.
@Suite("Responses requests, items of other kinds")
struct ResponsesForeignItemsTests {
    typealias Fixture = ResponsesFixture

    @Test("what a computer showed is an image in the result of its call, of one action or several")
    func computer() throws {
        let turns = try Fixture.turns(
            """
            {"type":"computer_call","id":"cc","call_id":"c1","status":"completed",
              "pending_safety_checks":[],"action":{"type":"click","x":1}},
            {"type":"computer_call_output","call_id":"c1","output":
              {"type":"computer_screenshot","image_url":"data:image/png;base64,AAAA"}},
            {"type":"computer_call","id":"cd","call_id":"c2","actions":[{"type":"screenshot"}]}
            """)
        let screen = Media(.base64("AAAA"), mediaType: "image/png")
        #expect(
            turns.flatMap(\.blocks) == [
                Self.call("c1", "computer", #"{"type":"click","x":1}"#),
                Block(.toolResult(ToolResult(callID: "c1", content: [Block(.image(screen))]))),
                Self.call("c2", "computer", #"{"actions":[{"type":"screenshot"}]}"#),
            ])
    }

    @Test("a picture that the provider made is shown to the model; one that failed is not there")
    func madeImage() throws {
        let turns = try Fixture.turns(
            """
            {"type":"image_generation_call","id":"ig","status":"failed","result":null},
            {"type":"image_generation_call","id":"ig","status":"completed","result":"AAAA"}
            """)
        let image = Media(.base64("AAAA"), mediaType: "image/png")
        #expect(
            turns == [
                Turn(.user, [.text("[image made by the assistant]"), Block(.image(image))])
            ])
    }

    @Test("a message of another agent is told with its author")
    func agentMessage() throws {
        let turns = try Fixture.turns(
            """
            {"type":"agent_message","author":"/srv/a","recipient":"/root",
              "content":[{"type":"input_text","text":"Done."}]}
            """)
        #expect(
            turns == [Turn(.user, [.text("[message from /srv/a]"), .text("Done.")])])
    }

    @Test("a message of another agent that is encrypted is kept as it came")
    func encryptedAgentMessage() throws {
        let blocks = try Fixture.turns(
            """
            {"type":"agent_message","author":"a","recipient":"b",
              "content":[{"type":"encrypted_content","encrypted_content":"x"}]}
            """
        ).flatMap(\.blocks)
        guard case .opaque(let block)? = blocks.first?.content else {
            Issue.record("no opaque block: \(blocks)")
            return
        }
        #expect(block.type == "agent_message")
    }

    @Test("the output of a tool that was not called is told with its name")
    func outputWithoutCall() throws {
        let turns = try Fixture.turns(
            #"{"type":"function_call_output","name":"watch","output":"changed"}"#)
        #expect(turns == [Turn(.user, [.text("[from the tool watch]"), .text("changed")])])
        #expect(
            try Fixture.fault(#""input":[{"type":"function_call_output","output":"x"}]"#)
                == "input.0.call_id")
    }

    @Test("a local shell call without a call_id goes by its id")
    func localShellWithoutCallID() throws {
        let blocks = try Fixture.turns(
            """
            {"type":"local_shell_call","id":"lsh","call_id":null,"status":"completed",
              "action":{"type":"exec","command":["ls"]}},
            {"type":"local_shell_call_output","id":"lsh","output":"a"}
            """
        ).flatMap(\.blocks)
        #expect(
            blocks == [
                Self.call("lsh", "local_shell", #"{"type":"exec","command":["ls"]}"#),
                Block(.toolResult(ToolResult(callID: "lsh", content: [.text("a")]))),
            ])
    }

    @Test("a search that found no tools says so")
    func nothingFound() throws {
        let blocks = try Fixture.turns(
            """
            {"type":"tool_search_call","call_id":"c","execution":"client","arguments":{}},
            {"type":"tool_search_output","call_id":"c","execution":"client","tools":[]}
            """
        ).flatMap(\.blocks)
        let result = ToolResult(callID: "c", content: [.text("No tools were found.")])
        #expect(blocks.last == Block(.toolResult(result)))
    }

    @Test("what a search of the provider's found are tools like any other")
    func searchedByProvider() throws {
        let conversation = try Fixture.decode(
            """
            "input":[{"role":"user","content":"x"},
            {"type":"tool_search_call","id":"t","call_id":null,"execution":"server","arguments":{}},
            {"type":"tool_search_output","call_id":null,"execution":"server",
              "tools":[{"type":"function","name":"found","defer_loading":true}]}]
            """)
        #expect(conversation.turns == [Turn(.user, [.text("x")])])
        #expect(conversation.tools == [Tool(ToolName("found"), kind: .function(schema: nil))])
    }

    @Test("sound by its address, and films")
    func soundAndFilm() throws {
        let blocks = try Fixture.turns(
            """
            {"role":"user","content":[
            {"type":"input_audio","audio_url":"data:audio/wav;base64,AAAA"},
            {"type":"input_video","video_url":"https://h/v.mp4"}]}
            """
        ).flatMap(\.blocks)
        #expect(
            blocks == [
                Block(.audio(Media(.base64("AAAA"), mediaType: "audio/wav"))),
                Block(.video(Media(.url("https://h/v.mp4")))),
            ])
    }

    @Test("a file that is an image is one")
    func imageFile() throws {
        let blocks = try Fixture.turns(
            """
            {"role":"user","content":[{"type":"input_file","filename":"a.png",
            "file_data":"data:image/png;base64,AAAA"}]}
            """
        ).flatMap(\.blocks)
        let image = Media(.base64("AAAA"), mediaType: "image/png", title: "a.png")
        #expect(blocks == [Block(.image(image))])
    }

    @Test("versions and previews of the vendor's tools are one tool, for a choice as well")
    func toolVersions() throws {
        let conversation = try Fixture.decode(
            """
            "input":"x","tools":[{"type":"web_search_2025_08_26"},{"type":"computer_use_preview"}],
            "tool_choice":{"type":"web_search_preview"}
            """)
        #expect(conversation.tools.map(\.name.name) == ["web_search", "computer"])
        #expect(conversation.toolChoice == .tool(ToolName("web_search")))
    }

    private static func call(_ id: String, _ name: String, _ arguments: String) -> Block {
        Block(.toolCall(ToolCall(id: id, name: ToolName(name), input: .json(arguments))))
    }
}
