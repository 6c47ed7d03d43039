/// Recognises that a provider refused a prompt as longer than the model's window, whatever its words.
package enum ContextOverflow {
    /// The overflow that `message` tells of; nil if it tells of something else.
    ///
    /// Known are the sentences of Anthropic, OpenAI, OpenRouter, Gemini, vLLM, llama.cpp and Ollama. Of
    /// the first two numbers the larger is what was asked for, the smaller what there may be.
    package static func read(_ message: String) -> ProviderFailure.Kind? {
        let text = message.lowercased()
        guard signs.contains(where: { text.contains($0) }) else { return nil }
        let numbers = numbers(in: text).filter { $0 >= 256 }.prefix(2)
        guard let limit = numbers.min(), let tokens = numbers.max(), tokens > limit else {
            return .contextOverflow(tokens: nil, limit: nil)
        }
        return .contextOverflow(tokens: tokens, limit: limit)
    }

    private static let signs = [
        "prompt is too long", "maximum context length", "context_length_exceeded",
        "exceeds the context window", "context window of this model",
        "input token count", "maximum number of tokens allowed",
        "exceeds the available context size",
        "exceed_context_size", "exceeds model context", "input is too long for requested model",
        "too many tokens in the prompt", "exceeded model token limit",
        "longer than the model's context", "reduce the length of the messages",
    ]

    /// The whole numbers in `text`; commas between groups of three digits belong to them.
    private static func numbers(in text: String) -> [Int] {
        var numbers: [Int] = []
        var current: Int?
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                let (shifted, overflows) = (current ?? 0).multipliedReportingOverflow(by: 10)
                current = overflows ? 0 : shifted + Int(byte - UInt8(ascii: "0"))
                continue
            }
            let isSeparator =
                byte == UInt8(ascii: ",") && current != nil && index + 3 < bytes.count
                && bytes[index + 1...index + 3].allSatisfy { (48...57).contains($0) }
            if isSeparator { continue }
            if let number = current { numbers.append(number) }
            current = nil
        }
        if let number = current { numbers.append(number) }
        return numbers
    }
}
