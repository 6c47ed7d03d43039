import AgentRouteWire

extension AnthropicRequestEncoder {
    /// `block` as the wire has it; nil where it has no form and nothing of it is for the model.
    mutating func block(_ block: Block, isAssistant: Bool) -> JSONValue? {
        guard var writer = content(block.content, isAssistant: isAssistant) else { return nil }
        if case .reasoning = block.content { return writer.value }
        writer.add("cache_control", block.cache)
        return writer.value
    }

    private mutating func content(
        _ content: Block.Content, isAssistant: Bool
    ) -> ObjectWriter? {
        switch content {
        case .text(let text), .refusal(let text): return Self.text(text)
        case .image(let media):
            return isAssistant ? notice("image", "images", Self.roleReason) : image(media)
        case .document(let media):
            return isAssistant ? notice("document", "documents", Self.roleReason) : document(media)
        case .audio(let media):
            return notice("audio\(media.place)", "audio", "this model's provider takes none")
        case .video(let media):
            return notice("video\(media.place)", "video", "this model's provider takes none")
        case .toolCall(let call): return toolCall(call)
        case .toolResult(let result): return toolResult(result)
        case .reasoning(let reasoning): return Self.thinking(reasoning)
        case .toolReference(let name):
            return Self.object(("type", "tool_reference"), ("tool_name", .string(name)))
        case .opaque(let block):
            if block.family == .anthropic { return Self.object(block.value.object ?? []) }
            return notice(
                block.type, "blocks.\(block.type)", "this model's provider has no such block")
        }
    }

    private static let roleReason = "this model's provider takes none from the model itself"

    // MARK: Pieces

    private static func object(_ members: (String, JSONValue)...) -> ObjectWriter {
        object(members.map { JSONMember(key: $0.0, value: $0.1) })
    }

    private static func object(_ members: [JSONMember]) -> ObjectWriter {
        var writer = ObjectWriter()
        writer.add(members)
        return writer
    }

    private static func text(_ text: String) -> ObjectWriter {
        object(("type", "text"), ("text", .string(text)))
    }

    /// Says to the model that something was there, and notes its loss.
    private mutating func notice(_ what: String, _ loss: String, _ reason: String) -> ObjectWriter {
        lost.note(loss)
        return Self.text("[\(what) omitted: \(reason)]")
    }

    private static func thinking(_ reasoning: Reasoning) -> ObjectWriter? {
        let payload = reasoning.anthropicPayload
        if let data = payload?["redacted"] {
            return object(("type", "redacted_thinking"), ("data", data))
        }
        guard let signature = payload?["signature"] else { return nil }
        let text = payload?["thinking"] ?? .string(reasoning.text)
        return object(("type", "thinking"), ("thinking", text), ("signature", signature))
    }

    // MARK: Tools

    private func toolCall(_ call: ToolCall) -> ObjectWriter {
        Self.object(
            ("type", "tool_use"), ("id", .string(call.id)), ("name", .string(call.name.name)),
            ("input", AnthropicToolInput.object(call.input)))
    }

    private mutating func toolResult(_ result: ToolResult) -> ObjectWriter {
        var writer = Self.object(
            ("type", "tool_result"), ("tool_use_id", .string(result.callID)))
        var content: [Block] = []
        for block in result.content where block.text?.isBlank != true { content.append(block) }
        // With `is_error` nothing but text is taken: the words say it then.
        let isPlain = content.allSatisfy { $0.text != nil }
        let failed = result.isError == true
        if failed, !isPlain { content.insert(.text("[the tool failed]"), at: 0) }
        if content.count == 1, content[0].cache == nil, let text = content[0].text {
            writer.add("content", text)
        } else if !content.isEmpty {
            let blocks = content.compactMap { resultBlock($0) }
            if !blocks.isEmpty { writer.add("content", .array(blocks)) }
        }
        if failed, isPlain { writer.add("is_error", true) }
        return writer
    }

    private mutating func resultBlock(_ content: Block) -> JSONValue? {
        switch content.content {
        case .toolCall, .toolResult, .reasoning: return nil
        default: return block(content, isAssistant: false)
        }
    }

    // MARK: Media

    private static let imageTypes: Set<String> = [
        "image/jpeg", "image/png", "image/gif", "image/webp",
    ]

    private mutating func image(_ media: Media) -> ObjectWriter {
        media.noteDetail(&lost)
        let source: ObjectWriter
        switch media.source {
        case .base64(let data):
            let type = Self.imageType(media.mediaType, data: data)
            guard Self.imageTypes.contains(type) else {
                return notice("image", "images", "this model's provider takes no \(type)")
            }
            source = Self.object(
                ("type", "base64"), ("media_type", .string(type)), ("data", .string(data)))
        case .url(let url):
            guard url.hasPrefix("http") else {
                return notice("image \(url)", "images", "this model's provider cannot fetch it")
            }
            source = Self.object(("type", "url"), ("url", .string(url)))
        case .fileID(let id):
            guard let file = file(id) else { return fileNotice("image", id) }
            source = file
        case .text, .blocks:
            return notice("image", "images", "it is none")
        }
        return Self.object(("type", "image"), ("source", source.value))
    }

    /// The type of a picture: as it was given, else by how its data begins.
    private static func imageType(_ type: String?, data: String) -> String {
        switch type?.lowercased() {
        case "image/jpg": return "image/jpeg"
        case let type? where type != "image/*" && type != "application/octet-stream": return type
        default:
            let signatures = [
                ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp"),
            ]
            return signatures.first { data.hasPrefix($0.0) }?.1 ?? "image/png"
        }
    }

    private mutating func document(_ media: Media) -> ObjectWriter {
        media.noteDetail(&lost)
        guard let source = documentSource(media) else {
            let title = (media.title.map { "document \($0)" } ?? "document") + media.place
            if case .fileID(let id) = media.source { return fileNotice(title, id) }
            let type = media.mediaType.map { "no \($0)" } ?? "none of its kind"
            return notice(title, "documents", "this model's provider takes \(type)")
        }
        var writer = Self.object(("type", "document"), ("source", source.value))
        writer.add("title", media.title.flatMap { $0.isEmpty ? nil : $0 })
        writer.add("context", media.context.flatMap { $0.isEmpty ? nil : $0 })
        if media.citations == true { writer.add("citations", ["enabled": true]) }
        return writer
    }

    private mutating func documentSource(_ media: Media) -> ObjectWriter? {
        switch media.source {
        case .base64(let data):
            if media.mediaType == "application/pdf" || Self.isPDF(media, data) {
                return Self.object(
                    ("type", "base64"), ("media_type", "application/pdf"), ("data", .string(data)))
            }
            return PlainText.decode(data, mediaType: media.mediaType ?? "text/plain")
                .map(Self.textSource)
        case .url(let url):
            let isPDF = media.mediaType == nil || media.mediaType == "application/pdf"
            guard isPDF, url.hasPrefix("http") else { return nil }
            return Self.object(("type", "url"), ("url", .string(url)))
        case .text(let text): return Self.textSource(text)
        case .blocks(let blocks):
            let content = blocks.filter { $0.text?.isBlank != true }
                .compactMap { block($0, isAssistant: false) }
            return content.isEmpty
                ? nil : Self.object(("type", "content"), ("content", .array(content)))
        case .fileID(let id): return file(id)
        }
    }

    private static func textSource(_ text: String) -> ObjectWriter {
        object(("type", "text"), ("media_type", "text/plain"), ("data", .string(text)))
    }

    private static func isPDF(_ media: Media, _ data: String) -> Bool {
        // "%PDF-" in base64.
        media.mediaType == nil && data.hasPrefix("JVBERi0")
    }

    /// A file of Anthropic's own; another provider's ids mean nothing to it.
    private func file(_ id: String) -> ObjectWriter? {
        conversation.family == .anthropic
            ? Self.object(("type", "file"), ("file_id", .string(id))) : nil
    }

    private mutating func fileNotice(_ what: String, _ id: String) -> ObjectWriter {
        notice(what, "file_ids", "file \(id) is kept by another provider")
    }
}

/// The input of a tool call, which has to be an object here.
enum AnthropicToolInput {
    /// `input` as an object: itself if it is one, else in a member `input`.
    static func object(_ input: ToolCall.Input) -> JSONValue {
        switch input {
        case .text(let text): return ["input": .string(text)]
        case .json(let text):
            if text.isBlank { return [:] }
            let value = try? JSONValue.parse(Array(text.utf8))
            if case .object? = value { return value ?? [:] }
            return ["input": value ?? .string(text)]
        }
    }
}
