/// Recognises that a provider refused a prompt as longer than the model's window, whatever its words.
package enum ContextOverflow {
    /// The overflow that `message` tells of; nil if it tells of something else.
    ///
    /// Known are the sentences of Anthropic, OpenAI, OpenRouter, Gemini, vLLM, llama.cpp and Ollama. Of
    /// the first two numbers the larger is what was asked for, the smaller what there may be.
    package static func read(_ message: String) -> ProviderFailure.Kind? {
        let text = message.lowercased()
        guard signs.contains(where: { text.contains($0) }) else { return nil }
        if let sum = sum(message) {
            let tokens = sum.prompt.addingReportingOverflow(sum.answer).partialValue
            return .contextOverflow(tokens: tokens, limit: sum.limit)
        }
        let numbers = numbers(in: text).filter { $0 >= 256 }.prefix(2)
        guard let limit = numbers.min(), let tokens = numbers.max(), tokens > limit else {
            return .contextOverflow(tokens: nil, limit: nil)
        }
        return .contextOverflow(tokens: tokens, limit: limit)
    }

    /// What `message` says of a prompt that does not fit together with the answer asked for, in tokens:
    /// vLLM's sentence. Nil if it tells of something else.
    package static func sum(_ message: String) -> (prompt: Int, answer: Int, limit: Int)? {
        let text = message.lowercased()
        guard text.contains("is too large: "), text.contains("input tokens") else { return nil }
        let numbers = numbers(in: text)
        return numbers.count < 3 ? nil : (numbers[2], numbers[0], numbers[1])
    }

    private static let signs = [
        "prompt is too long", "maximum context length", "context_length_exceeded",
        "exceeds the context window", "context window of this model",
        "input token count", "maximum number of tokens allowed",
        "exceeds the available context size",
        "exceed_context_size", "exceeds model context", "input is too long for requested model",
        "too many tokens in the prompt", "exceeded model token limit",
        "longer than the model's context", "reduce the length of the messages",
        "context window exceeds limit", "maximum prompt length",
        "prompt token count of", "`inputs` tokens + `max_new_tokens` must be",
    ]

    /// The whole numbers in `text`; commas between groups of three digits belong to them, what stands
    /// in a name (`sonnet-20241022`) is none.
    private static func numbers(in text: String) -> [Int] {
        var numbers: [Int] = []
        var current: Int?
        var isInName = false
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                if isInName { continue }
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
            isInName = isOfNames(byte)
        }
        if let number = current { numbers.append(number) }
        return numbers
    }

    private static func isOfNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
