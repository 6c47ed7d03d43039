import AgentRouteTranslation
import AgentRouteWire

/// Makes requests out of the corpus, with the tokens each tokenizer counts for them.
struct CorpusRequests {
    /// A request and its tokens.
    struct Request {
        var conversation = Conversation(model: "m", family: .anthropic)
        /// The tokens of its texts, by tokenizer; three for each message and three for the answer.
        var tokens: [Int]
        /// How many brackets and braces are in its texts.
        var brackets = 0
    }

    /// Which texts the requests are made of.
    enum Part { case all, first, second }

    /// The two parts have no text in common.
    var part = Part.all
    private var state: UInt64

    /// Requests by chance, the same for the same seed.
    init(seed: UInt64) {
        state = seed
    }

    /// A request of one to six messages, with a system prompt and some tools or without.
    mutating func next() throws -> Request {
        let none = Array(repeating: 0, count: TokenCorpus.tokenizers.count)
        var request = Request(tokens: none.map { $0 + 3 })
        if draw(2) == 0 {
            request.conversation.instructions.append(.text(take(TokenCorpus.prose, for: &request)))
        }
        for index in 0...draw(6) {
            let blocks = [
                Block.text(take(TokenCorpus.pieces.filter { $0.kind != .tool }, for: &request))
            ]
            request.conversation.turns.append(
                Turn(index.isMultiple(of: 2) ? .user : .assistant, blocks))
            request.tokens = request.tokens.map { $0 + 3 }
        }
        for _ in 0..<draw(5) {
            let text = take(TokenCorpus.tools, for: &request)
            request.conversation.tools.append(try Self.tool(text))
        }
        return request
    }

    /// A request with the tool `piece` and nothing else.
    static func tool(_ piece: TokenCorpus.Piece) throws -> Request {
        var request = Request(tokens: piece.tokens.map { $0 + 3 })
        request.conversation.tools = [try tool(piece.text)]
        return request
    }

    private static func tool(_ text: String) throws -> Tool {
        let value = try JSONValue.parse(Array(text.utf8))
        return Tool(
            ToolName(value["name"]?.string ?? ""), description: value["description"]?.string,
            kind: .function(schema: value["parameters"]))
    }

    /// The next `count` requests.
    mutating func next(_ count: Int) throws -> [Request] {
        try (0..<count).map { _ in try next() }
    }

    private mutating func take(
        _ pieces: [TokenCorpus.Piece], for request: inout Request
    ) -> String {
        let first = part == .second ? 1 : 0
        let step = part == .all ? 1 : 2
        let own = Array(stride(from: first, to: pieces.count, by: step))
        let piece = pieces[own[draw(own.count)]]
        for (index, tokens) in piece.tokens.enumerated() {
            request.tokens[index] += tokens
        }
        request.brackets += piece.text.utf8.count { "()[]{}".utf8.contains($0) }
        return piece.text
    }

    /// A number below `limit`, by Steele's SplitMix64.
    private mutating func draw(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
}
