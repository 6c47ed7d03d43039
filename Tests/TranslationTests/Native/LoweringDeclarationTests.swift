import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Fitting what tools say of themselves to an upstream")
struct LoweringDeclarationTests {
    private func lower(
        _ tools: [Tool], of family: WireFamily, for upstream: GoldenUpstream
    ) -> (tools: [Tool], lost: [String]) {
        var conversation = Conversation(model: "alias", family: family)
        conversation.tools = tools
        var lowering = Lowering(upstream.upstream())
        let result = lowering.lower(conversation).tools
        return (result, lowering.lost.list.map(\.name))
    }

    @Test(
        "examples of a tool's input are told in its description; what else is lost is said",
        arguments: [GoldenUpstream.chat, .openRouter, .responses, .gemini])
    func extras(_ upstream: GoldenUpstream) {
        var tool = Tool(ToolName("f"), description: "d", kind: .function(schema: nil))
        tool.extras = [
            JSONMember(key: "input_examples", value: [["a": 1], ["a": 2]]),
            JSONMember(key: "allowed_callers", value: ["direct"]),
            JSONMember(key: "new", value: true),
        ]
        let (tools, lost) = lower([tool], of: .anthropic, for: upstream)
        #expect(
            tools.first?.description
                == "d\n\nExample of input: {\"a\":1}\nExample of input: {\"a\":2}")
        #expect(tools.first?.extras.isEmpty == true && lost == ["tools.new"])
    }

    @Test("what a tool says to its own family is left as it is")
    func ownExtras() {
        var tool = Tool(ToolName("f"), kind: .function(schema: nil))
        tool.extras = [JSONMember(key: "x", value: true)]
        #expect(lower([tool], of: .openAI, for: .responses).tools == [tool])
        // Such a client speaks Responses, whose members chat refuses.
        let (tools, lost) = lower([tool], of: .openAI, for: .chat)
        #expect(tools.first?.extras.isEmpty == true && lost == ["tools.x"])
    }

    @Test(
        "a namespace's description reaches the model with its first tool that is shown",
        arguments: [GoldenUpstream.chat, .messages, .gemini])
    func namespaces(_ upstream: GoldenUpstream) {
        func tool(_ name: String, isDeferred: Bool = false) -> Tool {
            var full = ToolName(name, namespace: "mcp__db")
            full.namespaceDescription = "Reads the database."
            var tool = Tool(full, description: name.uppercased(), kind: .function(schema: nil))
            tool.isDeferred = isDeferred
            return tool
        }
        let all = [tool("hidden", isDeferred: upstream != .messages), tool("a"), tool("b")]
        let tools = lower(all, of: .openAI, for: upstream).tools
        let words =
            "All tools whose names begin with mcp__db__ belong together: Reads the database."
        let first = upstream == .messages ? "HIDDEN" : "A"
        let rest = upstream == .messages ? ["A", "B"] : ["B"]
        #expect(tools.map(\.description) == ["\(first)\n\n\(words)"] + rest)
        let names = upstream == .messages ? ["hidden", "a", "b"] : ["a", "b"]
        #expect(tools.map(\.name.name) == names.map { "mcp__db__\($0)" })
    }

    @Test("a shell of Anthropic's keeps what it says beside its type")
    func clientTools() throws {
        let declaration = try Chat.json(
            """
            {"type":"text_editor_20250728","name":"str_replace_based_edit_tool","max_characters":9,
            "strict":true,"input_examples":[{"command":"view","path":"/a"}]}
            """)
        let server = ServerTool(purpose: .other, family: .anthropic, declaration: declaration)
        let tool = Tool(ToolName("str_replace_based_edit_tool"), kind: .server(server))
        let (tools, lost) = lower([tool], of: .anthropic, for: .chat)
        #expect(tools.first?.strict == true && lost == ["tools.max_characters"])
        #expect(tools.first?.description?.contains("Example of input") == true)
    }

    @Test("a request to answer nothing is one for the least there is, and said to be")
    func noAnswer() {
        var conversation = Conversation(model: "alias", family: .anthropic)
        conversation.maxOutputTokens = JSONNumber(0)
        var lowering = Lowering(GoldenUpstream.chat.upstream())
        #expect(lowering.lower(conversation).maxOutputTokens?.int == 1)
        #expect(lowering.lost.list.map(\.name) == ["max_tokens"])
    }

    @Test("what a codec has read over is lost for every upstream")
    func unplaced() {
        var conversation = Conversation(model: "alias", family: .anthropic)
        conversation.unplaced.note("text.citations")
        for upstream in GoldenUpstream.allCases {
            var lowering = Lowering(upstream.upstream())
            _ = lowering.lower(conversation)
            #expect(lowering.lost.list.map(\.name) == ["text.citations"])
        }
    }
}
