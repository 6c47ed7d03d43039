import AgentRouteWire

/// Writes one answer to a client: chunks as events, or as the elements of an array where the client
/// did not ask for events (`alt=sse`).
///
/// A seal stands as the `thoughtSignature` of the part after its thoughts, where Google's models
/// put theirs: Gemini CLI returns no parts with thoughts.
struct GeminiEncoder: AnswerEncoder {
    private let context: AnswerContext
    private var model: String
    private var responseID: String
    private var inputEstimate: Int?
    /// What every chunk ends with.
    private var tail: [UInt8] = []
    private var hasElement = false
    /// Where the element under way begins in the writer.
    private var elementStart = 0
    private var kind = OutputEvent.BlockKind.text
    /// Whether a refusal is among the blocks: the wire tells it by the finish reason alone.
    private var hasRefused = false
    /// The envelope of thoughts whose next part has not come yet.
    private var seal: String?
    private var grounding = GeminiGrounding()

    init(_ context: AnswerContext) {
        self.context = context
        model = context.request.model
        responseID = context.id
        buildTail()
    }

    mutating func encode(_ event: OutputEvent, into writer: inout ByteWriter) {
        switch event {
        case .start(let start): begin(start)
        case .open(_, let kind):
            self.kind = kind
            hasRefused = hasRefused || kind == .refusal
            if kind == .reasoning { flushSeal(into: &writer) }
        case .delta(_, let piece): write(piece, into: &writer)
        case .citation(_, let citation): grounding.add(citation)
        case .close(_, let seal): close(seal)
        case .toolCall(_, let call): write(call, into: &writer)
        case .opaque(_, let block):
            flushSeal(into: &writer)
            part(into: &writer) { block.value.write(into: &$0) }
        case .finish(let stop, let usage): finish(stop, usage, into: &writer)
        case .fail(let failure): fail(failure, into: &writer)
        }
    }

    /// A blank line, which says nothing in either form. It is no comment: Google's Python SDK takes
    /// every line without `data:` for JSON.
    mutating func keepAlive(into writer: inout ByteWriter) {
        writer.append("\n")
    }

    private mutating func begin(_ start: AnswerStart) {
        if !start.model.isEmpty { model = start.model }
        responseID = start.id ?? context.id
        inputEstimate = start.inputEstimate
        buildTail()
    }

    // MARK: Parts

    private mutating func write(_ piece: String, into writer: inout ByteWriter) {
        let isThought = kind == .reasoning
        if !isThought { grounding.add(piece) }
        let seal = takeSeal()
        part(into: &writer) { writer in
            writer.append("{\"text\":")
            JSONString.encode(piece, into: &writer)
            if isThought { writer.append(",\"thought\":true") }
            Self.write(seal: seal, into: &writer)
            writer.append("}")
        }
    }

    private mutating func write(_ call: ToolCall, into writer: inout ByteWriter) {
        let seal = takeSeal()
        part(into: &writer) { writer in
            writer.append("{\"functionCall\":{\"id\":")
            JSONString.encode(call.id, into: &writer)
            writer.append(",\"name\":")
            JSONString.encode(call.name.name, into: &writer)
            writer.append(",\"args\":")
            GeminiArguments.write(call.input, into: &writer)
            writer.append("}")
            Self.write(seal: seal, into: &writer)
            writer.append("}")
        }
    }

    private static func write(seal: String?, into writer: inout ByteWriter) {
        guard let seal else { return }
        writer.append(",\"thoughtSignature\":")
        JSONString.encode(seal, into: &writer)
    }

    private mutating func close(_ seal: ReasoningSeal?) {
        if kind == .reasoning { self.seal = seal?.envelope } else { grounding.closeText() }
    }

    private mutating func takeSeal() -> String? {
        // Pieces of thoughts come before their own seal, and after those of others were flushed.
        defer { seal = nil }
        return seal
    }

    private mutating func flushSeal(into writer: inout ByteWriter) {
        guard let seal = takeSeal() else { return }
        part(into: &writer) { writer in
            writer.append("{\"text\":\"\",\"thought\":true")
            Self.write(seal: seal, into: &writer)
            writer.append("}")
        }
    }

    // MARK: Chunks

    private mutating func part(
        into writer: inout ByteWriter, _ write: (inout ByteWriter) -> Void
    ) {
        beginElement(into: &writer)
        writer.append("{\"candidates\":[{\"content\":{\"parts\":[")
        write(&writer)
        writer.append("],\"role\":\"model\"},\"index\":0}]")
        writer.append(tail)
        endElement(into: &writer)
    }

    private mutating func beginElement(into writer: inout ByteWriter) {
        elementStart = writer.count
        if context.wantsEvents {
            writer.append("data: ")
        } else {
            writer.append(hasElement ? "\n,\r\n" : "[")
            hasElement = true
        }
    }

    private func endElement(into writer: inout ByteWriter) {
        guard context.wantsEvents else { return }
        LineSeparators.escape(from: elementStart, in: &writer)
        writer.append("\n\n")
    }

    private mutating func buildTail() {
        var writer = ByteWriter()
        writer.append(",\"modelVersion\":")
        JSONString.encode(model, into: &writer)
        writer.append(",\"responseId\":")
        JSONString.encode(responseID, into: &writer)
        writer.append("}")
        tail = writer.bytes
    }

    // MARK: The end

    private mutating func finish(
        _ stop: StopReason, _ usage: Usage, into writer: inout ByteWriter
    ) {
        var part = ObjectWriter()
        part.add("text", "")
        part.add("thoughtSignature", takeSeal())
        let response = GeminiResponse(
            parts: [part.value], stop: stop.told(hasRefused: hasRefused),
            grounding: grounding.value,
            usage: GeminiResponse.usage(usage, inputEstimate: inputEstimate))
        beginElement(into: &writer)
        response.value(model: model, id: responseID).write(into: &writer)
        endElement(into: &writer)
        endStream(into: &writer)
    }

    private mutating func fail(_ failure: ProviderFailure, into writer: inout ByteWriter) {
        beginElement(into: &writer)
        GeminiFailure.body(failure).write(into: &writer)
        endElement(into: &writer)
        endStream(into: &writer)
    }

    private func endStream(into writer: inout ByteWriter) {
        if !context.wantsEvents { writer.append("\n]") }
    }
}

// MARK: - A whole answer

extension GeminiEncoder {
    func whole(_ answer: Answer) -> JSONValue {
        var parts: [JSONValue] = []
        var seal: String?
        var grounding = GeminiGrounding()
        for part in answer.parts {
            if case .reasoning(let reasoning) = part {
                if let seal { parts.append(Self.thought("", seal)) }
                if !reasoning.text.isEmpty { parts.append(Self.thought(reasoning.text, nil)) }
                seal = reasoning.seal?.envelope
                continue
            }
            if case .text(let text, let citations) = part {
                grounding.add(text)
                for citation in citations { grounding.add(citation) }
                grounding.closeText()
            }
            parts.append(Self.part(part, &seal))
        }
        if seal != nil || parts.isEmpty {
            var last = ObjectWriter()
            last.add("text", "")
            last.add("thoughtSignature", seal)
            parts.append(last.value)
        }
        let response = GeminiResponse(
            parts: parts, stop: answer.stop.told(hasRefused: answer.hasRefused),
            grounding: grounding.value,
            usage: GeminiResponse.usage(
                answer.usage, inputEstimate: answer.start.inputEstimate))
        let model = answer.start.model
        return response.value(
            model: model.isEmpty ? context.request.model : model, id: answer.start.id ?? context.id)
    }

    private static func thought(_ text: String, _ seal: String?) -> JSONValue {
        var part = ObjectWriter()
        part.add("text", text)
        part.add("thought", true)
        part.add("thoughtSignature", seal)
        return part.value
    }

    private static func part(_ part: Answer.Part, _ seal: inout String?) -> JSONValue {
        var result = ObjectWriter()
        switch part {
        case .text(let text, _), .refusal(let text): result.add("text", text)
        case .reasoning(let reasoning): return thought(reasoning.text, nil)
        case .opaque(let block): return block.value
        case .toolCall(let call):
            result.add(
                "functionCall",
                [
                    "id": .string(call.id), "name": .string(call.name.name),
                    "args": GeminiArguments.value(call.input),
                ])
        }
        result.add("thoughtSignature", seal)
        seal = nil
        return result.value
    }
}
