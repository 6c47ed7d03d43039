import AgentRouteWire

/// Reads the tools a client declares, and its choice among them.
enum OpenAIChatToolReader {
    /// `tools`, `functions` in the form of 2023, and `web_search_options`, which is one more.
    static func tools(_ request: RequestReader) throws(RequestFault) -> [Tool] {
        var tools: [Tool] = []
        for tool in try request.optional("tools")?.elements() ?? [] {
            tools.append(try self.tool(tool))
        }
        for function in try request.optional("functions")?.elements() ?? [] {
            tools.append(try self.function(function))
        }
        if let options = try request.optional("web_search_options") {
            tools.append(try webSearch(options))
        }
        return tools
    }

    private static func tool(_ tool: RequestReader) throws(RequestFault) -> Tool {
        let type = try tool.required("type")
        let word = try type.string()
        switch word {
        case "function":
            var function = try function(try tool.required("function"))
            function.cache = try tool.optional("cache_control")?.object()
            return function
        case "custom":
            let custom = try tool.required("custom")
            return Tool(
                ToolName(try custom.required("name").string()),
                description: try custom.string("description"),
                kind: .custom(format: try format(custom)))
        default:
            guard let purpose = purpose(word) else {
                throw type.fault("is no known kind of tool: \(word.debugDescription)")
            }
            return server(purpose, tool.value)
        }
    }

    private static func function(_ function: RequestReader) throws(RequestFault) -> Tool {
        let name = try function.required("name").string()
        let schema = try function.optional("parameters")?.object()
        var tool = Tool(
            ToolName(name), description: try function.string("description"),
            kind: .function(schema: schema))
        tool.strict = try function.bool("strict")
        tool.extras = try function.members(
            except: ["name", "description", "parameters", "strict"])
        return tool
    }

    /// A custom tool's format as the Responses wire has it: a grammar's parts beside its type.
    private static func format(_ custom: RequestReader) throws(RequestFault) -> JSONValue? {
        guard let format = try custom.optional("format") else { return nil }
        guard let grammar = try format.optional("grammar") else { return try format.object() }
        let type = JSONMember(key: "type", value: "grammar")
        return .object([type] + (try grammar.members()))
    }

    // MARK: Tools of the provider

    /// What a tool of this type does; nil if it is none of a provider's. OpenRouter's types have a
    /// prefix, and it knows OpenAI's too.
    private static func purpose(_ type: String) -> ServerTool.Purpose? {
        let prefix = "openrouter:"
        if type.hasPrefix(prefix) {
            return ServerTool.Purpose(rawValue: String(type.dropFirst(prefix.count))) ?? .other
        }
        return type.hasPrefix("web_search") ? .webSearch : nil
    }

    private static func server(_ purpose: ServerTool.Purpose, _ declaration: JSONValue) -> Tool {
        let tool = ServerTool(purpose: purpose, family: .openAI, declaration: declaration)
        let name = purpose == .other ? declaration["type"]?.string : nil
        return Tool(ToolName(name ?? purpose.rawValue), kind: .server(tool))
    }

    /// `web_search_options` as the Responses wire declares it, which all codecs of the family read.
    private static func webSearch(_ options: RequestReader) throws(RequestFault) -> Tool {
        var declaration = ObjectWriter()
        declaration.add("type", "web_search")
        declaration.add("search_context_size", try options.string("search_context_size"))
        if let location = try options.optional("user_location") {
            let place = try location.optional("approximate")?.members() ?? []
            let type = JSONMember(key: "type", value: "approximate")
            declaration.add("user_location", JSONValue.object([type] + place))
        }
        return server(.webSearch, declaration.value)
    }

    // MARK: Choice

    /// `tool_choice`, or `function_call` in the form of 2023.
    static func choice(_ request: RequestReader) throws(RequestFault) -> ToolChoice? {
        guard let choice = try request.optional("tool_choice") else {
            return try legacyChoice(request)
        }
        if let word = choice.value.string { return try self.word(word, at: choice) }
        let type = try choice.required("type")
        switch try type.string() {
        case "function", "custom": return .tool(try named(choice))
        case "allowed_tools":
            let allowed = try choice.required("allowed_tools")
            var names: [ToolName] = []
            for tool in try allowed.required("tools").elements() { names.append(try named(tool)) }
            let mode = try allowed.required("mode")
            switch try mode.string() {
            case "auto": return .allowed(names, required: false)
            case "required": return .allowed(names, required: true)
            case let other: throw mode.fault("must be auto or required, not \(other)")
            }
        case let other: throw type.fault("is no known choice: \(other.debugDescription)")
        }
    }

    private static func word(
        _ word: String, at choice: RequestReader
    ) throws(RequestFault) -> ToolChoice {
        switch word {
        case "auto": return .auto
        case "none": return .none
        case "required": return .required
        default: throw choice.fault("is no known choice: \(word.debugDescription)")
        }
    }

    private static func named(_ tool: RequestReader) throws(RequestFault) -> ToolName {
        let type = try tool.required("type")
        switch try type.string() {
        case "function": return ToolName(try tool.required("function").required("name").string())
        case "custom": return ToolName(try tool.required("custom").required("name").string())
        case let other: throw type.fault("is no known kind of tool: \(other.debugDescription)")
        }
    }

    private static func legacyChoice(_ request: RequestReader) throws(RequestFault) -> ToolChoice? {
        guard let choice = try request.optional("function_call") else { return nil }
        if let word = choice.value.string { return try self.word(word, at: choice) }
        return .tool(ToolName(try choice.required("name").string()))
    }
}
