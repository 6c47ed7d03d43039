/// What a request asks of the gateway, read from its method and target.
///
/// Only the path decides, byte for byte: letters keep their case, percent-encoding is not undone,
/// a trailing slash is another path, and the query is not looked at. Matching allocates nothing.
package enum Endpoint: Hashable, Sendable {
    /// `GET /healthz` or `GET /health`.
    case health
    /// `GET /v1/models`, or Gemini's `GET /v1beta/models`.
    case models
    /// A model is asked to answer.
    case generate(Wire, model: ModelPlace)
    /// The tokens of a request are to be counted.
    case countTokens(Wire, model: ModelPlace)

    /// Where a request names its model.
    package enum ModelPlace: Hashable, Sendable {
        /// In the top-level member `model` of the body.
        case body
        /// In the path, as Gemini has it.
        case path(PathModel)
    }

    /// The model of a Gemini request, by byte ranges of the request target.
    package struct PathModel: Hashable, Sendable {
        /// The model name as sent: percent-encoded, possibly with slashes and colons.
        package let model: Range<Int>
        /// The verb after the path's last colon, `generateContent` for one.
        package let verb: Range<Int>
        /// Whether the verb asks for a stream of chunks.
        package let streams: Bool
    }

    /// The answer to ``match(method:target:)``.
    package enum Match: Hashable, Sendable {
        /// The request is for this endpoint.
        case matched(Endpoint)
        /// The path exists, for other methods: `allow` is the `Allow` header's value. An error is
        /// told in the dialect of `wire`.
        case methodNotAllowed(allow: String, wire: Wire)
        /// No such path. `wire` is the best guess at the dialect the client understands.
        case notFound(wire: Wire)
    }

    /// The wire the client speaks, or nil where the path does not tell.
    package var wire: Wire? {
        switch self {
        case .health, .models: nil
        case .generate(let wire, _), .countTokens(let wire, _): wire
        }
    }

    /// The endpoint of a request. `method` and `target` are as in the request line; the target may
    /// be in origin form or absolute form (RFC 9112 section 3.2).
    package static func match(method: RawSpan, target: RawSpan) -> Match {
        let path = pathRange(of: target)
        let bytes = target.extracting(path)
        guard let endpoint = endpoint(path: bytes, at: path.lowerBound) else {
            return .notFound(wire: guessedWire(path: bytes))
        }
        switch endpoint {
        case .health, .models:
            if method.equals("GET") || method.equals("HEAD") { return .matched(endpoint) }
            return .methodNotAllowed(allow: "GET, HEAD", wire: .openAIChat)
        case .generate(let wire, _), .countTokens(let wire, _):
            if method.equals("POST") { return .matched(endpoint) }
            return .methodNotAllowed(allow: "POST", wire: wire)
        }
    }

    /// The path's place in `target`: without scheme and authority, up to the query.
    private static func pathRange(of target: RawSpan) -> Range<Int> {
        var start = 0
        if target.hasPrefixIgnoringCase("http://") { start = 7 }
        if target.hasPrefixIgnoringCase("https://") { start = 8 }
        let limit = target.byteCount
        if start > 0 {
            while start < limit, !endsAuthority(target.byte(at: start)) { start += 1 }
        }
        let query = target.firstOffset(of: UInt8(ascii: "?"), in: start..<limit) ?? limit
        return start..<(target.firstOffset(of: UInt8(ascii: "#"), in: start..<query) ?? query)
    }

    private static func endsPath(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || endsPath(byte)
    }

    /// The endpoint at `path`, which begins at `offset` in the target.
    private static func endpoint(path: RawSpan, at offset: Int) -> Endpoint? {
        if path.equals("/v1/messages") { return .generate(.anthropicMessages, model: .body) }
        if path.equals("/v1/responses") { return .generate(.openAIResponses, model: .body) }
        if path.equals("/v1/chat/completions") { return .generate(.openAIChat, model: .body) }
        if path.equals("/v1/messages/count_tokens") {
            return .countTokens(.anthropicMessages, model: .body)
        }
        if path.equals("/v1/responses/input_tokens") {
            return .countTokens(.openAIResponses, model: .body)
        }
        if path.equals("/healthz") || path.equals("/health") { return .health }
        if path.equals("/v1/models") || path.equals("/v1beta/models") { return .models }
        return geminiEndpoint(path: path, at: offset)
    }

    /// `/v1beta/models/{model}:{verb}`, or under `/v1` as Google's own SDK asks a base URL that is not
    /// Google's; the model may hold colons, so the last one counts.
    private static func geminiEndpoint(path: RawSpan, at offset: Int) -> Endpoint? {
        let prefix: StaticString = path.hasPrefix("/v1/") ? "/v1/models/" : "/v1beta/models/"
        guard path.hasPrefix(prefix) else { return nil }
        let start = prefix.utf8CodeUnitCount
        var colon = path.byteCount - 1
        while colon > start, path.byte(at: colon) != UInt8(ascii: ":") { colon -= 1 }
        guard colon > start else { return nil }
        let verb = path.extracting((colon + 1)..<path.byteCount)
        let streams = verb.equals("streamGenerateContent")
        let place = ModelPlace.path(
            PathModel(
                model: (offset + start)..<(offset + colon),
                verb: (offset + colon + 1)..<(offset + path.byteCount), streams: streams))
        if streams || verb.equals("generateContent") { return .generate(.gemini, model: place) }
        return verb.equals("countTokens") ? .countTokens(.gemini, model: place) : nil
    }

    private static func guessedWire(path: RawSpan) -> Wire {
        if path.hasPrefix("/v1/messages") { return .anthropicMessages }
        if path.hasPrefix("/v1/responses") { return .openAIResponses }
        if path.hasPrefix("/v1beta") { return .gemini }
        return .openAIChat
    }
}
