/// Text that came as bytes.
enum PlainText {
    private static let endings = ["json", "xml", "yaml", "javascript", "x-sh", "toml"]

    /// The text that `base64` holds; nil if `mediaType` is no kind of text or the bytes are no
    /// UTF-8.
    static func decode(_ base64: String, mediaType: String?) -> String? {
        guard let type = mediaType?.lowercased(), isText(type),
            let bytes = Base64.decode(base64.utf8)
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    // Pictures may be XML, too.
    private static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/")
            || type.hasPrefix("application/") && endings.contains(where: type.hasSuffix)
    }
}
