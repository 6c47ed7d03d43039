import AgentRouteWire

/// Writes `tools` and `toolConfig`.
struct GeminiToolsWriter {
    let conversation: Conversation
    let model: GeminiModel
    /// What the model is to be told of tools it cannot be given; known after ``declarations(_:)``.
    private(set) var notices: [String] = []
    /// Whether the provider's own tools go together with functions.
    private var isMixed = false

    init(conversation: Conversation, model: GeminiModel) {
        self.conversation = conversation
        self.model = model
    }

    private var functions: [Tool] { conversation.tools.filter(\.isFunction) }

    mutating func declarations(_ lost: inout Degradations) -> JSONValue? {
        var entries: [JSONValue] = []
        if !functions.isEmpty {
            let list = functions.map { function($0, &lost) }
            entries.append(["functionDeclarations": .array(list)])
        }
        for tool in conversation.tools {
            guard case .server(let server) = tool.kind else { continue }
            if !functions.isEmpty, !model.combinesFunctions {
                omit(tool, server, &lost)
            } else if let declaration = Self.declaration(server, of: tool.name, &lost) {
                entries.append(declaration)
                isMixed = !functions.isEmpty
            } else {
                omit(tool, server, &lost)
            }
        }
        return entries.isEmpty ? nil : .array(entries)
    }

    private mutating func omit(
        _ tool: Tool, _ server: ServerTool, _ lost: inout Degradations
    ) {
        lost.note("tools.\(server.purpose.rawValue)")
        notices.append("[The tool \(tool.name.name) is not available with this model.]")
    }

    private func function(_ tool: Tool, _ lost: inout Degradations) -> JSONValue {
        var function = ObjectWriter()
        function.add("name", tool.name.name)
        function.add("description", tool.description)
        if case .function(let schema?) = tool.kind {
            function.add("parametersJsonSchema", GeminiSchema.accepted(schema))
        }
        function.add(tool.extras)
        return function.value
    }

    private static func declaration(
        _ tool: ServerTool, of name: ToolName, _ lost: inout Degradations
    ) -> JSONValue? {
        if tool.family == .google {
            return .object([JSONMember(key: name.name, value: tool.declaration)])
        }
        let key: String
        switch tool.purpose {
        case .webSearch: key = "googleSearch"
        case .webFetch: key = "urlContext"
        case .codeExecution: key = "codeExecution"
        case .imageGeneration, .fileSearch, .toolSearch, .other: return nil
        }
        tool.noteUntold(except: [], lost: &lost)
        return .object([JSONMember(key: key, value: [:])])
    }

    // MARK: The choice

    /// `toolConfig`. Call ``declarations(_:)`` first.
    func config(_ lost: inout Degradations) -> JSONValue? {
        var config = ObjectWriter()
        config.add("functionCallingConfig", calling(&lost))
        if isMixed { config.add("includeServerSideToolInvocations", true) }
        guard !config.isEmpty else { return nil }
        return config.value
    }

    private func calling(_ lost: inout Degradations) -> JSONValue? {
        let strict = functions.filter { $0.strict == true }
        // A call that has to be made keeps to its schema anyway.
        let isFree = conversation.toolChoice == nil || conversation.toolChoice == .auto
        if isFree, !strict.isEmpty {
            if model.validatesCalls { return ["mode": "VALIDATED"] }
            for tool in strict { lost.note("tools.\(tool.name.name).strict") }
        }
        guard let choice = conversation.toolChoice else { return nil }
        // Google refuses a choice among no functions.
        guard !functions.isEmpty else {
            if choice != .auto { lost.note("tool_choice") }
            return nil
        }
        switch choice {
        case .auto: return ["mode": "AUTO"]
        case .none: return ["mode": "NONE"]
        case .required: return ["mode": "ANY"]
        case .tool(let name): return allowed([name], mode: "ANY", &lost)
        case .allowed(let names, let required):
            return allowed(names, mode: required ? "ANY" : "VALIDATED", &lost)
        }
    }

    private func allowed(
        _ names: [ToolName], mode: JSONValue, _ lost: inout Degradations
    ) -> JSONValue? {
        let known = names.filter { name in functions.contains { $0.name == name } }
        if known.count < names.count || known.isEmpty { lost.note("tool_choice") }
        guard !known.isEmpty else { return nil }
        return ["mode": mode, "allowedFunctionNames": .array(known.map { .string($0.name) })]
    }
}
