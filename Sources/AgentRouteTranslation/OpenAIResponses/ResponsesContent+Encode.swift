import AgentRouteWire

// Parts of messages and of tool outputs: they are the same here.
extension ResponsesContent {
    /// A part of text.
    static func text(_ text: String) -> JSONValue {
        ["type": "input_text", "text": .string(text)]
    }

    /// The parts that say `block` to the model; none for empty text.
    static func encode(
        _ block: Block, family: WireFamily, lost: inout Degradations
    ) -> [JSONValue] {
        switch block.content {
        case .text(let text), .refusal(let text): return text.isEmpty ? [] : [self.text(text)]
        case .toolReference(let name): return [text("[the tool \(name) can be called now]")]
        case .image(let media):
            return [image(media, family) ?? text(notice(block, lost: &lost))]
        case .document(let media): return document(media, family, lost: &lost)
        case .reasoning: return []
        case .audio, .video, .opaque, .toolCall, .toolResult:
            return [text(notice(block, lost: &lost))]
        }
    }

    /// Words in the place of a block that cannot be sent; its loss is noted.
    static func notice(_ block: Block, lost: inout Degradations) -> String {
        let (name, what) =
            switch block.content {
            case .image(let media): ("images", "image\(media.place)")
            case .document(let media): ("documents", "document\(media.place)")
            case .audio(let media): ("audio", "audio\(media.place)")
            case .video(let media): ("video", "video\(media.place)")
            case .opaque(let opaque): ("blocks." + opaque.type, opaque.type)
            case .toolCall, .toolResult: ("blocks.tool", "tool call")
            case .text, .refusal, .reasoning, .toolReference: ("blocks.text", "text")
            }
        lost.note(name)
        return "[\(what) omitted: this model's provider cannot take it here]"
    }

    // MARK: Images

    private static func image(_ media: Media, _ family: WireFamily) -> JSONValue? {
        var part = ObjectWriter()
        part.add("type", "input_image")
        switch media.source {
        case .base64(let data):
            part.add("image_url", dataURL(data, media.mediaType ?? "image/png"))
        case .url(let url): part.add("image_url", url)
        case .fileID(let id) where family == .openAI: part.add("file_id", id)
        case .fileID, .text, .blocks: return nil
        }
        part.add("detail", media.detail ?? "auto")
        return part.value
    }

    // MARK: Documents

    private static func document(
        _ media: Media, _ family: WireFamily, lost: inout Degradations
    ) -> [JSONValue] {
        if media.citations == true { lost.note("citations") }
        switch media.source {
        case .base64(let data):
            var part = ObjectWriter()
            part.add("type", "input_file")
            part.add("filename", fileName(media))
            part.add("file_data", dataURL(data, media.mediaType ?? "application/pdf"))
            return contextParts(media) + [part.value]
        case .url(let url):
            return heading(media) + [["type": "input_file", "file_url": .string(url)]]
        case .fileID(let id) where family == .openAI:
            return heading(media) + [["type": "input_file", "file_id": .string(id)]]
        case .fileID:
            lost.note("file_ids")
            return [text(notice(Block(.document(media)), lost: &lost))]
        case .text(let content):
            return heading(media) + (content.isEmpty ? [] : [text(content)])
        case .blocks(let blocks):
            return heading(media) + blocks.flatMap { encode($0, family: family, lost: &lost) }
        }
    }

    /// What the client says of a document that has no member for it here.
    private static func heading(_ media: Media) -> [JSONValue] {
        (media.title.map { [text("[document: \($0)]")] } ?? []) + contextParts(media)
    }

    private static func contextParts(_ media: Media) -> [JSONValue] {
        media.context.map { [text($0)] } ?? []
    }

    /// The API wants a name with the ending of its type.
    private static func fileName(_ media: Media) -> String {
        let ending =
            switch media.mediaType {
            case "text/plain": ".txt"
            case "text/csv": ".csv"
            case "text/html": ".html"
            case "text/markdown": ".md"
            case "application/json": ".json"
            default: ".pdf"
            }
        guard let title = media.title, !title.isEmpty else { return "document" + ending }
        return title.contains(".") ? title : title + ending
    }

    private static func dataURL(_ data: String, _ mediaType: String) -> String {
        "data:\(mediaType);base64,\(data)"
    }
}
