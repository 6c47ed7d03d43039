/// Texts with the number of tokens that public tokenizers make of each: cl100k_base and o200k_base of
/// OpenAI, the one Anthropic has published, those of Qwen 3 and DeepSeek V3.
enum TokenCorpus {
    /// The tokenizers, in the order of ``Piece/tokens``.
    static let tokenizers = ["cl100k_base", "o200k_base", "Anthropic", "Qwen 3", "DeepSeek V3"]

    /// A text.
    struct Piece {
        enum Kind { case prose, code, json, output, tool }
        let kind: Kind
        let tokens: [Int]
        let text: String
    }

    /// All of them.
    static let pieces = prose + code + data + tools
}
