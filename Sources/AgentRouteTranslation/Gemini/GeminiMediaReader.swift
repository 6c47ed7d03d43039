import AgentRouteWire

/// Reads `inlineData` and `fileData`.
enum GeminiMediaReader {
    /// Bytes in base64, of either alphabet: Google's Python SDK writes the one for URLs, which
    /// others refuse.
    static func inline(_ data: RequestReader) throws(RequestFault) -> Block.Content {
        let mediaType = MediaTypeGuess.common(try data.requiredField("mimeType").string())
        let base64 = try data.requiredField("data").string()
        let source: Media.Source
        if mediaType.hasPrefix("text/"), let bytes = Base64.decode(base64.utf8),
            let text = String(validating: bytes, as: UTF8.self)
        {
            source = .text(text)
        } else {
            source = .base64(standard(base64))
        }
        let name = try data.field("displayName")?.string()
        return block(Media(source, mediaType: mediaType, title: name))
    }

    /// A file by its address: one on the web, or one that is kept by Google.
    static func file(_ data: RequestReader) throws(RequestFault) -> Block.Content {
        let uri = try data.requiredField("fileUri").string()
        let isKept = uri.contains("://generativelanguage.googleapis.com/")
        let isOnWeb = !isKept && (uri.hasPrefix("https://") || uri.hasPrefix("http://"))
        let mediaType = try data.field("mimeType")?.string() ?? MediaTypeGuess.address(uri)
        let name = try data.field("displayName")?.string()
        return block(
            Media(isOnWeb ? .url(uri) : .fileID(uri), mediaType: mediaType, title: name))
    }

    private static func block(_ media: Media) -> Block.Content {
        let type = media.mediaType ?? ""
        if type.hasPrefix("image/") { return .image(media) }
        if type.hasPrefix("audio/") { return .audio(media) }
        if type.hasPrefix("video/") { return .video(media) }
        return .document(media)
    }

    private static func standard(_ base64: String) -> String {
        let isStandard = base64.utf8.allSatisfy {
            $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_")
        }
        if isStandard, base64.utf8.count.isMultiple(of: 4) { return base64 }
        return Base64.decode(base64.utf8).map { Base64.encode($0) } ?? base64
    }
}

/// The media type of something that comes without one, or under another name.
enum MediaTypeGuess {
    /// `type` in small letters and without parameters; `image/jpg`, which many write, by its name.
    static func common(_ type: String) -> String {
        let bare = type.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        return bare == "image/jpg" ? "image/jpeg" : bare
    }

    /// By how an address ends.
    static func address(_ address: String) -> String? {
        if address.contains("://www.youtube.com/") || address.contains("://youtu.be/") {
            return "video/mp4"
        }
        let path = address.prefix { $0 != "?" && $0 != "#" }
        guard let dot = path.lastIndex(of: "."), path[dot...].count <= 6 else { return nil }
        return types[path[path.index(after: dot)...].lowercased()]
    }

    private static let types = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
        "gif": "image/gif", "heic": "image/heic", "heif": "image/heif", "pdf": "application/pdf",
        "txt": "text/plain", "md": "text/markdown", "csv": "text/csv", "html": "text/html",
        "json": "application/json", "mp3": "audio/mp3", "wav": "audio/wav", "ogg": "audio/ogg",
        "flac": "audio/flac", "mp4": "video/mp4", "mov": "video/mov", "webm": "video/webm",
    ]

    /// By how the bytes begin.
    static func base64(_ data: String) -> String? {
        signs.first { data.hasPrefix($0.sign) }?.type
    }

    private static let signs: [(sign: String, type: String)] = [
        ("iVBORw0KGgo", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"),
        ("UklGR", "image/webp"), ("JVBERi0", "application/pdf"),
    ]
}
