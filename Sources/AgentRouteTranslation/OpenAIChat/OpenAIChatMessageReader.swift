import AgentRouteWire

/// Reads a client's messages: instructions before the first turn, then turns.
struct OpenAIChatMessageReader {
    /// What stands before the first turn.
    private(set) var instructions: [Block] = []
    /// The turns, results of tools in turns of the user.
    private(set) var turns: [Turn] = []
    /// Whether the last turn holds nothing but results, so that the next result joins it.
    private var collectsResults = false
    private var customCallIDs: Set<String> = []
    /// The names that calls in the form of 2023, which have none, were given here, by function.
    private var legacyCallIDs: [String: String] = [:]

    /// Reads the array of messages.
    mutating func read(_ messages: RequestReader) throws(RequestFault) {
        let elements = try messages.elements()
        guard !elements.isEmpty else { throw messages.fault("must hold at least one message") }
        for message in elements { try readMessage(message) }
    }

    private mutating func readMessage(_ message: RequestReader) throws(RequestFault) {
        let role = try message.required("role")
        switch try role.string() {
        case "system": try readInstructions(message, role: .system)
        case "developer": try readInstructions(message, role: .developer)
        case "user":
            let blocks = try OpenAIChatPartReader.content(
                message.required("content"), of: .user)
            try append(Turn(.user, blocks), message)
        case "assistant": try readAssistant(message)
        case "tool": try readResult(message)
        case "function": try readLegacyResult(message)
        case let other: throw role.fault("is no known role: \(other.debugDescription)")
        }
    }

    private mutating func readInstructions(
        _ message: RequestReader, role: Turn.Role
    ) throws(RequestFault) {
        let blocks = try OpenAIChatPartReader.content(message.required("content"), of: .system)
        if turns.isEmpty {
            instructions += blocks
        } else {
            try append(Turn(role, blocks), message)
        }
    }

    private mutating func append(
        _ turn: Turn, _ message: RequestReader
    ) throws(RequestFault) {
        var turn = turn
        turn.name = try message.string("name")
        turns.append(turn)
        collectsResults = false
    }

    // MARK: The model's messages

    private mutating func readAssistant(_ message: RequestReader) throws(RequestFault) {
        var blocks = try OpenAIChatReasoningReader.blocks(message)
        if let content = try message.optional("content") {
            blocks += try OpenAIChatPartReader.content(content, of: .assistant)
        }
        if let refusal = try message.string("refusal") { blocks.append(Block(.refusal(refusal))) }
        if let audio = try message.optional("audio") {
            let id = try audio.required("id").string()
            blocks.append(Block(.audio(Media(.fileID(id)))))
        }
        for call in try message.optional("tool_calls")?.elements() ?? [] {
            blocks.append(Block(.toolCall(try readCall(call))))
        }
        if let call = try message.optional("function_call") {
            blocks.append(Block(.toolCall(try readLegacyCall(call))))
        }
        try append(Turn(.assistant, blocks), message)
    }

    private mutating func readCall(_ call: RequestReader) throws(RequestFault) -> ToolCall {
        let id = try call.required("id").string()
        let type = try call.optional("type")
        switch try type?.string() {
        case "function"?, nil:
            let function = try call.required("function")
            return ToolCall(
                id: id, name: ToolName(try function.required("name").string()),
                input: .json(try Self.arguments(function)))
        case "custom"?:
            customCallIDs.insert(id)
            let custom = try call.required("custom")
            return ToolCall(
                id: id, name: ToolName(try custom.required("name").string()),
                input: .text(try custom.required("input").string()))
        case let other?:
            throw RequestFault(
                call.path("type"), "is no known kind of call: \(other.debugDescription)")
        }
    }

    private static func arguments(_ function: RequestReader) throws(RequestFault) -> String {
        let text = try function.required("arguments").string()
        return text.isEmpty ? "{}" : text
    }

    private mutating func readLegacyCall(_ call: RequestReader) throws(RequestFault) -> ToolCall {
        let name = try call.required("name").string()
        let id = "call_function_\(turns.count)"
        legacyCallIDs[name] = id
        return ToolCall(id: id, name: ToolName(name), input: .json(try Self.arguments(call)))
    }

    // MARK: Results

    private mutating func readResult(_ message: RequestReader) throws(RequestFault) {
        let id = try message.required("tool_call_id").string()
        var result = ToolResult(callID: id, content: [])
        if let content = try message.optional("content") {
            result.content = try OpenAIChatPartReader.content(content, of: .tool)
        }
        result.isCustom = customCallIDs.contains(id)
        append(result)
    }

    private mutating func readLegacyResult(_ message: RequestReader) throws(RequestFault) {
        let name = try message.required("name")
        let text = try name.string()
        guard let id = legacyCallIDs[text] else {
            throw name.fault("is the name of no function called before")
        }
        let content = try message.string("content").map { [Block.text($0)] } ?? []
        append(ToolResult(callID: id, content: content))
    }

    private mutating func append(_ result: ToolResult) {
        let block = Block(.toolResult(result))
        if collectsResults, let last = turns.indices.last {
            turns[last].blocks.append(block)
        } else {
            turns.append(Turn(.user, [block]))
            collectsResults = true
        }
    }
}
