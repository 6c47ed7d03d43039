import AgentRouteWire

/// Collects the sources of an answer for its `groundingMetadata`.
struct GeminiGrounding {
    private var urls: [String] = []
    private var chunks: [JSONValue] = []
    private var supports: [JSONValue] = []
    /// The bytes of the text blocks that are closed.
    private var base = 0
    /// The open block's text, in the pieces it came in.
    private var pieces: [String] = []

    /// A piece of the open text block.
    mutating func add(_ text: String) {
        pieces.append(text)
    }

    /// The text block is closed.
    mutating func closeText() {
        base += pieces.reduce(0) { $0 + $1.utf8.count }
        pieces = []
    }

    /// A source of the open text block.
    mutating func add(_ citation: Citation) {
        let index = urls.firstIndex(of: citation.url) ?? urls.count
        if index == urls.count {
            urls.append(citation.url)
            var page = ObjectWriter()
            page.add("uri", citation.url)
            page.add("title", citation.title)
            chunks.append(["web": page.value])
        }
        let text = pieces.joined()
        guard !text.isEmpty else { return }
        // One that does not say to what of the text it belongs is for all of it.
        let range = citation.range ?? 0..<text.unicodeScalars.count
        let start = TextMeasure.bytes(ofFirst: range.lowerBound, in: text)
        let end = TextMeasure.bytes(ofFirst: range.upperBound, in: text)
        let words = String(
            text.unicodeScalars.dropFirst(range.lowerBound).prefix(range.count))
        supports.append([
            "segment": [
                "startIndex": .number(JSONNumber(base + start)),
                "endIndex": .number(JSONNumber(base + end)), "text": .string(words),
            ],
            "groundingChunkIndices": [.number(JSONNumber(index))],
        ])
    }

    /// `groundingMetadata`; nil if there are no sources.
    var value: JSONValue? {
        guard !chunks.isEmpty else { return nil }
        var metadata = ObjectWriter()
        metadata.add("groundingChunks", .array(chunks))
        metadata.add("groundingSupports", supports.isEmpty ? nil : .array(supports))
        return metadata.value
    }
}
