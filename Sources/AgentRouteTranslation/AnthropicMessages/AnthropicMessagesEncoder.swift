import AgentRouteWire

/// Writes an answer of the Messages API.
struct AnthropicMessagesEncoder: AnswerEncoder {
    private let context: AnswerContext
    /// The open block.
    private var kind = OutputEvent.BlockKind.text
    /// Whether its start is written: that of thoughts waits for the first of them, because hidden ones
    /// are a block of another type.
    private var isAnnounced = false
    /// Whether a refusal is among the blocks: the wire tells it by the stop reason alone.
    private var hasRefused = false
    private var estimate: Int?

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: OutputEvent, into writer: inout ByteWriter) {
        switch event {
        case .start(let start):
            estimate = start.inputEstimate
            begin(start, into: &writer)
        case .open(let index, let kind):
            self.kind = kind
            hasRefused = hasRefused || kind == .refusal
            isAnnounced = kind != .reasoning
            if isAnnounced { announce(index, into: &writer) }
        case .delta(let index, let piece): delta(index, piece, into: &writer)
        case .citation(let index, let citation):
            let value = AnthropicAnswer.citation(citation)
            Self.delta(index, ["type": "citations_delta", "citation": value], into: &writer)
        case .close(let index, let seal): close(index, seal, into: &writer)
        case .toolCall(let index, let call): toolCall(index, call, into: &writer)
        case .opaque(let index, let block):
            Self.blockStart(index, block.value, into: &writer)
            Self.blockStop(index, into: &writer)
        case .finish(let stop, let usage): finish(stop, usage, into: &writer)
        case .fail(let failure):
            let error = AnthropicFailure.write(failure, requestID: "req_\(context.id)")
            Self.event("error", error, into: &writer)
        }
    }

    mutating func keepAlive(into writer: inout ByteWriter) {
        writer.append("event: ping\ndata: {\"type\":\"ping\"}\n\n")
    }

    func whole(_ answer: Answer) -> JSONValue {
        let hasRefused = answer.hasRefused
        return AnthropicAnswer(context).message(
            answer.start, content: answer.parts.map(AnthropicAnswer.block),
            stop: answer.stop.told(hasRefused: hasRefused),
            usage: AnthropicAnswer.usage(answer.usage, estimate: answer.start.inputEstimate))
    }

    // MARK: The message

    private func begin(_ start: AnswerStart, into writer: inout ByteWriter) {
        var usage = Usage()
        usage.input = start.inputEstimate ?? 0
        usage.output = 1
        let counts = AnthropicAnswer.usage(usage, estimate: nil)
        let message = AnthropicAnswer(context).message(
            start, content: [], stop: nil, usage: counts)
        Self.event("message_start", ["type": "message_start", "message": message], into: &writer)
    }

    private func finish(_ stop: StopReason, _ usage: Usage, into writer: inout ByteWriter) {
        let told = stop.told(hasRefused: hasRefused)
        let (reason, sequence) = AnthropicAnswer(context).stop(told)
        let delta: JSONValue = ["stop_reason": reason, "stop_sequence": sequence]
        let counts = AnthropicAnswer.usage(usage, estimate: estimate)
        Self.event(
            "message_delta", ["type": "message_delta", "delta": delta, "usage": counts],
            into: &writer)
        writer.append("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
    }

    // MARK: Blocks that grow

    private mutating func announce(_ index: Int, into writer: inout ByteWriter) {
        isAnnounced = true
        Self.head("content_block_start", index, into: &writer)
        switch kind {
        case .text, .refusal: writer.append(#","content_block":{"type":"text","text":""}}"#)
        case .reasoning:
            writer.append(#","content_block":{"type":"thinking","thinking":"","signature":""}}"#)
        }
        writer.append("\n\n")
    }

    private mutating func delta(_ index: Int, _ piece: String, into writer: inout ByteWriter) {
        if !isAnnounced { announce(index, into: &writer) }
        Self.head("content_block_delta", index, into: &writer)
        switch kind {
        case .text, .refusal: writer.append(#","delta":{"type":"text_delta","text":"#)
        case .reasoning: writer.append(#","delta":{"type":"thinking_delta","thinking":"#)
        }
        JSONString.encode(piece, into: &writer)
        writer.append("}}\n\n")
    }

    private func close(
        _ index: Int, _ seal: ReasoningSeal?, into writer: inout ByteWriter
    ) {
        if !isAnnounced {
            let block = AnthropicAnswer.block(.reasoning(Reasoning("", seal: seal)))
            Self.blockStart(index, block, into: &writer)
        } else if let seal {
            Self.delta(
                index, ["type": "signature_delta", "signature": .string(seal.envelope)],
                into: &writer)
        }
        Self.blockStop(index, into: &writer)
    }

    private func toolCall(_ index: Int, _ call: ToolCall, into writer: inout ByteWriter) {
        let start = AnthropicAnswer.toolUse(call, input: [:])
        Self.blockStart(index, start, into: &writer)
        Self.head("content_block_delta", index, into: &writer)
        writer.append(#","delta":{"type":"input_json_delta","partial_json":"#)
        JSONString.encode(Self.input(call.input), into: &writer)
        writer.append("}}\n\n")
        Self.blockStop(index, into: &writer)
    }

    /// The input as the text of an object, byte for byte where it is one.
    private static func input(_ input: ToolCall.Input) -> String {
        if case .json(let text) = input, text.first(where: { !$0.isWhitespace }) == "{" {
            return text
        }
        return String(decoding: AnthropicToolInput.object(input).serialized(), as: UTF8.self)
    }

    // MARK: Events

    /// The event's name, and its data up to the index.
    private static func head(_ type: StaticString, _ index: Int, into writer: inout ByteWriter) {
        writer.append("event: ")
        writer.append(type)
        writer.append("\ndata: {\"type\":\"")
        writer.append(type)
        writer.append("\",\"index\":")
        writer.appendDecimal(UInt64(index))
    }

    private static func event(
        _ type: StaticString, _ data: JSONValue, into writer: inout ByteWriter
    ) {
        writer.append("event: ")
        writer.append(type)
        writer.append("\ndata: ")
        data.write(into: &writer)
        writer.append("\n\n")
    }

    private static func blockStart(
        _ index: Int, _ block: JSONValue, into writer: inout ByteWriter
    ) {
        head("content_block_start", index, into: &writer)
        writer.append(#","content_block":"#)
        block.write(into: &writer)
        writer.append("}\n\n")
    }

    private static func delta(
        _ index: Int, _ delta: JSONValue, into writer: inout ByteWriter
    ) {
        head("content_block_delta", index, into: &writer)
        writer.append(#","delta":"#)
        delta.write(into: &writer)
        writer.append("}\n\n")
    }

    private static func blockStop(_ index: Int, into writer: inout ByteWriter) {
        head("content_block_stop", index, into: &writer)
        writer.append("}\n\n")
    }
}
