import AgentRouteWire

/// Reads the tools of a request, and which of them are to be called.
enum AnthropicToolReader {
    /// The tools Anthropic runs itself or knows the schema of, by what their dated types begin with.
    private static let purposes: [(prefix: String, purpose: ServerTool.Purpose)] = [
        ("web_search_", .webSearch), ("web_fetch_", .webFetch),
        ("code_execution_", .codeExecution), ("tool_search_tool_", .toolSearch),
        ("advisor_", .other), ("bash_", .other), ("browser_toolset_", .other),
        ("computer_", .other), ("mcp_toolset", .other), ("memory_", .other),
        ("text_editor_", .other),
    ]
    /// Members of a custom tool that have a place of their own, or say only how its call is streamed.
    private static let known: Set<String> = [
        "cache_control", "defer_loading", "description", "eager_input_streaming", "input_schema",
        "name", "strict", "type",
    ]

    /// One element of `tools`.
    static func tool(_ tool: RequestReader) throws(RequestFault) -> Tool {
        let type = try tool.string("type") ?? "custom"
        guard type == "custom" else { return try serverTool(tool, type) }
        var result = Tool(
            ToolName(try tool.required("name").string()),
            description: try tool.string("description"),
            kind: .function(schema: try tool.required("input_schema").object()))
        result.strict = try tool.bool("strict")
        result.extras = try tool.members(except: known).filter { $0.value != .null }
        try addCommon(tool, to: &result)
        return result
    }

    private static func serverTool(
        _ tool: RequestReader, _ type: String
    ) throws(RequestFault) -> Tool {
        guard let purpose = purposes.first(where: { type.hasPrefix($0.prefix) })?.purpose else {
            throw RequestFault(tool.path("type"), "'\(type)' is no known type of tool")
        }
        // Toolsets have no name.
        let name = try tool.string("name") ?? type
        let server = ServerTool(purpose: purpose, family: .anthropic, declaration: tool.value)
        var result = Tool(ToolName(name), kind: .server(server))
        try addCommon(tool, to: &result)
        return result
    }

    private static func addCommon(
        _ tool: RequestReader, to result: inout Tool
    ) throws(RequestFault) {
        result.isDeferred = try tool.bool("defer_loading") ?? false
        result.cache = try tool.optional("cache_control")?.object()
    }

    /// `tool_choice`
    static func choice(_ choice: RequestReader) throws(RequestFault) -> ToolChoice {
        let type = try choice.required("type")
        switch try type.string() {
        case "auto": return .auto
        case "any": return .required
        case "none": return .none
        case "tool": return .tool(ToolName(try choice.required("name").string()))
        case let other: throw type.fault("must be auto, any, tool or none, not '\(other)'")
        }
    }
}
