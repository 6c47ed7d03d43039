import AgentRouteWire

extension ResponsesTools {
    /// `tools`, those of one namespace in one declaration.
    static func encode(
        _ tools: [Tool], family: WireFamily, lost: inout Degradations
    ) -> [JSONValue] {
        var written: [JSONValue] = []
        var namespaces: Set<String> = []
        for tool in tools {
            if let namespace = tool.name.namespace {
                guard namespaces.insert(namespace).inserted else { continue }
                let members = tools.filter { $0.name.namespace == namespace }
                written.append([
                    "type": "namespace", "name": .string(namespace),
                    "description": .string(tool.name.namespaceDescription ?? ""),
                    "tools": .array(
                        members.compactMap { encodeTool($0, family: family, lost: &lost) }),
                ])
            } else if let tool = encodeTool(tool, family: family, lost: &lost) {
                written.append(tool)
            }
        }
        return written
    }

    private static func encodeTool(
        _ tool: Tool, family: WireFamily, lost: inout Degradations
    ) -> JSONValue? {
        var written = ObjectWriter()
        switch tool.kind {
        case .server(let server): return encode(server, lost: &lost)
        case .function(let schema):
            written.add("type", "function")
            written.add("name", tool.name.name)
            written.add("description", tool.description)
            let schema = OpenAISchema.parameters(schema)
            written.add("parameters", schema)
            // Left out, it would be taken for true, which refuses most schemas or rewrites them.
            let isStrict = OpenAISchema.strict(tool, schema: schema, of: family, lost: &lost)
            written.add("strict", isStrict ?? false)
        case .custom(let format):
            written.add("type", "custom")
            written.add("name", tool.name.name)
            written.add("description", tool.description)
            written.add("format", format)
        }
        if tool.isDeferred { written.add("defer_loading", true) }
        written.add(tool.extras)
        return written.value
    }

    // MARK: Tools the provider runs

    private static func encode(_ tool: ServerTool, lost: inout Degradations) -> JSONValue? {
        if tool.family == .openAI, tool.declaration["type"]?.string != nil {
            return tool.declaration
        }
        switch tool.purpose {
        case .webSearch:
            // The limit of uses is one of the request here.
            let told: Set = ["allowed_domains", "max_uses", "search_context_size", "user_location"]
            tool.noteUntold(except: told, lost: &lost)
            return webSearch(tool.declaration)
        case .codeExecution:
            tool.noteUntold(except: [], lost: &lost)
            return ["type": "code_interpreter", "container": ["type": "auto"]]
        case .imageGeneration: return ["type": "image_generation"]
        case .webFetch, .fileSearch, .toolSearch, .other:
            lost.note("tools." + tool.purpose.rawValue)
            return nil
        }
    }

    /// A search of another wire, with what it says in common: Anthropic's `allowed_domains` and
    /// `user_location`, chat's `search_context_size`.
    private static func webSearch(_ declaration: JSONValue) -> JSONValue {
        var search = ObjectWriter()
        search.add("type", "web_search")
        if let domains = declaration["allowed_domains"], domains != .null {
            search.add("filters", ["allowed_domains": domains])
        }
        if var place = declaration["user_location"], case .object = place {
            // Chat nests it once more.
            place = place["approximate"] ?? place
            let members = (place.object ?? []).filter { $0.key != "type" && $0.value != .null }
            search.add(
                "user_location",
                .object([JSONMember(key: "type", value: "approximate")] + members))
        }
        search.add("search_context_size", declaration["search_context_size"]?.string)
        return search.value
    }

    /// `max_tool_calls` for a limit of uses. It counts the calls of all the provider's tools, so a
    /// limit of one among several cannot be said.
    static func maximumUses(_ tools: [Tool], lost: inout Degradations) -> JSONValue? {
        let servers = tools.compactMap { tool in
            if case .server(let server) = tool.kind { server } else { nil }
        }
        let limits = servers.compactMap { $0.declaration["max_uses"] }.filter { $0 != .null }
        guard servers.count > 1 else { return limits.first }
        if !limits.isEmpty { lost.note("tools.max_uses") }
        return nil
    }

    // MARK: The choice

    /// `tool_choice`; nil if it names a tool that is not there.
    static func encode(_ choice: ToolChoice, among tools: [Tool]) -> JSONValue? {
        switch choice {
        case .auto: return "auto"
        case .none: return "none"
        case .required: return "required"
        case .tool(let name):
            guard let tool = tools.first(where: { $0.name == name }) else { return nil }
            if case .server(let server) = tool.kind, server.purpose == .webSearch {
                // The only form that knows searches by their present name.
                return encode(.allowed([name], required: true), among: tools)
            }
            return reference(tool)
        case .allowed(let names, let required):
            let allowed = tools.filter { names.contains($0.name) }
            guard !allowed.isEmpty else { return nil }
            return [
                "type": "allowed_tools", "mode": required ? "required" : "auto",
                "tools": .array(allowed.map(reference)),
            ]
        }
    }

    private static func reference(_ tool: Tool) -> JSONValue {
        var reference = ObjectWriter()
        switch tool.kind {
        case .server(let server):
            var unused = Degradations()
            reference.add("type", encode(server, lost: &unused)?["type"])
        case .function:
            reference.add("type", "function")
            reference.add("name", tool.name.name)
        case .custom:
            reference.add("type", "custom")
            reference.add("name", tool.name.name)
        }
        reference.add("namespace", tool.name.namespace)
        return reference.value
    }
}
