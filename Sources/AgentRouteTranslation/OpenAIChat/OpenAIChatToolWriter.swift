import AgentRouteWire

/// Writes the tools of a request and the choice among them.
struct OpenAIChatToolWriter {
    /// What was written.
    private(set) var members: [JSONMember] = []
    /// OpenRouter's plugins that stand for tools of the provider.
    private(set) var plugins: [JSONValue] = []
    /// Tools of the provider's that it cannot be asked for beside the others.
    private(set) var missing: [String] = []
    /// What could not be written.
    private(set) var lost: Degradations

    private let isOpenRouter: Bool
    private let takesMarks: Bool
    private let family: WireFamily

    init(_ upstream: Upstream, family: WireFamily, lost: Degradations) {
        isOpenRouter = upstream.dialect == .openRouter
        takesMarks = Capabilities(upstream).takesCacheControl
        self.family = family
        self.lost = lost
    }

    /// Writes the tools of `conversation`.
    mutating func write(_ conversation: Conversation) {
        var tools: [JSONValue] = []
        // Whether nothing but a search is offered: the request is one for a search.
        let isSearch = conversation.tools.allSatisfy {
            if case .server = $0.kind { true } else { false }
        }
        for tool in offered(conversation) {
            switch tool.kind {
            case .function(let schema): tools.append(function(tool, schema: schema))
            case .custom(let format): tools.append(Self.custom(tool, format: format))
            case .server(let server): writeServer(server, isSearch: isSearch)
            }
        }
        guard !tools.isEmpty else { return }
        add("tools", .array(tools))
        if let choice = conversation.toolChoice {
            add("tool_choice", self.choice(choice, in: conversation))
        }
        if let parallel = conversation.parallelToolCalls {
            add("parallel_tool_calls", .bool(parallel))
        }
    }

    private mutating func add(_ key: String, _ value: JSONValue) {
        members.append(JSONMember(key: key, value: value))
    }

    /// The tools to be declared. OpenRouter has no choice of several: the others are not offered.
    private func offered(_ conversation: Conversation) -> [Tool] {
        guard isOpenRouter, case .allowed(let names, _)? = conversation.toolChoice else {
            return conversation.tools
        }
        return conversation.tools.filter { names.contains($0.name) }
    }

    private mutating func function(_ tool: Tool, schema: JSONValue?) -> JSONValue {
        var function = ObjectWriter()
        function.add("name", tool.name.name)
        function.add("description", tool.description)
        let schema = OpenAISchema.parameters(schema)
        function.add("parameters", schema)
        function.add("strict", OpenAISchema.strict(tool, schema: schema, of: family, lost: &lost))
        function.add(tool.extras)
        var declaration = ObjectWriter()
        declaration.add("type", "function")
        declaration.add("function", function.value)
        if takesMarks { declaration.add("cache_control", tool.cache) }
        return declaration.value
    }

    private static func custom(_ tool: Tool, format: JSONValue?) -> JSONValue {
        var custom = ObjectWriter()
        custom.add("name", tool.name.name)
        custom.add("description", tool.description)
        custom.add("format", format.map(nested))
        return ["type": "custom", "custom": custom.value]
    }

    /// A grammar's parts in an object of their own, where this wire has them.
    private static func nested(_ format: JSONValue) -> JSONValue {
        guard let members = format.object, format["type"]?.string == "grammar" else {
            return format
        }
        return ["type": "grammar", "grammar": .object(members.filter { $0.key != "type" })]
    }

    private func choice(_ choice: ToolChoice, in conversation: Conversation) -> JSONValue {
        switch choice {
        case .auto: return "auto"
        case .none: return "none"
        case .required: return "required"
        case .tool(let name): return Self.named(name, in: conversation)
        case .allowed(let names, let required):
            let mode: JSONValue = required ? "required" : "auto"
            if isOpenRouter { return mode }
            let tools = names.map { Self.named($0, in: conversation) }
            return [
                "type": "allowed_tools", "allowed_tools": ["mode": mode, "tools": .array(tools)],
            ]
        }
    }

    private static func named(_ name: ToolName, in conversation: Conversation) -> JSONValue {
        let kind = conversation.tools.first { $0.name == name }?.kind
        if case .custom? = kind {
            return ["type": "custom", "custom": ["name": .string(name.name)]]
        }
        return ["type": "function", "function": ["name": .string(name.name)]]
    }

    // MARK: Tools of the provider

    /// What OpenRouter's web plugin is told.
    private static let searchOptions: Set<String> = [
        "allowed_domains", "blocked_domains", "excluded_domains", "max_results", "max_uses",
        "search_context_size", "user_location",
    ]

    /// OpenRouter's web plugin searches once for every request, and is paid for it: right where a
    /// search is what the request is for, wrong beside an agent's other tools.
    private mutating func writeServer(_ server: ServerTool, isSearch: Bool) {
        guard isOpenRouter, isSearch, server.purpose == .webSearch else {
            missing.append(server.purpose.rawValue)
            return lost.note("tools.\(server.purpose.rawValue)")
        }
        let declaration = server.declaration
        let parameters = declaration["parameters"] ?? declaration
        var plugin = ObjectWriter()
        plugin.add("id", "web")
        plugin.add("max_results", parameters["max_results"])
        plugin.add("max_uses", parameters["max_uses"])
        let filters = parameters["filters"] ?? parameters
        plugin.add("include_domains", filters["allowed_domains"])
        plugin.add("exclude_domains", filters["blocked_domains"] ?? filters["excluded_domains"])
        plugin.add("user_location", parameters["user_location"])
        plugins.append(plugin.value)
        server.noteUntold(except: Self.searchOptions, lost: &lost)
        if let size = parameters["search_context_size"] {
            add("web_search_options", ["search_context_size": size])
        }
    }
}
