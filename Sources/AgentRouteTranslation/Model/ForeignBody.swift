/// A body that is none of a provider's wire, told in words: a proxy's error page, a sign-in page.
enum ForeignBody {
    /// The longest title, and the longest beginning of another text, in characters.
    private static let limit = 200

    /// What `text`, said to be of `contentType`, is instead of JSON; it begins with `is`.
    static func words(_ text: String, contentType: String?) -> String {
        let type = contentType.map { " (\(line($0, limit: 100)))" } ?? ""
        let start = line(text, limit: limit)
        if start.isEmpty { return "is empty\(type)" }
        guard isPage(text) else { return "is no JSON\(type): \(start)" }
        guard let title = title(of: text) else { return "is no JSON but a page\(type)" }
        return "is no JSON but a page\(type): \(title)"
    }

    /// Whether `text` is of a mark-up language.
    static func isPage(_ text: String) -> Bool {
        text.first { !$0.isWhitespace && $0 != "\u{FEFF}" } == "<"
    }

    /// The title of a page, on one line and not too long; nil if it has none.
    static func title(of page: String) -> String? {
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[page.index(after: start)...]
            guard rest.prefix(5).lowercased() == "title",
                let end = rest.firstIndex(of: ">"),
                rest[..<end].dropFirst(5).first?.isLetter != true
            else { continue }
            let text = rest[page.index(after: end)...].prefix { $0 != "<" }
            let title = line(unescaped(text), limit: limit)
            return title.isEmpty ? nil : title
        }
        return nil
    }

    /// `text` on one line, of at most `limit` characters.
    private static func line(_ text: some StringProtocol, limit: Int) -> String {
        // Enough of it: white space in between counts for one.
        let words = text.prefix(limit * 20).split { $0.isWhitespace || $0 == "\u{FEFF}" }
        let line = words.joined(separator: " ")
        return line.count <= limit ? line : line.prefix(limit) + "…"
    }

    private static let entities: [(name: String, text: String)] = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
        ("&nbsp;", " "), ("&amp;", "&"),
    ]

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            if let entity = entities.first(where: { rest.hasPrefix($0.name) }) {
                result += entity.text
                rest = rest.dropFirst(entity.name.count)
            } else {
                result += rest.prefix(1)
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
