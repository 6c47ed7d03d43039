import AgentRouteWire

/// Reads a client's `GenerateContentRequest`.
struct GeminiRequestReader {
    let call: RequestCall

    private static let known: Set<String> = [
        "model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig",
        "serviceTier", "store",
    ]

    func read(_ body: RequestReader) throws(RequestFault) -> Conversation {
        var request = body
        if call.countsTokens, let inner = try body.field("generateContentRequest") {
            request = inner
        }
        var conversation = Conversation(model: try model(request), family: .google)
        conversation.streams = call.streams ?? false
        conversation.instructions = try instructions(request)
        try readContents(request, into: &conversation)
        try GeminiToolsReader.read(request, into: &conversation)
        if let config = try request.field("generationConfig") {
            try GeminiConfigReader.read(config, into: &conversation)
        }
        conversation.serviceTier = try request.field("serviceTier")?.string()
        conversation.store = try request.field("store")?.bool()
        conversation.extras += try request.fields(except: Self.known)
        if let cache = try request.field("cachedContent")?.string(), !cache.isEmpty {
            let notice = "[\(cache) omitted: it is content kept by another provider]"
            conversation.instructions.insert(.text(notice), at: 0)
        }
        return conversation
    }

    private func model(_ request: RequestReader) throws(RequestFault) -> String {
        if let model = call.model { return GeminiModel(model).name }
        return GeminiModel(try request.requiredField("model").string()).name
    }

    private func instructions(_ request: RequestReader) throws(RequestFault) -> [Block] {
        guard let reader = try request.field("systemInstruction") else { return [] }
        var blocks: [Block] = []
        for part in try Self.parts(of: reader) {
            let place = part.value.string == nil ? try part.requiredField("text") : part
            let text = try place.string()
            if !text.isEmpty { blocks.append(.text(text)) }
        }
        return blocks
    }

    /// The parts of a content; a string stands for one of text.
    private static func parts(of content: RequestReader) throws(RequestFault) -> [RequestReader] {
        if content.value.string != nil { return [content] }
        if content.value.array != nil { return try content.elements() }
        guard let parts = try content.field("parts") else { return [] }
        return parts.value.array == nil ? [parts] : try parts.elements()
    }

    private func readContents(
        _ request: RequestReader, into conversation: inout Conversation
    ) throws(RequestFault) {
        var reader = GeminiContentsReader()
        if let contents = try request.field("contents") {
            // One content may stand without its array.
            let isAlone = contents.value.object != nil
            try reader.read(isAlone ? [contents] : try contents.elements())
            if !isAlone, contents.value == [], !call.countsTokens {
                throw contents.fault("must not be empty")
            }
        } else if !call.countsTokens {
            throw RequestFault(request.path("contents"), "is required")
        }
        conversation.turns = reader.turns
        conversation.extras += reader.extras
        conversation.unplaced.add(reader.unplaced)
    }
}
