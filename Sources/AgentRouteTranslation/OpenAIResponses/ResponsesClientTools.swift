import AgentRouteWire

/// The tools whose declaration only this wire knows, but which the client runs itself: shells, the
/// patch tool, and the search among deferred tools. A model on another wire gets them as functions,
/// and its calls reach the client as the items it expects.
package enum ResponsesClientTools {
    /// The function that stands for `tool` on a wire without it; nil if the provider runs it.
    package static func function(for tool: Tool) -> Tool? {
        guard case .server(let server) = tool.kind, server.family == .openAI,
            let type = server.declaration["type"]?.string
        else { return nil }
        let description: String
        let schema: JSONValue
        switch type {
        case "local_shell":
            description = "Runs a command on the user's machine and returns its output."
            schema = localShell
        case "shell":
            // Its environment may be a container of the vendor's.
            guard server.declaration["environment"]?["type"]?.string ?? "local" == "local" else {
                return nil
            }
            description = "Runs shell commands on the user's machine and returns their output."
            schema = shell
        case "apply_patch":
            description =
                "Creates, updates or deletes one file. The diff is in the V4A format: hunks begin "
                + "with @@, lines with a space, - or +."
            schema = patch
        case "tool_search":
            guard server.declaration["execution"]?.string == "client" else { return nil }
            description =
                server.declaration["description"]?.string
                ?? "Searches for further tools and makes those it finds available."
            schema = server.declaration["parameters"] ?? ["type": "object", "properties": [:]]
        default: return nil
        }
        var function = Tool(tool.name, description: description, kind: .function(schema: schema))
        function.extras = (server.declaration.object ?? []).filter { !said.contains($0.key) }
        return function
    }

    /// Members of a declaration that are in the function, or chosen it.
    private static let said: Set<String> = [
        "description", "environment", "execution", "parameters", "type",
    ]

    /// The item, named `id`, that `call` is to a client that declared such a tool; nil if the call
    /// is one of a function, or its arguments are not those of the tool.
    static func item(for call: ToolCall, id: String, in request: Conversation) -> JSONValue? {
        guard case .json(let text) = call.input, call.name.namespace == nil,
            request.tools.contains(where: { $0.name == call.name && function(for: $0) != nil }),
            let input = try? JSONValue.parse(Array(text.utf8))
        else { return nil }
        let callID = JSONValue.string(call.id)
        switch call.name.name {
        case "local_shell":
            guard let command = input["command"]?.array else { return nil }
            return [
                "id": .string("lsh_" + id), "type": "local_shell_call", "status": "completed",
                "call_id": callID, "action": localShellAction(input, command),
            ]
        case "shell":
            guard input["commands"]?.array != nil else { return nil }
            return [
                "id": .string("sh_" + id), "type": "shell_call", "status": "completed",
                "call_id": callID, "action": input,
            ]
        case "apply_patch":
            guard isOperation(input) else { return nil }
            return [
                "id": .string("apc_" + id), "type": "apply_patch_call", "status": "completed",
                "call_id": callID, "operation": input,
            ]
        default:
            return [
                "id": .string("tsc_" + id), "type": "tool_search_call", "status": "completed",
                "call_id": callID, "execution": "client", "arguments": input,
            ]
        }
    }

    /// Whether `input` says what to do to which file, and but for its removal with which diff.
    private static func isOperation(_ input: JSONValue) -> Bool {
        guard input["path"]?.string != nil else { return false }
        switch input["type"] {
        case "create_file", "update_file": return input["diff"]?.string != nil
        case "delete_file": return true
        default: return false
        }
    }

    /// The vendor's own calls always have a type and an environment.
    private static func localShellAction(_ input: JSONValue, _ command: [JSONValue]) -> JSONValue {
        var action = ObjectWriter()
        action.add("type", "exec")
        action.add("command", .array(command))
        action.add("env", input["env"] ?? [:])
        for key in ["timeout_ms", "user", "working_directory"] { action.add(key, input[key]) }
        return action.value
    }

    // MARK: Schemas

    private static let localShell: JSONValue = [
        "type": "object",
        "properties": [
            "command": [
                "type": "array", "items": ["type": "string"],
                "description": "The program and its arguments.",
            ],
            "working_directory": ["type": "string"],
            "timeout_ms": ["type": "integer"],
            "env": ["type": "object", "additionalProperties": ["type": "string"]],
        ],
        "required": ["command"],
    ]

    private static let shell: JSONValue = [
        "type": "object",
        "properties": [
            "commands": [
                "type": "array", "items": ["type": "string"],
                "description": "Shell commands, each run by itself.",
            ],
            "timeout_ms": ["type": "integer"],
            "max_output_length": ["type": "integer"],
        ],
        "required": ["commands"],
    ]

    private static let patch: JSONValue = [
        "type": "object",
        "properties": [
            "type": ["type": "string", "enum": ["create_file", "update_file", "delete_file"]],
            "path": ["type": "string"],
            "diff": ["type": "string", "description": "Not needed to delete a file."],
        ],
        "required": ["type", "path"],
    ]
}
