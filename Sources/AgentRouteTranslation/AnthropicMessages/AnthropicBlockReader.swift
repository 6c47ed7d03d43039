import AgentRouteWire

/// Reads the content of messages.
enum AnthropicBlockReader {
    /// Blocks that no other wire has: results of server tools, parts of the provider's own machinery.
    private static let opaqueTypes: Set<String> = [
        "advisor_tool_result", "bash_code_execution_tool_result", "browser_state",
        "code_execution_tool_result", "container_upload", "fallback", "mcp_tool_listing",
        "mcp_tool_result", "mcp_tool_use", "server_tool_use",
        "text_editor_code_execution_tool_result", "tool_removal", "tool_search_tool_result",
        "web_fetch_tool_result", "web_search_tool_result",
    ]
    private static let resultTypes: Set<String> = [
        "browser_state", "document", "image", "search_result", "text", "tool_reference",
    ]
    private static let documentTypes: Set<String> = ["image", "text"]

    /// The system prompt: a string, or blocks of text.
    static func system(_ system: RequestReader) throws(RequestFault) -> [Block] {
        if system.value == "" { return [] }
        return try blocks(system, allowed: ["text"])
    }

    /// The blocks of `content`, which may be one string.
    ///
    /// - Parameter allowed: The types that may stand here; nil for all.
    static func blocks(
        _ content: RequestReader, allowed: Set<String>? = nil
    ) throws(RequestFault) -> [Block] {
        if let text = content.value.string { return [.text(text)] }
        guard content.value.array != nil else {
            throw content.fault("must be a string or an array of blocks, not \(content.kind)")
        }
        var blocks: [Block] = []
        for element in try content.elements() {
            blocks.append(try block(element, allowed: allowed))
        }
        return blocks
    }

    private static func block(
        _ block: RequestReader, allowed: Set<String>?
    ) throws(RequestFault) -> Block {
        let type = try block.required("type")
        let name = try type.string()
        if let allowed, !allowed.contains(name) {
            throw type.fault("'\(name)' cannot stand here")
        }
        let cache = try block.optional("cache_control")?.object()
        return Block(try content(block, type), cache: cache)
    }

    private static func content(
        _ block: RequestReader, _ type: RequestReader
    ) throws(RequestFault) -> Block.Content {
        let name = try type.string()
        switch name {
        case "text": return .text(try block.required("text").string())
        case "image": return .image(try image(block))
        case "document": return .document(try document(block))
        case "search_result": return .document(try searchResult(block))
        case "tool_use": return .toolCall(try toolCall(block))
        case "tool_result": return .toolResult(try toolResult(block))
        case "thinking": return .reasoning(try thinking(block))
        case "redacted_thinking":
            return .reasoning(Reasoning("", seal: seal(try block.required("data").string())))
        case "tool_reference": return .toolReference(try block.required("tool_name").string())
        case "tool_addition": return try toolAddition(block)
        // A summary in place of older turns: in words, where it is readable.
        case "compaction":
            if let summary = try block.string("content") { return .text(summary) }
            return .opaque(OpaqueBlock(family: .anthropic, type: name, value: block.value))
        case let name where opaqueTypes.contains(name):
            return .opaque(OpaqueBlock(family: .anthropic, type: name, value: block.value))
        default: throw type.fault("'\(name)' is no known type of content block")
        }
    }

    // MARK: Tools

    private static func toolCall(_ block: RequestReader) throws(RequestFault) -> ToolCall {
        let input = try block.required("input").object()
        return ToolCall(
            id: try block.required("id").string(),
            name: ToolName(try block.required("name").string()),
            input: .json(String(decoding: input.serialized(), as: UTF8.self)))
    }

    private static func toolResult(_ block: RequestReader) throws(RequestFault) -> ToolResult {
        var content: [Block] = []
        if let value = try block.optional("content"), value.value != "" {
            content = try blocks(value, allowed: resultTypes)
        }
        return ToolResult(
            callID: try block.required("tool_use_id").string(), content: content,
            isError: try block.bool("is_error"))
    }

    /// A tool declared before is offered from here on.
    private static func toolAddition(_ block: RequestReader) throws(RequestFault) -> Block.Content {
        let tool = try block.required("tool")
        if try tool.required("type").string() == "tool_reference" {
            return .toolReference(try tool.required("name").string())
        }
        return .opaque(OpaqueBlock(family: .anthropic, type: "tool_addition", value: block.value))
    }

    // MARK: Thinking

    private static func thinking(_ block: RequestReader) throws(RequestFault) -> Reasoning {
        let text = try block.required("thinking").string()
        return Reasoning(text, seal: try block.string("signature").flatMap(seal))
    }

    private static func seal(_ envelope: String) -> ReasoningSeal? {
        envelope.isEmpty ? nil : ReasoningSeal(envelope: envelope)
    }

    // MARK: Media

    private static func image(_ block: RequestReader) throws(RequestFault) -> Media {
        let source = try block.required("source")
        let type = try source.required("type")
        switch try type.string() {
        case "base64":
            return Media(
                .base64(try source.required("data").string()),
                mediaType: try source.required("media_type").string())
        case "url": return Media(.url(try source.required("url").string()))
        case "file": return Media(.fileID(try source.required("file_id").string()))
        case let other: throw type.fault("'\(other)' is no source of an image")
        }
    }

    private static func document(_ block: RequestReader) throws(RequestFault) -> Media {
        var media = try documentSource(try block.required("source"))
        media.title = try block.string("title")
        media.context = try block.string("context")
        media.citations = try block.optional("citations")?.bool("enabled")
        return media
    }

    private static func documentSource(_ source: RequestReader) throws(RequestFault) -> Media {
        let type = try source.required("type")
        switch try type.string() {
        case "base64":
            return Media(
                .base64(try source.required("data").string()),
                mediaType: try source.required("media_type").string())
        case "text":
            return Media(
                .text(try source.required("data").string()),
                mediaType: try source.string("media_type") ?? "text/plain")
        // What a URL leads to is a PDF, by the reference.
        case "url":
            return Media(
                .url(try source.required("url").string()), mediaType: "application/pdf")
        case "file": return Media(.fileID(try source.required("file_id").string()))
        case "content":
            let content = try source.required("content")
            return Media(.blocks(try blocks(content, allowed: documentTypes)))
        case let other: throw type.fault("'\(other)' is no source of a document")
        }
    }

    /// A passage the client has found itself: a document with its address for context.
    private static func searchResult(_ block: RequestReader) throws(RequestFault) -> Media {
        let content = try blocks(try block.required("content"), allowed: ["text"])
        var media = Media(.blocks(content), title: try block.required("title").string())
        media.context = try block.required("source").string()
        media.citations = try block.optional("citations")?.bool("enabled")
        return media
    }
}
