import AgentRouteWire

// Calls and their results.
extension ResponsesInputReader {
    /// A call of a function or a custom tool.
    mutating func readCall(_ item: RequestReader, _ type: String) throws(RequestFault) {
        let name = ToolName(
            try item.required("name").string(), namespace: try item.string("namespace"))
        let input: ToolCall.Input
        if type == "custom_tool_call" {
            input = .text(try item.required("input").string())
        } else {
            let arguments = try item.required("arguments").string()
            input = .json(arguments.isEmpty ? "{}" : arguments)
        }
        let call = ToolCall(
            id: try item.required("call_id").string(), name: name, input: input)
        add(Block(.toolCall(call)), to: .assistant)
    }

    /// The result of one: a string, or text, images and files.
    mutating func readOutput(_ item: RequestReader, _ type: String) throws(RequestFault) {
        let output = try item.required("output")
        let content = output.value == "" ? [] : try ResponsesContent.decode(output)
        var result = ToolResult(
            callID: try item.required("call_id").string(), content: content)
        result.name = try item.string("name")
        result.isCustom = type == "custom_tool_call_output"
        add(Block(.toolResult(result)), to: .user)
    }

    // MARK: Tools of this wire that the client runs

    /// A call of a tool of ``ResponsesClientTools``: to other wires, a function's.
    mutating func readClientCall(_ item: RequestReader, _ type: String) throws(RequestFault) {
        guard let id = try item.string("call_id") else {
            // The provider ran it itself.
            guard type == "tool_search_call" else {
                throw RequestFault(item.path("call_id"), "is required")
            }
            add(
                Block(.opaque(OpaqueBlock(family: .openAI, type: type, value: item.value))),
                to: .assistant)
            return
        }
        let input: JSONValue
        switch type {
        case "apply_patch_call": input = try item.required("operation").object()
        case "tool_search_call": input = try item.required("arguments").value
        default: input = try item.required("action").object()
        }
        if let itemID = try item.string("id") { shellCalls[itemID] = id }
        let call = ToolCall(
            id: id, name: ToolName(String(type.dropLast("_call".count))),
            input: .json(input.string ?? String(decoding: input.serialized(), as: UTF8.self)))
        add(Block(.toolCall(call)), to: .assistant)
    }

    /// The result of such a call.
    mutating func readClientOutput(_ item: RequestReader, _ type: String) throws(RequestFault) {
        if type == "tool_search_output" { return try readFoundTools(item) }
        var result = ToolResult(callID: try callID(of: item), content: [])
        switch type {
        case "apply_patch_call_output":
            let status = try item.required("status").string()
            result.isError = status == "failed" ? true : nil
            result.content = [.text(try item.string("output") ?? status)]
        default:
            let output = try item.required("output")
            result.content = [
                .text(
                    output.value.string
                        ?? String(decoding: output.value.serialized(), as: UTF8.self))
            ]
        }
        add(Block(.toolResult(result)), to: .user)
    }

    /// Outputs of local shells name their call by its item.
    private func callID(of item: RequestReader) throws(RequestFault) -> String {
        if let id = try item.string("call_id") { return id }
        let id = try item.required("id").string()
        return shellCalls[id] ?? id
    }

    /// Tools that a search has found: the model may call them from here on.
    private mutating func readFoundTools(_ item: RequestReader) throws(RequestFault) {
        var names: [String] = []
        let id = try item.string("call_id")
        for tool in try item.required("tools").elements() {
            for var tool in try ResponsesTools.decode(tool) {
                tool.isDeferred = id != nil
                names.append(tool.name.name)
                add(tool)
            }
        }
        guard let id else {
            let block = OpaqueBlock(family: .openAI, type: "tool_search_output", value: item.value)
            return add(Block(.opaque(block)), to: .assistant)
        }
        let references = names.map { Block(.toolReference($0)) }
        add(Block(.toolResult(ToolResult(callID: id, content: references))), to: .user)
    }

    /// Adds the tools that an item declares.
    mutating func addTools(_ reader: RequestReader) throws(RequestFault) {
        for tool in try ResponsesTools.decode(reader) { add(tool) }
    }

    /// Adds `tool`, in the place of an earlier one of the same name.
    private mutating func add(_ tool: Tool) {
        if let place = conversation.tools.firstIndex(where: { $0.name == tool.name }) {
            conversation.tools[place] = tool
        } else {
            conversation.tools.append(tool)
        }
    }
}
