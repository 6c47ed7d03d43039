import AgentRouteWire

/// The parts of messages and of tool outputs.
enum ResponsesContent {
    /// The blocks of a message's `content` or an item's `output`: a string, or an array of parts.
    static func decode(_ content: RequestReader) throws(RequestFault) -> [Block] {
        if case .string(let text) = content.value { return [.text(text)] }
        guard case .array = content.value else {
            throw content.fault("must be a string or an array, not \(content.kind)")
        }
        var blocks: [Block] = []
        for part in try content.elements() {
            blocks.append(Block(try decodePart(part), cache: try OpenAICacheMark.read(part)))
        }
        return blocks
    }

    private static func decodePart(_ part: RequestReader) throws(RequestFault) -> Block.Content {
        let type = try part.required("type")
        switch try type.string() {
        case "input_text", "output_text": return .text(try part.required("text").string())
        case "refusal": return .refusal(try part.required("refusal").string())
        case "input_image": return .image(try decodeImage(part))
        case "input_file":
            let file = try decodeFile(part)
            let isImage = file.mediaType?.hasPrefix("image/") == true
            return isImage ? .image(file) : .document(file)
        case "input_audio": return .audio(try decodeAudio(part))
        case "input_video": return .video(media(try part.required("video_url").string()))
        default: throw type.fault("is no known type of part: \(try type.string())")
        }
    }

    /// A picture in a message, or on the screen of a computer tool.
    static func decodeImage(_ part: RequestReader) throws(RequestFault) -> Media {
        var media: Media
        if let url = try part.string("image_url") {
            media = self.media(url)
        } else if let file = try part.string("file_id") {
            media = Media(.fileID(file))
        } else {
            throw RequestFault(part.path("image_url"), "is required where there is no file_id")
        }
        media.detail = try part.string("detail")
        return media
    }

    /// Sound: in the vendor's form, or by its address, as Codex has it.
    private static func decodeAudio(_ part: RequestReader) throws(RequestFault) -> Media {
        if let url = try part.string("audio_url") { return media(url) }
        let audio = try part.required("input_audio")
        return Media(
            .base64(try audio.required("data").string()),
            mediaType: "audio/" + (try audio.required("format").string()))
    }

    private static func decodeFile(_ part: RequestReader) throws(RequestFault) -> Media {
        let name = try part.string("filename")
        var media: Media
        if let data = try part.string("file_data") {
            media = self.media(data)
            if case .url = media.source {
                // Bare base64: the name is all that tells what it is.
                media = Media(.base64(data), mediaType: mediaType(ofFile: name))
            }
        } else if let file = try part.string("file_id") {
            media = Media(.fileID(file))
        } else if let url = try part.string("file_url") {
            media = Media(.url(url))
        } else {
            throw part.fault("must have file_data, file_id or file_url")
        }
        media.title = name
        media.detail = try part.string("detail")
        return media
    }

    // MARK: Data URLs and media types

    /// What `url` points to: data, if it is a base64 `data:` URL (RFC 2397).
    private static func media(_ url: String) -> Media {
        guard url.hasPrefix("data:"), let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")) else {
            return Media(.url(url))
        }
        let head = url[..<comma].dropFirst("data:".count)
        guard head.hasSuffix(";base64") else { return Media(.url(url)) }
        let type = head.prefix { $0 != ";" }
        return Media(
            .base64(String(url[url.utf8.index(after: comma)...])),
            mediaType: type.isEmpty ? nil : String(type))
    }

    private static func mediaType(ofFile name: String?) -> String {
        switch name?.split(separator: ".").last?.lowercased() {
        case "txt", "md", "log": "text/plain"
        case "csv": "text/csv"
        case "html", "htm": "text/html"
        case "json": "application/json"
        default: "application/pdf"
        }
    }
}
