import AgentRouteWire

/// Reads the content of a client's message: a string, or parts.
enum OpenAIChatPartReader {
    /// Whose message it is: not everyone may send everything.
    enum Speaker {
        case system
        case user
        case assistant
        case tool
    }

    /// The blocks of `content`.
    static func content(
        _ content: RequestReader, of speaker: Speaker
    ) throws(RequestFault) -> [Block] {
        if let text = content.value.string { return [.text(text)] }
        guard case .array = content.value else {
            throw content.fault("must be a string or an array, not \(content.kind)")
        }
        var blocks: [Block] = []
        for part in try content.elements() { blocks.append(try block(part, of: speaker)) }
        return blocks
    }

    private static func block(
        _ part: RequestReader, of speaker: Speaker
    ) throws(RequestFault) -> Block {
        let type = try part.required("type")
        let content: Block.Content
        switch (try type.string(), speaker) {
        case ("text", _): content = .text(try part.required("text").string())
        case ("refusal", .assistant): content = .refusal(try part.required("refusal").string())
        case ("image_url", .user), ("image_url", .tool): content = .image(try image(part))
        case ("input_audio", .user): content = .audio(try audio(part))
        case ("file", .user), ("file", .tool): content = try file(part)
        case ("video_url", .user):
            let url = try part.required("video_url").required("url").string()
            content = .video(DataURL(url)?.media ?? Media(.url(url)))
        case (let other, _):
            throw type.fault("is no kind of part allowed here: \(other.debugDescription)")
        }
        let own = try OpenAICacheMark.read(part)
        return Block(content, cache: try part.optional("cache_control")?.object() ?? own)
    }

    private static func image(_ part: RequestReader) throws(RequestFault) -> Media {
        let image = try part.required("image_url")
        let url = try image.required("url").string()
        var media = DataURL(url)?.media ?? Media(.url(url))
        media.detail = try image.string("detail")
        return media
    }

    private static func audio(_ part: RequestReader) throws(RequestFault) -> Media {
        let audio = try part.required("input_audio")
        let format = try audio.required("format").string()
        return Media(
            .base64(try audio.required("data").string()),
            mediaType: format == "mp3" ? "audio/mpeg" : "audio/\(format)")
    }

    private static func file(_ part: RequestReader) throws(RequestFault) -> Block.Content {
        let file = try part.required("file")
        let name = try file.string("filename")
        guard let data = try file.string("file_data") else {
            let id = try file.required("file_id").string()
            return .document(Media(.fileID(id), title: name))
        }
        if let url = DataURL(data) {
            var media = url.media
            media.title = name
            return url.mediaType?.hasPrefix("image/") == true ? .image(media) : .document(media)
        }
        // OpenRouter takes links here.
        if data.hasPrefix("https://") || data.hasPrefix("http://") {
            return .document(Media(.url(data), title: name))
        }
        let isPDF = name?.lowercased().hasSuffix(".pdf") ?? true
        return .document(
            Media(.base64(data), mediaType: isPDF ? "application/pdf" : nil, title: name))
    }
}

/// A `data:` URL with base64 in it (RFC 2397).
struct DataURL {
    /// The media type without parameters; nil where it is left out.
    let mediaType: String?
    /// The base64 text.
    let base64: String

    /// The parts of `url`; nil if it is no such URL.
    init?(_ url: String) {
        guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ",") else { return nil }
        let head = url[url.index(url.startIndex, offsetBy: 5)..<comma]
        let parameters = head.split(separator: ";", omittingEmptySubsequences: false)
        guard parameters.count > 1, parameters.last?.lowercased() == "base64" else { return nil }
        mediaType = parameters.first.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        base64 = String(url[url.index(after: comma)...])
    }

    /// What it holds: text where it says so and is, bytes otherwise.
    var media: Media {
        if let text = PlainText.decode(base64, mediaType: mediaType) {
            return Media(.text(text), mediaType: mediaType)
        }
        return Media(.base64(base64), mediaType: mediaType)
    }
}
