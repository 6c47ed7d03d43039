import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Chat requests, written: parameters and tools")
struct OpenAIChatParameterWriterTests {
    /// The members beside model and messages.
    private func members(
        _ upstream: Upstream = Chat.plain(), _ change: (inout Conversation) -> Void
    ) -> (JSONValue, lost: [String]) {
        let (body, lost) = Chat.encode(Chat.request(change), for: upstream)
        let own = body.object?.filter { $0.key != "messages" && $0.key != "model" }
        return (.object(own ?? []), lost)
    }

    @Test("the model is the provider's")
    func model() {
        #expect(Chat.encode(Chat.request { _ in }).body["model"] == "m")
    }

    @Test("a stream asks for its usage in the dialect's words")
    func streaming() {
        #expect(members { _ in }.0 == [:])
        #expect(
            members { $0.streams = true }.0
                == ["stream": true, "stream_options": ["include_usage": true]])
        #expect(
            members(Chat.openRouter) { $0.streams = true }.0
                == ["stream": true, "usage": ["include": true]])
    }

    @Test(
        "OpenAI's reasoning models have another word for the most tokens",
        arguments: [
            ("gpt-4o", "max_tokens"), ("o3-mini", "max_completion_tokens"),
            ("openai/gpt-5.2", "max_completion_tokens"), ("gpt-6", "max_completion_tokens"),
            ("codex-mini-latest", "max_completion_tokens"), ("opus-4", "max_tokens"),
            ("gpt-oss-120b", "max_tokens"), ("gpt-", "max_tokens"),
        ])
    func tokens(model: String, key: String) {
        let (body, _) = members(Chat.plain(model)) { $0.maxOutputTokens = JSONNumber(9) }
        #expect(body == .object([JSONMember(key: key, value: 9)]))
    }

    private func sample(_ sampling: inout Sampling) {
        sampling.temperature = JSONNumber(0.5)
        sampling.topP = JSONNumber(1)
        sampling.topK = JSONNumber(40)
        sampling.presencePenalty = JSONNumber(1)
        sampling.stopSequences = ["a", "b", "c", "d", "e"]
        sampling.seed = JSONNumber(7)
        sampling.logprobs = true
        sampling.candidateCount = JSONNumber(2)
    }

    @Test("sampling goes as far as the dialect takes it")
    func sampling() {
        let (plain, lost) = members { sample(&$0.sampling) }
        #expect(
            plain == [
                "temperature": 0.5, "top_p": 1, "presence_penalty": 1, "seed": 7,
                "stop": ["a", "b", "c", "d"],
            ])
        #expect(lost == ["top_k", "stop_sequences", "logprobs", "n"])
        let (router, lostThere) = members(Chat.openRouter) { sample(&$0.sampling) }
        #expect(router["top_k"] == 40 && router["stop"]?.array?.count == 5)
        #expect(lostThere == ["logprobs", "n"])
    }

    @Test("reasoning models take no sampling; what only repeats the default is no loss")
    func reasoningModelSampling() {
        let (body, lost) = members(Chat.plain("gpt-5")) { sample(&$0.sampling) }
        #expect(body == ["seed": 7])
        #expect(
            lost == [
                "temperature", "presence_penalty", "top_k", "stop_sequences", "logprobs", "n",
            ])
        let (chat, _) = members(Chat.plain("gpt-5-chat-latest")) { sample(&$0.sampling) }
        #expect(chat["temperature"] == 0.5)
    }

    @Test(
        "OpenRouter's reasoning",
        arguments: [
            (ReasoningRequest(effort: "high"), #"{"effort":"high"}"#),
            (ReasoningRequest(mode: .adaptive, effort: "max"), #"{"effort":"xhigh"}"#),
            (ReasoningRequest(mode: .adaptive), #"{"enabled":true}"#),
            (ReasoningRequest(mode: .off), #"{"enabled":false}"#),
            (ReasoningRequest(effort: "none"), #"{"enabled":false}"#),
            (ReasoningRequest(mode: .budget(JSONNumber(2048))), #"{"max_tokens":2048}"#),
            (ReasoningRequest(mode: .budget(JSONNumber(0))), #"{"enabled":false}"#),
            (ReasoningRequest(), nil),
        ])
    func openRouterReasoning(request: ReasoningRequest, expected: String?) throws {
        let (body, lost) = members(Chat.openRouter) { $0.reasoning = request }
        #expect(try body["reasoning"] == expected.map(Chat.json))
        #expect(lost.isEmpty)
    }

    private struct Effort: CustomTestStringConvertible {
        var model: String
        var request: ReasoningRequest
        var written: String?
        var isLost = false

        init(_ model: String, _ effort: String, _ written: String?, isLost: Bool = false) {
            self.model = model
            request = ReasoningRequest(effort: effort)
            self.written = written
            self.isLost = isLost
        }

        var testDescription: String { "\(model), \(request.effort ?? "")" }
    }

    private static let efforts: [Effort] = [
        Effort("gpt-5", "high", "high"), Effort("gpt-5", "xhigh", "high"),
        Effort("gpt-5.1", "max", "high"), Effort("gpt-5.2", "max", "xhigh"),
        Effort("gpt-6-mini", "xhigh", "xhigh"), Effort("gpt-5", "none", "minimal"),
        Effort("gpt-5.1", "none", "none"), Effort("gpt-5.1", "minimal", "low"),
        Effort("o3", "none", nil, isLost: true), Effort("o3", "minimal", "low"),
        Effort("gpt-4o", "low", nil, isLost: true), Effort("gpt-4o", "none", nil),
        Effort("chatgpt-4o-latest", "low", nil, isLost: true),
        Effort("deepseek-chat", "none", nil), Effort("qwen3", "medium", "medium"),
    ]

    @Test("an effort in the nearest word the model takes", arguments: efforts)
    private func effort(_ one: Effort) {
        let (body, lost) = members(Chat.plain(one.model)) { $0.reasoning = one.request }
        #expect(body["reasoning_effort"]?.string == one.written)
        #expect(lost == (one.isLost ? ["reasoning"] : []))
    }

    @Test("a budget is an effort for those who know no budgets")
    func budget() {
        let (body, _) = members(Chat.plain("gpt-5")) {
            $0.reasoning = ReasoningRequest(mode: .budget(JSONNumber(31999)))
        }
        #expect(body == ["reasoning_effort": "high"])
    }

    @Test("a schema gets the name the wire wants")
    func outputFormat() {
        let (body, _) = members {
            $0.outputFormat = .jsonSchema(
                name: nil, description: nil, schema: ["type": "object"], strict: nil)
        }
        let schema: JSONValue = ["name": "response", "schema": ["type": "object"]]
        #expect(body == ["response_format": ["type": "json_schema", "json_schema": schema]])
    }

    @Test("who asks, what for and how fast")
    func account() {
        let change = { (conversation: inout Conversation) in
            conversation.userID = String(repeating: "x", count: 65)
            conversation.serviceTier = "standard_only"
            conversation.promptCacheKey = "k"
            conversation.store = false
            conversation.modalities = ["text", "audio"]
            conversation.metadata = ["a": "b"]
        }
        let (plain, lost) = members(Chat.plain(), change)
        #expect(plain["user"]?.string?.utf8.count == 18)
        #expect(plain["service_tier"] == "default" && plain["metadata"] == ["a": "b"])
        #expect(plain["prompt_cache_key"] == "k" && plain["store"] == nil)
        #expect(lost == ["modalities"])
        #expect(members(Chat.openRouter, change).0["session_id"] == "k")
    }

    @Test("members of the Responses wire are lost, others of the family carried, plugins joined")
    func extras() {
        let search = ServerTool(purpose: .webSearch, family: .openAI, declaration: [:])
        let (body, lost) = members(Chat.openRouter) {
            $0.family = .openAI
            $0.extras = [
                JSONMember(key: "truncation", value: "auto"),
                JSONMember(key: "provider", value: ["order": ["a"]]),
                JSONMember(key: "plugins", value: [["id": "own"]]),
            ]
            $0.tools = [Tool(ToolName("web_search"), kind: .server(search))]
        }
        #expect(body["truncation"] == nil && body["provider"] == ["order": ["a"]])
        #expect(body["plugins"] == [["id": "own"], ["id": "web"]])
        #expect(lost == ["truncation"])
    }

    // MARK: Tools

    private func tool(_ name: String, schema: JSONValue? = nil) -> Tool {
        Tool(ToolName(name), kind: .function(schema: schema))
    }

    @Test("a function without a schema, or one without a type, gets what the wire wants")
    func functions() {
        let (body, _) = members {
            $0.tools = [
                tool("f"), tool("g", schema: ["properties": ["a": [:]]]),
                {
                    var strict = tool(
                        "h", schema: ["type": "object", "additionalProperties": false])
                    strict.description = "d"
                    strict.strict = true
                    return strict
                }(),
            ]
            $0.toolChoice = .tool(ToolName("f"))
            $0.parallelToolCalls = false
        }
        let functions: [JSONValue] = [
            ["name": "f", "parameters": ["type": "object", "properties": [:]]],
            ["name": "g", "parameters": ["type": "object", "properties": ["a": [:]]]],
            [
                "name": "h", "description": "d",
                "parameters": [
                    "type": "object", "additionalProperties": false, "properties": [:],
                ],
                "strict": true,
            ],
        ]
        #expect(
            body == [
                "tools": .array(functions.map { ["type": "function", "function": $0] }),
                "tool_choice": ["type": "function", "function": ["name": "f"]],
                "parallel_tool_calls": false,
            ])
    }

    @Test("without tools there is no choice among them")
    func noTools() {
        #expect(
            members {
                $0.toolChoice = .auto
                $0.parallelToolCalls = true
            }.0 == [:])
    }

    @Test("a choice of several tools: OpenAI's word for it, for OpenRouter only these tools")
    func allowed() {
        let change = { (conversation: inout Conversation) in
            conversation.tools = [tool("f"), tool("g")]
            conversation.toolChoice = .allowed([ToolName("g")], required: true)
        }
        let (plain, _) = members(Chat.plain(), change)
        #expect(
            plain["tool_choice"] == [
                "type": "allowed_tools",
                "allowed_tools": [
                    "mode": "required", "tools": [["type": "function", "function": ["name": "g"]]],
                ],
            ])
        #expect(plain["tools"]?.array?.count == 2)
        let (router, _) = members(Chat.openRouter, change)
        #expect(router["tool_choice"] == "required")
        #expect(router["tools"]?.array?.map { $0["function"]?["name"] } == ["g"])
    }

    @Test("a tool's cache mark is kept where it is understood")
    func cachedTool() {
        let change = { (conversation: inout Conversation) in
            var marked = tool("f")
            marked.cache = ["type": "ephemeral"]
            conversation.tools = [marked]
        }
        let (router, _) = members(Chat.openRouter, change)
        #expect(router["tools"]?.array?.first?["cache_control"] == ["type": "ephemeral"])
        let (plain, _) = members(Chat.plain(), change)
        #expect(plain["tools"]?.array?.first?["cache_control"] == nil)
    }

    @Test("a request for a search is one for OpenRouter's plugin; beside other tools it is lost")
    func webSearch() {
        let declaration: JSONValue = [
            "type": "web_search_20250305", "name": "web_search", "max_uses": 8,
            "blocked_domains": ["x.org"],
        ]
        let search = Tool(
            ToolName("web_search"),
            kind: .server(
                ServerTool(purpose: .webSearch, family: .anthropic, declaration: declaration)))
        let (alone, lostAlone) = members(Chat.openRouter) {
            $0.tools = [search]
            $0.toolChoice = .auto
        }
        #expect(
            alone["plugins"] == [["id": "web", "max_uses": 8, "exclude_domains": ["x.org"]]])
        #expect(alone["tools"] == nil && alone["tool_choice"] == nil && lostAlone.isEmpty)
        let (beside, lost) = members(Chat.openRouter) { $0.tools = [search, tool("f")] }
        #expect(beside["plugins"] == nil && lost == ["tools.web_search"])
        #expect(members { $0.tools = [search] }.lost == ["tools.web_search"])
    }

    @Test("a custom tool's grammar is nested as the wire has it")
    func custom() {
        let format: JSONValue = ["type": "grammar", "syntax": "lark", "definition": "x"]
        let (body, _) = members {
            $0.tools = [Tool(ToolName("g"), kind: .custom(format: format))]
        }
        let nested: JSONValue = [
            "type": "grammar", "grammar": ["syntax": "lark", "definition": "x"],
        ]
        #expect(
            body["tools"] == [["type": "custom", "custom": ["name": "g", "format": nested]]])
    }
}
