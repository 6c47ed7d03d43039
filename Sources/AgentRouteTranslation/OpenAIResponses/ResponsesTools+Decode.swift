import AgentRouteWire

/// Tools and the choice among them, as this wire writes them.
enum ResponsesTools {
    /// The tools that one element of `tools` declares: a namespace holds several.
    static func decode(_ reader: RequestReader) throws(RequestFault) -> [Tool] {
        let type = try reader.required("type")
        switch try type.string() {
        case "function", "custom": return [try decodeTool(reader, in: nil)]
        case "namespace":
            var namespace = ToolName("", namespace: try reader.required("name").string())
            namespace.namespaceDescription = try reader.string("description")
            var tools: [Tool] = []
            for inner in try reader.required("tools").elements() {
                tools.append(try decodeTool(inner, in: namespace))
            }
            return tools
        case let name:
            guard let purpose = purpose(name) else {
                throw type.fault("is no known type of tool: \(name)")
            }
            let tool = ServerTool(
                purpose: purpose, family: .openAI, declaration: try reader.object())
            return [Tool(ToolName(commonName(name)), kind: .server(tool))]
        }
    }

    private static let known: Set<String> = [
        "type", "name", "description", "parameters", "format", "strict", "defer_loading",
    ]

    private static func decodeTool(
        _ reader: RequestReader, in namespace: ToolName?
    ) throws(RequestFault) -> Tool {
        var name = namespace ?? ToolName("")
        name.name = try reader.required("name").string()
        let type = try reader.required("type")
        let kind: Tool.Kind
        switch try type.string() {
        case "function": kind = .function(schema: try reader.optional("parameters")?.object())
        case "custom": kind = .custom(format: try reader.optional("format")?.object())
        default: throw type.fault("must be function or custom")
        }
        var tool = Tool(name, description: try reader.string("description"), kind: kind)
        tool.strict = try reader.bool("strict")
        tool.isDeferred = try reader.bool("defer_loading") ?? false
        tool.extras = try reader.members(except: known).filter { $0.value != .null }
        return tool
    }

    /// The name of a tool of the vendor's, which has none but its type: the same for its dated
    /// versions and previews, so that a choice of one finds the other.
    private static func commonName(_ type: String) -> String {
        if type.hasPrefix("web_search") { return "web_search" }
        return type.hasPrefix("computer") ? "computer" : type
    }

    /// What a tool of the vendor's is for; nil for an unknown type.
    private static func purpose(_ type: String) -> ServerTool.Purpose? {
        switch type {
        case "code_interpreter": .codeExecution
        case "image_generation": .imageGeneration
        case "file_search": .fileSearch
        case "tool_search": .toolSearch
        case "mcp", "local_shell", "shell", "apply_patch", "programmatic_tool_calling": .other
        case _ where type.hasPrefix("web_search"): .webSearch
        case _ where type.hasPrefix("computer"): .other
        default: nil
        }
    }

    // MARK: The choice

    /// `tool_choice`: a word, or an object.
    static func decodeChoice(_ reader: RequestReader) throws(RequestFault) -> ToolChoice {
        guard case .object = reader.value else {
            switch try reader.string() {
            case "auto": return .auto
            case "none": return .none
            case "required": return .required
            default: throw reader.fault("must be auto, none, required or an object")
            }
        }
        guard try reader.required("type").string() == "allowed_tools" else {
            return .tool(try name(reader))
        }
        var names: [ToolName] = []
        for tool in try reader.required("tools").elements() { names.append(try name(tool)) }
        let mode = try reader.required("mode")
        switch try mode.string() {
        case "auto": return .allowed(names, required: false)
        case "required": return .allowed(names, required: true)
        default: throw mode.fault("must be auto or required")
        }
    }

    /// The tool that a choice names: the vendor's own have no name but their type.
    private static func name(_ reader: RequestReader) throws(RequestFault) -> ToolName {
        let type = try reader.required("type").string()
        guard type == "function" || type == "custom" else { return ToolName(commonName(type)) }
        return ToolName(
            try reader.required("name").string(), namespace: try reader.string("namespace"))
    }
}
