import AgentRouteWire

/// Writes the blocks of a message that are neither thoughts nor tool calls.
struct GeminiMediaWriter {
    let model: GeminiModel

    func parts(_ block: Block, _ lost: inout Degradations) -> [JSONValue] {
        switch block.content {
        case .text(let text), .refusal(let text): return Self.text(text)
        case .image(let media):
            media.noteDetail(&lost)
            return parts(media, noun: "image", &lost)
        case .document(let media):
            media.noteDetail(&lost)
            if media.citations == true { lost.note("citations") }
            return parts(media, noun: "document", &lost)
        case .audio(let media): return parts(media, noun: "audio", &lost)
        case .video(let media): return parts(media, noun: "video", &lost)
        case .toolReference(let name): return Self.text(name)
        case .opaque(let block):
            if block.family == .google { return [block.value] }
            lost.note("blocks.\(block.type)")
            return Self.text(OpaqueNotice.text(block))
        case .reasoning: return []
        // Calls in a user's message, results in a result: no wire has them.
        case .toolCall(let call):
            lost.note("blocks.tool_call")
            return Self.text("[tool call: \(call.name.name)]")
        case .toolResult(let result):
            return result.content.flatMap { parts($0, &lost) }
        }
    }

    private static func text(_ text: String) -> [JSONValue] {
        text.isEmpty ? [] : [["text": .string(text)]]
    }

    // MARK: Media

    private func parts(
        _ media: Media, noun: String, _ lost: inout Degradations
    ) -> [JSONValue] {
        let label = Self.label(media, noun: noun)
        switch media.source {
        case .base64(let data):
            let named = media.mediaType.map(MediaTypeGuess.common)
            let type = named ?? MediaTypeGuess.base64(data) ?? Self.usualType(noun)
            guard Self.takes(type) else {
                lost.note(Self.loss(noun))
                return label + Self.text("[\(noun) omitted: this model takes no \(type)]")
            }
            return label + [["inlineData": ["mimeType": .string(type), "data": .string(data)]]]
        case .text(let text): return label + Self.text(text)
        case .blocks(let blocks): return label + blocks.flatMap { parts($0, &lost) }
        case .url(let address):
            let isOnWeb = address.hasPrefix("https://") || address.hasPrefix("http://")
            guard isOnWeb, model.takesURLs || Self.isYouTube(address) else {
                lost.note(Self.loss(noun))
                return Self.text("[\(noun) omitted: this model takes none by URL: \(address)]")
            }
            return label + [Self.file(address, media)]
        case .fileID(let id):
            guard id.hasPrefix("gs://") || id.contains("files/") else {
                lost.note("file_ids")
                return Self.text("[\(noun) omitted: it is a file kept by another provider]")
            }
            return label + [Self.file(id, media)]
        }
    }

    private static func file(_ address: String, _ media: Media) -> JSONValue {
        var file = ObjectWriter()
        file.add("fileUri", address)
        file.add("mimeType", media.mediaType ?? MediaTypeGuess.address(address))
        return ["fileData": file.value]
    }

    /// What the model is told of a document's name and context, which the wire has no member for.
    private static func label(_ media: Media, noun: String) -> [JSONValue] {
        var lines: [String] = []
        if let title = media.title, !title.isEmpty { lines.append("[\(noun): \(title)]") }
        if let context = media.context, !context.isEmpty { lines.append(context) }
        return text(lines.joined(separator: "\n"))
    }

    private static func usualType(_ noun: String) -> String {
        switch noun {
        case "image": "image/png"
        case "audio": "audio/wav"
        case "video": "video/mp4"
        default: "application/pdf"
        }
    }

    /// Of pictures, Google takes these five forms and refuses the whole request for any other.
    private static func takes(_ type: String) -> Bool {
        guard type.hasPrefix("image/") else { return true }
        return ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"].contains(type)
    }

    private static func loss(_ noun: String) -> String {
        noun == "image" || noun == "document" ? noun + "s" : noun
    }

    /// Videos there were taken before other addresses were.
    private static func isYouTube(_ address: String) -> Bool {
        address.contains("://www.youtube.com/") || address.contains("://youtu.be/")
    }

    /// Whether `part` may stand in a function response: pictures, PDF and plain text may.
    func fitsResponse(_ part: JSONValue) -> Bool {
        guard let type = part["inlineData"]?["mimeType"]?.string else { return false }
        return type.hasPrefix("image/") || type == "application/pdf" || type == "text/plain"
    }
}
