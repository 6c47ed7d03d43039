import AgentRouteWire

/// The parts of an answer as this wire writes them, the same in a stream and in a whole body.
enum OpenAIChatForm {
    /// The answer's name in the wire's form.
    static func id(_ id: String) -> String {
        id.hasPrefix("chatcmpl-") ? id : "chatcmpl-\(id)"
    }

    /// A call of a tool. Only in a stream it has an `index`.
    static func call(_ call: ToolCall, index: Int? = nil) -> JSONValue {
        var value = ObjectWriter()
        value.add("index", index)
        value.add("id", ToolCallID.sanitized(call.id))
        let name = JSONValue.string(call.name.name)
        switch call.input {
        case .json(let arguments):
            value.add("type", "function")
            value.add("function", ["name": name, "arguments": .string(arguments)] as JSONValue)
        case .text(let input):
            value.add("type", "custom")
            value.add("custom", ["name": name, "input": .string(input)] as JSONValue)
        }
        return value.value
    }

    /// A call in the form of 2023, which has no name of its own.
    static func functionCall(_ call: ToolCall) -> JSONValue {
        let arguments =
            switch call.input {
            case .json(let text), .text(let text): text
            }
        return ["name": .string(call.name.name), "arguments": .string(arguments)]
    }

    /// A source, in its place in the whole text. It belongs to `text` of that; one that does not say to
    /// what of it is for all.
    static func annotation(_ citation: Citation, in text: Range<Int>) -> JSONValue {
        var source = ObjectWriter()
        source.add("url", citation.url)
        source.add("title", citation.title ?? citation.url)
        source.add("content", citation.citedText)
        let start = text.lowerBound
        source.add("start_index", citation.range.map { $0.lowerBound + start } ?? start)
        source.add("end_index", citation.range.map { $0.upperBound + start } ?? text.upperBound)
        return ["type": "url_citation", "url_citation": source.value]
    }

    /// A picture the provider has made, as OpenRouter gives it; nil for any other block.
    static func image(_ block: OpaqueBlock) -> JSONValue? {
        guard block.type == "image_generation_call", let data = block.value["result"]?.string else {
            return nil
        }
        let format = block.value["output_format"]?.string ?? "png"
        let url = JSONValue.string("data:image/\(format);base64,\(data)")
        return ["type": "image_url", "image_url": ["url": url]]
    }

    /// The message of a whole answer, which is called `id`.
    ///
    /// - Parameter readsFunctionCall: See ``Conversation/readsFunctionCall``.
    static func message(_ answer: Answer, id: String, readsFunctionCall: Bool) -> JSONValue {
        var parts = MessageParts(readsFunctionCall: readsFunctionCall)
        for part in answer.parts { parts.add(part, id: id) }
        return parts.value
    }
}

/// Gathers the parts of a whole message: the wire has one of each kind.
private struct MessageParts {
    private let readsFunctionCall: Bool
    private var functionCall: JSONValue?
    private var text = ""
    private var refusal = ""
    private var thoughts = ""
    private var details: [JSONValue] = []
    private var calls: [JSONValue] = []
    private var annotations: [JSONValue] = []
    private var images: [JSONValue] = []

    init(readsFunctionCall: Bool) {
        self.readsFunctionCall = readsFunctionCall
    }

    mutating func add(_ part: Answer.Part, id: String) {
        switch part {
        case .text(let piece, let citations):
            let start = citations.isEmpty ? 0 : text.unicodeScalars.count
            text += piece
            guard !citations.isEmpty else { return }
            let place = start..<text.unicodeScalars.count
            annotations += citations.map { OpenAIChatForm.annotation($0, in: place) }
        case .refusal(let piece): refusal += piece
        case .reasoning(let reasoning):
            thoughts += reasoning.text
            guard let seal = reasoning.seal else { return }
            let length = reasoning.text.unicodeScalars.count
            details.append(
                OpenAIChatSeal.detail(seal, id: id, index: details.count, length: length))
        case .toolCall(let call) where readsFunctionCall:
            functionCall = functionCall ?? OpenAIChatForm.functionCall(call)
        case .toolCall(let call): calls.append(OpenAIChatForm.call(call))
        case .opaque(let block): images += OpenAIChatForm.image(block).map { [$0] } ?? []
        }
    }

    var value: JSONValue {
        let hasCall = !calls.isEmpty || functionCall != nil
        let isSilent = text.isEmpty && (hasCall || !refusal.isEmpty)
        var message = ObjectWriter()
        message.add("role", "assistant")
        message.add("content", isSilent ? JSONValue.null : .string(text))
        message.add("refusal", refusal.isEmpty ? JSONValue.null : .string(refusal))
        if !thoughts.isEmpty { message.add("reasoning_content", thoughts) }
        for (key, list) in [
            ("reasoning_details", details), ("annotations", annotations), ("images", images),
            ("tool_calls", calls),
        ] where !list.isEmpty {
            message.add(key, JSONValue.array(list))
        }
        message.add("function_call", functionCall)
        return message.value
    }
}
