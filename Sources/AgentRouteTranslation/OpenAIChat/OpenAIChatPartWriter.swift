import AgentRouteWire

/// Writes blocks as parts of a message's content.
struct OpenAIChatPartWriter {
    /// Whose message it is: the wire takes media of the user only.
    enum Speaker {
        case system
        case user
        case assistant
    }

    /// Whether `cache_control` is understood.
    let takesMarks: Bool

    private let isOpenRouter: Bool
    private let family: WireFamily

    /// Writes for `upstream` what a client of `family` said.
    init(_ upstream: Upstream, family: WireFamily) {
        takesMarks = Capabilities(upstream).takesCacheControl
        isOpenRouter = upstream.dialect == .openRouter
        self.family = family
    }

    /// The parts that `block` becomes: none for what is no content, calls and thoughts. What cannot
    /// be sent leaves a notice to the model, and its name in `lost`.
    func parts(
        _ block: Block, of speaker: Speaker, lost: inout Degradations
    ) -> [JSONValue] {
        let mark = takesMarks ? block.cache : nil
        switch block.content {
        case .text(let text): return [Self.text(text, mark: mark)]
        case .refusal(let text):
            if isOpenRouter || speaker != .assistant { return [Self.text(text, mark: mark)] }
            return [["type": "refusal", "refusal": .string(text)]]
        case .toolReference(let name):
            return [Self.text("The tool \(name) may be called from here on.", mark: mark)]
        case .opaque(let block):
            lost.note("blocks.\(block.type)")
            return [Self.text(OpaqueNotice.text(block), mark: mark)]
        case .toolCall, .toolResult, .reasoning:
            if mark != nil { lost.note("cache_control") }
            return []
        case .image, .document, .audio, .video:
            let parts = media(block.content, of: speaker, lost: &lost)
            return mark.map { Self.marked(parts, $0, lost: &lost) } ?? parts
        }
    }

    /// A part of text.
    static func text(_ text: String, mark: JSONValue? = nil) -> JSONValue {
        var part = ObjectWriter()
        part.add("type", "text")
        part.add("text", text)
        part.add("cache_control", mark)
        return part.value
    }

    /// `parts` with `mark` on the last one, which only text takes.
    static func marked(
        _ parts: [JSONValue], _ mark: JSONValue, lost: inout Degradations
    ) -> [JSONValue] {
        guard let text = parts.last?["text"]?.string else {
            lost.note("cache_control")
            return parts
        }
        return parts.dropLast() + [Self.text(text, mark: mark)]
    }

    /// Parts as a message's content: a string where that says it all. Empty texts are left out,
    /// which providers refuse.
    static func content(_ parts: [JSONValue]) -> JSONValue {
        let parts = parts.filter { $0["text"]?.string != "" }
        guard let first = parts.first else { return "" }
        let isPlain = parts.count == 1 && first.object?.count == 2
        if isPlain, let text = first["text"] { return text }
        return .array(parts)
    }

    // MARK: Media

    private func media(
        _ content: Block.Content, of speaker: Speaker, lost: inout Degradations
    ) -> [JSONValue] {
        guard speaker == .user else {
            switch content {
            case .document(let media): return document(media, lost: &lost, isTextOnly: true)
            case .image(let media):
                let reason = "only the user may send images"
                return omitted("image\(media.place)", "images", reason, &lost)
            case .audio: return omitted("audio", "audio", "only the user may send sound", &lost)
            default: return omitted("video", "video", "only the user may send films", &lost)
            }
        }
        switch content {
        case .image(let media): return image(media, &lost)
        case .document(let media): return document(media, lost: &lost)
        case .audio(let media): return audio(media, &lost)
        case .video(let media): return video(media, &lost)
        default: return []
        }
    }

    private func omitted(
        _ what: String, _ loss: String, _ reason: String, _ lost: inout Degradations
    ) -> [JSONValue] {
        lost.note(loss)
        return [Self.text("[\(what) omitted: \(reason)]")]
    }

    private static let foreignFile = "its file is stored with another provider"

    private func image(_ media: Media, _ lost: inout Degradations) -> [JSONValue] {
        guard let url = Self.url(media, standard: "image/png") else {
            lost.note("file_ids")
            return omitted("image", "images", Self.foreignFile, &lost)
        }
        var image = ObjectWriter()
        image.add("url", url)
        image.add("detail", media.detail)
        return [["type": "image_url", "image_url": image.value]]
    }

    private func audio(_ media: Media, _ lost: inout Degradations) -> [JSONValue] {
        guard case .base64(let data) = media.source, let format = audioFormat(media.mediaType)
        else {
            let reason = "this model's provider takes no such sound"
            return omitted("audio\(media.place)", "audio", reason, &lost)
        }
        let audio: JSONValue = ["data": .string(data), "format": .string(format)]
        return [["type": "input_audio", "input_audio": audio]]
    }

    private func audioFormat(_ mediaType: String?) -> String? {
        switch mediaType {
        case "audio/wav"?, "audio/x-wav"?, "audio/wave"?, "audio/vnd.wave"?: return "wav"
        case "audio/mpeg"?, "audio/mp3"?: return "mp3"
        case let type? where isOpenRouter && type.hasPrefix("audio/"):
            return String(type.dropFirst(6))
        default: return nil
        }
    }

    private func video(_ media: Media, _ lost: inout Degradations) -> [JSONValue] {
        guard isOpenRouter, let url = Self.url(media, standard: "video/mp4") else {
            let reason = "this model's provider takes no films"
            return omitted("video\(media.place)", "video", reason, &lost)
        }
        return [["type": "video_url", "video_url": ["url": .string(url)]]]
    }

    /// Where the bytes are, as a link or in one; nil for what is stored elsewhere or no bytes.
    private static func url(_ media: Media, standard: String) -> String? {
        switch media.source {
        case .url(let url): url
        case .base64(let data): "data:\(media.mediaType ?? standard);base64,\(data)"
        case .fileID, .text, .blocks: nil
        }
    }

    // MARK: Documents

    /// - Parameter isTextOnly: Whether files are out of question.
    private func document(
        _ media: Media, lost: inout Degradations, isTextOnly: Bool = false
    ) -> [JSONValue] {
        media.noteDetail(&lost)
        if media.citations == true { lost.note("citations") }
        switch media.source {
        case .text(let text): return [Self.text(Self.wrapped(text, media))]
        case .blocks(let blocks):
            var inner = [Self.text(Self.opening(media))]
            for block in blocks {
                inner += parts(block, of: isTextOnly ? .assistant : .user, lost: &lost)
            }
            return inner + [Self.text("</document>")]
        case .base64(let data):
            if let text = PlainText.decode(data, mediaType: media.mediaType) {
                return [Self.text(Self.wrapped(text, media))]
            }
            if isTextOnly { break }
            let type = media.mediaType ?? "application/pdf"
            if isOpenRouter || type == "application/pdf" {
                return file(media, "file_data", "data:\(type);base64,\(data)")
            }
        case .url(let url):
            if isOpenRouter, !isTextOnly { return file(media, "file_data", url) }
        case .fileID(let id):
            if family == .openAI, !isOpenRouter, !isTextOnly { return file(media, "file_id", id) }
            lost.note("file_ids")
            return omitted("document", "documents", Self.foreignFile, &lost)
        }
        let reason = "this model's provider takes no such file here"
        return omitted("document\(media.place)", "documents", reason, &lost)
    }

    private func file(_ media: Media, _ key: String, _ value: String) -> [JSONValue] {
        var file = ObjectWriter()
        if key != "file_id" { file.add("filename", media.title ?? "document.pdf") }
        file.add(key, value)
        let part: JSONValue = ["type": "file", "file": file.value]
        guard let context = media.context else { return [part] }
        return [Self.text("About the next document: \(context)"), part]
    }

    private static func wrapped(_ text: String, _ media: Media) -> String {
        "\(opening(media))\n\(text)\n</document>"
    }

    private static func opening(_ media: Media) -> String {
        var tag = "<document"
        if let title = media.title { tag += " title=\(title.debugDescription)" }
        tag += ">"
        if let context = media.context { tag += "\n<context>\(context)</context>" }
        return tag
    }
}
