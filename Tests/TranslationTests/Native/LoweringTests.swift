import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Fitting a conversation to an upstream")
struct LoweringTests {
    private let chat = Upstream(id: "lab", wire: .openAIChat, model: "m")
    private let router = Upstream(id: "or", wire: .openAIChat, model: "m", dialect: .openRouter)
    private let claude = Upstream(id: "an", wire: .anthropicMessages, model: "c")
    private let responses = Upstream(id: "oa", wire: .openAIResponses, model: "g")

    private func lower(
        _ conversation: Conversation, for upstream: Upstream
    ) -> (Conversation, [String]) {
        var lowering = Lowering(upstream)
        let result = lowering.lower(conversation)
        return (result, lowering.lost.list.map(\.name))
    }

    private func conversation(_ turns: Turn..., tools: [Tool] = []) -> Conversation {
        var conversation = Conversation(model: "alias", family: .anthropic)
        conversation.turns = turns
        conversation.tools = tools
        return conversation
    }

    private func function(_ name: ToolName, isDeferred: Bool = false) -> Tool {
        var tool = Tool(name, kind: .function(schema: ["type": "object"]))
        tool.isDeferred = isDeferred
        return tool
    }

    @Test("reasoning goes back to its issuer and to nobody else, and is never made text")
    func reasoning() {
        let seal = ReasoningSeal.issued(by: ReasoningIssuer(chat), payload: ["x": 1])
        let said = conversation(
            Turn(.assistant, [Block(.reasoning(Reasoning("why", seal: seal))), .text("so")]))
        #expect(lower(said, for: chat).0.turns[0].blocks.count == 2)
        let (other, lost) = lower(said, for: router)
        #expect(other.turns[0].blocks == [.text("so")] && lost == ["reasoning"])
    }

    @Test("a signature of unknown origin is dropped, and said to be")
    func foreignSignature() {
        let said = conversation(
            Turn(.assistant, [Block(.reasoning(Reasoning("why", seal: .foreign("sig"))))]),
            Turn(.user, [.text("go")]))
        let (result, lost) = lower(said, for: claude)
        #expect(result.turns.map(\.role) == [.user] && lost == ["reasoning"])
    }

    @Test("deferred tools are hidden until a reference names them; the placeholder always")
    func deferredTools() {
        let tools = [
            function(ToolName("Read")), function(ToolName("Web"), isDeferred: true),
            function(ToolName("Old"), isDeferred: true),
            function(ToolName("DeferredToolPlaceholder"), isDeferred: true),
        ]
        let result = ToolResult(
            callID: "t",
            content: [
                Block(.toolReference("Web")), Block(.toolReference("DeferredToolPlaceholder")),
            ])
        let said = conversation(Turn(.user, [Block(.toolResult(result))]), tools: tools)
        let (lowered, _) = lower(said, for: chat)
        #expect(lowered.tools.map(\.name.name) == ["Read", "Web"])
        guard case .toolResult(let told) = lowered.turns[0].blocks[0].content else {
            Issue.record("no result")
            return
        }
        #expect(told.content.first?.text == "The tool Web can be called now.")
        #expect(lower(said, for: claude).0.tools.count == 4)
    }

    @Test("a search the provider would have run hides nothing where it cannot")
    func serverToolSearch() {
        let search = Tool(
            ToolName("tool_search_tool_regex"),
            kind: .server(ServerTool(purpose: .toolSearch, family: .anthropic, declaration: [:])))
        let tools = [search, function(ToolName("Web"), isDeferred: true)]
        let (lowered, lost) = lower(
            conversation(Turn(.user, [.text("a")]), tools: tools), for: chat)
        #expect(lowered.tools.map(\.name.name) == ["Web"] && lost == [])
        #expect(lowered.instructions.isEmpty)
    }

    @Test("names that do not fit are changed the same way every time, and distinctly")
    func names() {
        let long = String(repeating: "a", count: 70)
        let tools = [
            function(ToolName(long)), function(ToolName(long + "b")), function(ToolName("x.y")),
            function(ToolName("run", namespace: "multi")), function(ToolName("multi__run")),
        ]
        let first = lower(conversation(tools: tools), for: chat).0.tools.map(\.name.name)
        #expect(Set(first).count == 5)
        #expect(first.allSatisfy { $0.utf8.count <= 64 && !$0.contains(".") })
        #expect(first == lower(conversation(tools: tools), for: chat).0.tools.map(\.name.name))
        let own = lower(conversation(tools: tools), for: responses).0.tools
        #expect(own[3].name == ToolName("run", namespace: "multi"))
    }

    @Test("a custom tool becomes a function with one string, its calls too")
    func customTools() {
        let patch = Tool(
            ToolName("apply_patch"), description: "Patches.",
            kind: .custom(
                format: ["type": "grammar", "syntax": "lark", "definition": "start: x"]))
        let call = ToolCall(id: "c", name: ToolName("apply_patch"), input: .text("*** Begin"))
        let (result, _) = lower(
            conversation(Turn(.assistant, [Block(.toolCall(call))]), tools: [patch]), for: chat)
        guard case .function(let schema?) = result.tools[0].kind,
            case .toolCall(let lowered) = result.turns[0].blocks[0].content
        else {
            Issue.record("no function")
            return
        }
        #expect(schema["required"] == ["input"])
        #expect(result.tools[0].description?.contains("lark grammar:\nstart: x") == true)
        #expect(lowered.input == .json("{\"input\":\"*** Begin\"}"))
    }

    @Test("the billing line never reaches another provider")
    func billingLine() {
        var said = conversation(Turn(.user, [.text("hi")]))
        said.instructions = [.text("x-anthropic-billing-header: cc_version=2;"), .text("You are")]
        #expect(lower(said, for: chat).0.instructions == [.text("You are")])
        #expect(lower(said, for: chat).1 == [])
    }

    @Test("instructions in mid-conversation keep their place")
    func systemTurns() {
        let said = conversation(
            Turn(.user, [.text("a")]), Turn(.system, [.text("mind")]), Turn(.user, [.text("b")]))
        #expect(lower(said, for: chat).0.turns[1].role == .system)
        let turn = lower(said, for: claude).0.turns[1]
        #expect(turn.role == .user)
        #expect(turn.blocks[0].text == "<system-reminder>\nmind\n</system-reminder>")
    }

    @Test("a tool's name begins as the provider's names do, and is the client's again in calls")
    func firstLetters() {
        let google = Upstream(id: "go", wire: .gemini, model: "gemini-3-pro")
        let tools = ["1st", "-x", "_y", "z.1"].map { function(ToolName($0)) }
        var lowering = Lowering(google)
        let names = lowering.lower(conversation(tools: tools)).tools.map(\.name.name)
        #expect(names.map { $0.prefix(4) } == ["_1st", "_-x_", "_y", "z.1"])
        #expect(names.map { lowering.tools.entry($0)?.name } == tools.map(\.name))
        #expect(lower(conversation(tools: tools), for: chat).0.tools[0].name == ToolName("1st"))
    }

    @Test("the four newest cache marks stay where marks are understood")
    func cacheMarks() {
        let mark: JSONValue = ["type": "ephemeral"]
        var said = conversation(
            Turn(.user, [.text("1", cache: mark), .text("2", cache: mark)]),
            Turn(.user, [.text("3", cache: mark)]))
        said.instructions = [.text("s", cache: mark), .text("t", cache: mark)]
        let (kept, lost) = lower(said, for: router)
        #expect(kept.instructions.map { $0.cache != nil } == [false, true])
        #expect(kept.turns.flatMap(\.blocks).allSatisfy { $0.cache != nil })
        #expect(lost == ["cache_control"])
        let (none, _) = lower(said, for: chat)
        #expect((none.instructions + none.turns.flatMap(\.blocks)).allSatisfy { $0.cache == nil })
    }

    @Test("a tool the provider cannot run is told of, and a choice of it is dropped")
    func serverTools() {
        let search = Tool(
            ToolName("web_search"),
            kind: .server(
                ServerTool(purpose: .webSearch, family: .anthropic, declaration: [:])))
        var said = conversation(Turn(.user, [.text("find")]), tools: [search])
        said.toolChoice = .tool(ToolName("web_search"))
        let (result, lost) = lower(said, for: chat)
        #expect(result.tools.isEmpty && result.toolChoice == nil)
        #expect(result.instructions.last?.text?.contains("web_search") == true)
        #expect(lost == ["tools.web_search", "tool_choice"])
        #expect(lower(said, for: router).0.tools == [search])
    }

    @Test("unknown members stay in their family, and OpenRouter's own reach it from any client")
    func extras() {
        var said = conversation(Turn(.user, [.text("a")]))
        said.extras = [
            JSONMember(key: "provider", value: ["order": ["x"]]),
            JSONMember(key: "context_management", value: [:]),
        ]
        let (result, lost) = lower(said, for: router)
        #expect(result.extras.map(\.key) == ["provider"] && lost == ["context_management"])
        #expect(lower(said, for: claude).0.extras.count == 2)
    }

    @Test("a block only its own family knows becomes a notice without its secrets")
    func opaqueBlocks() {
        let block = OpaqueBlock(
            family: .anthropic, type: "web_search_tool_result",
            value: ["type": "x", "content": [["url": "u", "encrypted_content": "zzz"]]])
        let (result, lost) = lower(
            conversation(Turn(.assistant, [Block(.opaque(block))])), for: chat)
        #expect(
            result.turns[0].blocks[0].text
                == "[web_search_tool_result: {\"content\":[{\"url\":\"u\"}]}]")
        #expect(lost == ["blocks.web_search_tool_result", "prefill"])
    }
}

@Suite("Seals of reasoning")
struct ReasoningSealTests {
    @Test("an envelope gives back issuer and payload, exactly")
    func roundTrip() {
        let upstream = Upstream(id: "or", wire: .openAIChat, model: "vendor/m")
        let seal = ReasoningSeal.issued(
            by: ReasoningIssuer(upstream),
            payload: ["d": [["n": .number(JSONNumber(123_456_789_012_345_678)), "t": "ü\u{0}\n"]]])
        #expect(ReasoningSeal(envelope: seal.envelope) == seal)
        #expect(Base64.decode(seal.envelope.utf8) != nil)
    }

    @Test(
        "any other text is a seal of unknown origin", arguments: ["", "EqQB", "AgentRouteSeal1x!"])
    func foreign(_ text: String) {
        #expect(ReasoningSeal(envelope: text) == .foreign(text))
    }
}

@Suite("Context overflow")
struct ContextOverflowTests {
    @Test(
        "a provider's sentence gives the numbers",
        arguments: [
            ("prompt is too long: 210000 tokens > 200000 maximum", 210000, 200000),
            (
                "This model's maximum context length is 128000 tokens. However, you requested "
                    + "130500 tokens (129500 in the messages, 1000 in the completion).",
                130500, 128000
            ),
            (
                "This endpoint's maximum context length is 131,072 tokens. However, you requested "
                    + "about 140,001 tokens (140,001 of text input).", 140001, 131072
            ),
            (
                "The input token count (1048577) exceeds the maximum number of tokens allowed "
                    + "(1048576).", 1_048_577, 1_048_576
            ),
        ])
    func numbers(_ message: String, _ tokens: Int, _ limit: Int) {
        #expect(ContextOverflow.read(message) == .contextOverflow(tokens: tokens, limit: limit))
    }

    @Test("a sentence without numbers is still one; another error is none")
    func others() {
        #expect(
            ContextOverflow.read("Input is too long for requested model.")
                == .contextOverflow(tokens: nil, limit: nil))
        #expect(
            ContextOverflow.read(
                "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000")
                == nil)
        #expect(ContextOverflow.read("max_tokens: 64000 > 32000, which is the maximum") == nil)
    }
}
