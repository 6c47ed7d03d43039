import AgentRouteWire

/// Reads the sources of an answer's text: `groundingMetadata` and `citationMetadata`.
struct GeminiSources {
    /// The text so far, in the pieces it came in: sources are told by bytes of the whole.
    private var pieces: [String] = []
    /// What has been told already: a stream may repeat it.
    private var told: Set<Citation> = []

    mutating func add(_ text: String) {
        pieces.append(text)
    }

    /// The sources in `candidate` that are new.
    mutating func read(_ candidate: JSONNode) -> [Citation] {
        var found: [Citation] = []
        if let grounding = candidate["groundingMetadata"] { found += read(grounding: grounding) }
        candidate["citationMetadata"]?["citations"]?.eachElement { node in
            guard let url = node["uri"]?.string else { return }
            var citation = Citation(url: url, title: node["title"]?.string)
            citation.range = range(node)
            found.append(citation)
        }
        return found.filter { told.insert($0).inserted }
    }

    private func read(grounding: JSONNode) -> [Citation] {
        var chunks: [Citation?] = []
        grounding["groundingChunks"]?.eachElement { chunk in
            let place = chunk["web"] ?? chunk["retrievedContext"] ?? chunk["maps"]
            chunks.append(
                place?["uri"]?.string.map { Citation(url: $0, title: place?["title"]?.string) })
        }
        var found: [Citation] = []
        var used: Set<Int> = []
        grounding["groundingSupports"]?.eachElement { support in
            support["groundingChunkIndices"]?.eachElement { node in
                guard let index = node.int, chunks.indices.contains(index),
                    var citation = chunks[index]
                else { return }
                used.insert(index)
                citation.range = support["segment"].flatMap(range)
                found.append(citation)
            }
        }
        let rest = chunks.enumerated().filter { !used.contains($0.offset) }
        return found + rest.compactMap(\.element)
    }

    /// The characters between `startIndex`, 0 if absent, and `endIndex`, which count bytes.
    private func range(_ segment: JSONNode) -> Range<Int>? {
        guard let end = segment["endIndex"]?.int else { return nil }
        let start = segment["startIndex"]?.int ?? 0
        guard start >= 0, start <= end else { return nil }
        return characters(before: start)..<characters(before: end)
    }

    private func characters(before byteCount: Int) -> Int {
        var rest = byteCount
        var count = 0
        for piece in pieces where rest > 0 {
            let bytes = piece.utf8.prefix(rest)
            rest -= bytes.count
            count += TextMeasure.characters(in: bytes)
        }
        return count
    }
}

/// Characters are Unicode scalars here, as in the wires that count them.
enum TextMeasure {
    /// How many characters begin in `bytes`, which are UTF-8.
    static func characters(in bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }

    /// How many bytes the first `count` characters of `text` take.
    static func bytes(ofFirst count: Int, in text: String) -> Int {
        text.unicodeScalars.prefix(max(0, count)).reduce(0) { $0 + UTF8.width($1) }
    }
}
