import AgentRouteWire

extension Lowering {
    /// Leaves the tools the upstream can be given, by the names it takes.
    mutating func lowerTools(_ conversation: inout Conversation) {
        if conversation.tools.contains(where: isLostSearch) {
            // What only a search of the provider's could have found is shown at once.
            for place in conversation.tools.indices { conversation.tools[place].isDeferred = false }
        }
        let shown = capabilities.takesDeferredTools ? nil : RevealedTools(in: conversation)
        var kept: [Tool] = []
        var missing: [String] = []
        var namespaces: Set<String> = []
        for var tool in conversation.tools {
            if let shown, tool.isDeferred, !shown.contains(tool.name) { continue }
            describeNamespace(of: &tool, unless: &namespaces)
            lowerDeclaration(&tool, of: conversation.family)
            switch tool.kind {
            case .function(let schema):
                kept.append(declare(tool, form: .function, schema: schema))
            case .custom(let format):
                kept.append(lowerCustom(tool, format: format))
            case .server(let server):
                if let tool = lowerServer(tool, server) {
                    kept.append(tool)
                } else if server.purpose != .toolSearch {
                    missing.append(tool.name.name)
                }
            }
        }
        conversation.tools = kept
        if !missing.isEmpty {
            let list = missing.joined(separator: ", ")
            conversation.instructions.append(
                .text(
                    "Not available in this session, and not to be announced as if they were: \(list). "
                        + "Say so when one of them would be needed."))
        }
    }

    /// Whether `tool` is a search among deferred tools that neither the upstream nor the client does.
    private func isLostSearch(_ tool: Tool) -> Bool {
        guard case .server(let server) = tool.kind, server.purpose == .toolSearch else {
            return false
        }
        return !capabilities.serverTools.contains(.toolSearch)
            && AnthropicClientTools.function(for: tool) == nil
            && ResponsesClientTools.function(for: tool) == nil
    }

    private mutating func declare(
        _ tool: Tool, form: ToolMap.Entry.Form, schema: JSONValue?
    ) -> Tool {
        var result = tool
        result.name = tools.upstreamName(tool.name, for: capabilities)
        if !capabilities.takesDeferredTools { result.isDeferred = false }
        tools.declare(tool.name, as: result.name.name, form: form, schema: schema)
        return result
    }

    /// A tool that takes text: as it is, or as a function with one string.
    private mutating func lowerCustom(_ tool: Tool, format: JSONValue?) -> Tool {
        guard !capabilities.takesCustomTools else {
            return declare(tool, form: .custom, schema: nil)
        }
        let schema: JSONValue = [
            "type": "object",
            "properties": ["input": ["type": "string", "description": "The tool's whole input."]],
            "required": ["input"], "additionalProperties": false,
        ]
        var result = declare(tool, form: .customAsFunction, schema: schema)
        result.kind = .function(schema: schema)
        if let grammar = (format?["grammar"]?["definition"] ?? format?["definition"])?.string {
            let syntax = (format?["grammar"]?["syntax"] ?? format?["syntax"])?.string ?? "given"
            result.description =
                (tool.description.map { $0 + "\n\n" } ?? "")
                + "The input must follow this \(syntax) grammar:\n\(grammar)"
        }
        return result
    }

    /// A tool of the provider's: what the upstream has itself, else what the client runs by itself as a
    /// function, else nothing.
    private mutating func lowerServer(_ tool: Tool, _ server: ServerTool) -> Tool? {
        if capabilities.serverTools.contains(server.purpose) { return tool }
        if var function = AnthropicClientTools.function(for: tool)
            ?? ResponsesClientTools.function(for: tool)
        {
            lowerDeclaration(&function, of: server.family)
            guard case .function(let schema) = function.kind else { return nil }
            return declare(function, form: .function, schema: schema)
        }
        // Where tools are not deferred there is nothing to search for.
        if server.purpose != .toolSearch { lost.note("tools.\(tool.name.name)") }
        return nil
    }
}

/// The deferred tools that a conversation has brought to the model's notice: those a tool reference
/// names, and those it has called before.
private struct RevealedTools {
    private var names: Set<String> = []

    init(in conversation: Conversation) {
        for block in conversation.turns.flatMap(\.blocks) { note(block) }
    }

    /// Claude Code's placeholder holds a place in the list of tools and is never to be called.
    func contains(_ name: ToolName) -> Bool {
        name.name != "DeferredToolPlaceholder" && names.contains(name.name)
    }

    private mutating func note(_ block: Block) {
        switch block.content {
        case .toolReference(let name): names.insert(name)
        case .toolCall(let call): names.insert(call.name.name)
        case .toolResult(let result): for block in result.content { note(block) }
        default: break
        }
    }
}
