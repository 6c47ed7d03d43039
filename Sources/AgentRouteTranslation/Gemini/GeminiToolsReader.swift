import AgentRouteWire

/// Reads `tools` and `toolConfig`.
enum GeminiToolsReader {
    static func read(
        _ request: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        for entry in try request.field("tools")?.elements() ?? [] {
            for member in try entry.members() where member.value != .null {
                let reader = RequestReader(member.value, path: entry.path(member.key))
                let name = GeminiNames.camel(member.key)
                if name == "functionDeclarations" {
                    for function in try reader.elements() {
                        conversation.tools.append(try self.function(function))
                    }
                } else {
                    conversation.tools.append(try server(name, reader))
                    conversation.extras += try options(name, reader)
                }
            }
        }
        guard let config = try request.field("toolConfig") else { return }
        if let calling = try config.field("functionCallingConfig") {
            conversation.toolChoice = try choice(calling)
            // Calls that keep to their schemas are strict tools elsewhere.
            if try calling.field("mode")?.string().uppercased() == "VALIDATED" {
                for place in conversation.tools.indices where conversation.tools[place].isFunction {
                    conversation.tools[place].strict = true
                }
            }
            if try calling.field("streamFunctionCallArguments")?.bool() == true {
                conversation.unplaced.note("stream_function_call_arguments")
            }
        }
        conversation.extras += try config.fields(except: ["functionCallingConfig"])
    }

    private static func function(_ reader: RequestReader) throws(RequestFault) -> Tool {
        let name = try reader.requiredField("name").string()
        var schema = try reader.field("parametersJsonSchema")?.object()
        if schema == nil, let parameters = try reader.field("parameters") {
            schema = GeminiSchema.jsonSchema(try parameters.object())
        }
        var tool = Tool(
            ToolName(name), description: try reader.field("description")?.string(),
            kind: .function(schema: schema))
        tool.extras = try reader.fields(
            except: ["name", "description", "parameters", "parametersJsonSchema"]
        ).filter { $0.key != "behavior" || $0.value != "BLOCKING" }
        return tool
    }

    private static let purposes: [String: ServerTool.Purpose] = [
        "googleSearch": .webSearch, "googleSearchRetrieval": .webSearch,
        "enterpriseWebSearch": .webSearch, "parallelAiSearch": .webSearch,
        "exaAiSearch": .webSearch, "urlContext": .webFetch,
        "codeExecution": .codeExecution, "fileSearch": .fileSearch, "computerUse": .other,
        "googleMaps": .other, "retrieval": .other, "mcpServers": .other,
    ]

    private static func server(_ name: String, _ reader: RequestReader) throws(RequestFault) -> Tool
    {
        guard let purpose = purposes[name] else {
            throw reader.fault("is no kind of tool that is known here")
        }
        let tool = ServerTool(
            purpose: purpose, family: .google, declaration: try declaration(purpose, reader))
        return Tool(ToolName(name), kind: .server(tool))
    }

    /// The tool's own members; of a search, what the others' have too by the name they have for it.
    private static func declaration(
        _ purpose: ServerTool.Purpose, _ reader: RequestReader
    ) throws(RequestFault) -> JSONValue {
        guard purpose == .webSearch else { return try reader.object() }
        var declaration = ObjectWriter()
        declaration.add("blocked_domains", try reader.field("excludeDomains")?.value)
        return declaration.value
    }

    /// What can be asked of a search here and nowhere else.
    private static func options(
        _ name: String, _ reader: RequestReader
    ) throws(RequestFault) -> [JSONMember] {
        guard purposes[name] == .webSearch else { return [] }
        return try reader.fields(except: ["excludeDomains"]).filter {
            // The web is what is searched anyway.
            $0.key != "searchTypes" || $0.value["imageSearch"] ?? $0.value["image_search"] != nil
        }
    }

    private static func choice(_ config: RequestReader) throws(RequestFault) -> ToolChoice? {
        var names: [ToolName] = []
        for name in try config.field("allowedFunctionNames")?.elements() ?? [] {
            names.append(ToolName(try name.string()))
        }
        guard let mode = try config.field("mode") else { return nil }
        switch try mode.string().uppercased() {
        case "AUTO", "VALIDATED": return names.isEmpty ? .auto : .allowed(names, required: false)
        case "NONE": return ToolChoice.none
        case "ANY":
            if let name = names.first, names.count == 1 { return .tool(name) }
            return names.isEmpty ? .required : .allowed(names, required: true)
        case "MODE_UNSPECIFIED": return nil
        default: throw mode.fault("must be AUTO, ANY, NONE or VALIDATED")
        }
    }
}
