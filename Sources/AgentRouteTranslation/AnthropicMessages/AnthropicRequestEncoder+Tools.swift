import AgentRouteWire

extension AnthropicRequestEncoder {
    /// The tools to declare.
    ///
    /// - Parameter messages: What is sent. Its calls need declarations, even where none may be made.
    mutating func tools(_ messages: [AnthropicTurns.Message]) -> [JSONValue] {
        let named = Self.namedOutsideResults(conversation.turns)
        let tools = offered().compactMap { tool($0, isNamed: named.contains($0.name.name)) }
        return tools.isEmpty ? Self.declarations(ofCallsIn: messages) : tools
    }

    /// The tools of the request, but for those its choice excludes.
    private func offered() -> [Tool] {
        guard case .allowed(let names, _) = conversation.toolChoice else {
            return conversation.tools
        }
        return conversation.tools.filter { names.contains($0.name) }
    }

    private mutating func tool(_ tool: Tool, isNamed: Bool) -> JSONValue? {
        switch tool.kind {
        case .server(let server): return serverTool(server)
        case .function(let schema): return function(tool, schema: schema, isNamed: isNamed)
        case .custom:
            let schema: JSONValue = [
                "type": "object", "properties": ["input": ["type": "string"]],
                "required": ["input"],
            ]
            return function(tool, schema: schema, isNamed: isNamed)
        }
    }

    private mutating func function(
        _ tool: Tool, schema: JSONValue?, isNamed: Bool
    ) -> JSONValue {
        var input = AnthropicSchema.toolInput(schema)
        var isStrict = tool.strict == true
        if isStrict, !model.takesSchemas {
            lost.note("tools.\(tool.name.name).strict")
            isStrict = false
        }
        if isStrict {
            let strict = AnthropicSchema.strict(input.schema)
            input = (strict.schema, input.isWeaker || strict.isWeaker)
        }
        if input.isWeaker { lost.note("tools.input_schema") }
        var writer = ObjectWriter()
        writer.add("name", tool.name.name)
        writer.add("description", tool.description.flatMap { $0.isEmpty ? nil : $0 })
        writer.add("input_schema", input.schema)
        if isStrict { writer.add("strict", true) }
        if tool.isDeferred, !isNamed { writer.add("defer_loading", true) }
        writer.add("cache_control", tool.cache)
        writer.add(tool.extras)
        return writer.value
    }

    /// Tools that a message names outside of a tool's result, where a reference has no place.
    private static func namedOutsideResults(_ turns: [Turn]) -> Set<String> {
        var names: Set<String> = []
        for case .toolReference(let name) in turns.lazy.flatMap(\.blocks).map(\.content) {
            names.insert(name)
        }
        return names
    }

    /// Calls in the history are refused where no tools are declared at all.
    private static func declarations(ofCallsIn messages: [AnthropicTurns.Message]) -> [JSONValue] {
        var names: [String] = []
        for case .toolCall(let call) in messages.lazy.flatMap(\.blocks).map(\.content)
        where !names.contains(call.name.name) {
            names.append(call.name.name)
        }
        return names.map { ["name": .string($0), "input_schema": ["type": "object"]] }
    }

    // MARK: The choice

    /// `tool_choice`, and whether it makes the model call a tool; nothing where no tool is there.
    ///
    /// - Parameter tools: What is declared.
    mutating func toolChoice(offering tools: [JSONValue]) -> (value: JSONValue?, isForced: Bool) {
        guard !tools.isEmpty else {
            switch conversation.toolChoice {
            case .required, .tool, .allowed: lost.note("tool_choice")
            case .auto, ToolChoice.none?, nil: break
            }
            return (nil, false)
        }
        // Declared for the sake of the history alone.
        guard !offered().isEmpty else { return (["type": "none"], false) }
        var writer = ObjectWriter()
        var isForced = false
        switch conversation.toolChoice {
        case ToolChoice.none?: return (["type": "none"], false)
        case .required, .allowed(_, required: true):
            writer.add("type", "any")
            isForced = true
        case .tool(let name):
            writer.add("type", "tool")
            writer.add("name", name.name)
            isForced = true
        case .auto, .allowed: writer.add("type", "auto")
        case nil:
            guard conversation.parallelToolCalls == false else { return (nil, false) }
            writer.add("type", "auto")
        }
        if conversation.parallelToolCalls == false { writer.add("disable_parallel_tool_use", true) }
        return (writer.value, isForced)
    }

    // MARK: Server tools

    private mutating func serverTool(_ tool: ServerTool) -> JSONValue? {
        if tool.family == .anthropic { return tool.declaration }
        switch tool.purpose {
        case .webSearch: return webTool("web_search_20250305", "web_search", tool)
        case .webFetch: return webTool("web_fetch_20250910", "web_fetch", tool)
        case .codeExecution:
            tool.noteUntold(except: [], lost: &lost)
            return ["type": "code_execution_20250825", "name": "code_execution"]
        case .imageGeneration, .fileSearch, .toolSearch, .other:
            lost.note("tools.\(tool.purpose.rawValue)")
            return nil
        }
    }

    /// A declaration of Anthropic's with what another family's has in common with it.
    private mutating func webTool(
        _ type: String, _ name: String, _ tool: ServerTool
    ) -> JSONValue {
        // OpenRouter's stand in an object of their own.
        let declaration = tool.declaration
        let foreign = declaration["parameters"] ?? declaration
        let filters = foreign["filters"] ?? foreign
        var writer = ObjectWriter()
        writer.add("type", type)
        writer.add("name", name)
        writer.add("max_uses", foreign["max_uses"])
        var told: Set = ["max_uses"]
        if let allowed = filters["allowed_domains"], allowed != .array([]) {
            writer.add("allowed_domains", allowed)
            told.insert("allowed_domains")
        } else {
            writer.add(
                "blocked_domains",
                filters["blocked_domains"] ?? filters["excluded_domains"]
                    ?? foreign["excludeDomains"])
            told.formUnion(["blocked_domains", "excluded_domains", "excludeDomains"])
        }
        if name == "web_search", let location = foreign["user_location"] {
            writer.add("user_location", Self.location(location))
            told.insert("user_location")
        }
        tool.noteUntold(except: told, lost: &lost)
        return writer.value
    }

    /// A user's place; chat has it one level deeper than Responses.
    private static func location(_ location: JSONValue) -> JSONValue? {
        let place = location["approximate"] ?? location
        var writer = ObjectWriter()
        writer.add("type", "approximate")
        for key in ["city", "region", "country", "timezone"] {
            if let text = place[key]?.string { writer.add(key, text) }
        }
        return writer.value
    }
}
