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
        let name = try item.string("name")
        guard let id = try item.string("call_id") else {
            // A tool that reports without having been called.
            guard let name else { throw RequestFault(item.path("call_id"), "is required") }
            add(.text("[from the tool \(name)]"), to: .user)
            for block in content { add(block, to: .user) }
            return
        }
        var result = ToolResult(callID: id, content: content)
        result.name = name
        result.isCustom = type == "custom_tool_call_output"
        add(Block(.toolResult(result)), to: .user)
    }

    // MARK: Tools of this wire that the client runs

    /// A call of a tool of ``ResponsesClientTools``: to other wires, a function's.
    mutating func readClientCall(_ item: RequestReader, _ type: String) throws(RequestFault) {
        let itemID = try item.string("id")
        let callID = try item.string("call_id")
        // Searches without one were the provider's: what they found is among the tools.
        if callID == nil, type == "tool_search_call" { return }
        guard let id = callID ?? itemID else {
            throw RequestFault(item.path("call_id"), "is required")
        }
        let input: JSONValue
        switch type {
        case "apply_patch_call": input = try item.required("operation").object()
        case "tool_search_call": input = try item.required("arguments").value
        case "computer_call":
            // One action, or several.
            let actions = try item.optional("actions")
            input = if let actions { actions.value } else { try item.required("action").value }
        default: input = try item.required("action").object()
        }
        if let itemID { shellCalls[itemID] = id }
        let call = ToolCall(
            id: id, name: ToolName(String(type.dropLast("_call".count))),
            input: .json(Self.arguments(input)))
        add(Block(.toolCall(call)), to: .assistant)
    }

    /// What a call is given, as the text of an object.
    private static func arguments(_ input: JSONValue) -> String {
        if let text = input.string { return text }
        let object = input.array == nil ? input : ["actions": input]
        return String(decoding: object.serialized(), as: UTF8.self)
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
        case "computer_call_output":
            let screen = try ResponsesContent.decodeImage(try item.required("output"))
            result.content = [Block(.image(screen))]
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
        guard let id else { return }
        var found = names.map { Block(.toolReference($0)) }
        if found.isEmpty { found = [.text("No tools were found.")] }
        add(Block(.toolResult(ToolResult(callID: id, content: found))), to: .user)
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
