package import AgentRouteWire

/// Writes one answer to a chat client: chunks, or a whole body.
///
/// Thoughts go in `reasoning_content`, as many clients read them, their seals in
/// `reasoning_details`, which those that keep thoughts send back.
package struct OpenAIChatEncoder: AnswerEncoder {
    /// What answers are called, by the client's request.
    private let context: AnswerContext
    /// A chunk up to its delta.
    private var head: [UInt8] = []
    private var id = ""
    private var kind = OutputEvent.BlockKind.text
    private var sealCount = 0
    private var callCount = 0
    /// The Unicode scalars of the thoughts of the open block, of all text, and of the text before
    /// the open block.
    private var thoughtLength = 0
    private var textLength = 0
    private var textBefore = 0

    /// An encoder of an answer to the request in `context`.
    package init(_ context: AnswerContext) {
        self.context = context
    }

    /// Appends what `event` is in the stream.
    package mutating func encode(_ event: OutputEvent, into writer: inout ByteWriter) {
        switch event {
        case .start(let start):
            begin(start)
            chunk(["role": "assistant", "content": ""], into: &writer)
        case .open(_, let kind):
            self.kind = kind
            thoughtLength = 0
            textBefore = textLength
        case .delta(_, let text): delta(text, into: &writer)
        case .citation(_, let citation):
            let annotation = OpenAIChatForm.annotation(citation, in: textBefore..<textLength)
            chunk(["annotations": [annotation]], into: &writer)
        case .close(_, let seal):
            guard let seal else { return }
            let detail = OpenAIChatSeal.detail(
                seal, id: id, index: sealCount, length: thoughtLength)
            sealCount += 1
            chunk(["reasoning_details": [detail]], into: &writer)
        case .toolCall(_, let call):
            if context.request.readsFunctionCall {
                return chunk(["function_call": OpenAIChatForm.functionCall(call)], into: &writer)
            }
            let value = OpenAIChatForm.call(call, index: callCount)
            callCount += 1
            chunk(["tool_calls": [value]], into: &writer)
        case .opaque(_, let block):
            if let image = OpenAIChatForm.image(block) { chunk(["images": [image]], into: &writer) }
        case .finish(let stop, let usage): finish(stop, usage, into: &writer)
        case .fail(let failure):
            writer.append("data: ")
            OpenAIChatFailure.envelope(failure).write(into: &writer)
            writer.append("\n\n")
        }
    }

    /// Appends a comment, which every client skips.
    package mutating func keepAlive(into writer: inout ByteWriter) {
        writer.append(": keep-alive\n\n")
    }

    // MARK: Chunks

    private mutating func begin(_ start: AnswerStart) {
        id = OpenAIChatForm.id(start.id ?? context.id)
        var writer = ByteWriter(capacity: 256)
        writer.append("data: {\"id\":")
        JSONString.encode(id, into: &writer)
        writer.append(",\"object\":\"chat.completion.chunk\",\"created\":")
        writer.appendDecimal(UInt64(max(0, context.created)))
        writer.append(",\"model\":")
        JSONString.encode(start.model, into: &writer)
        writer.append(",\"choices\":[")
        head = writer.bytes
    }

    private mutating func delta(_ text: String, into writer: inout ByteWriter) {
        openChoice(into: &writer)
        switch kind {
        case .text:
            textLength += text.unicodeScalars.count
            writer.append("{\"content\":")
        case .refusal: writer.append("{\"refusal\":")
        case .reasoning:
            thoughtLength += text.unicodeScalars.count
            writer.append("{\"reasoning_content\":")
        }
        JSONString.encode(text, into: &writer)
        writer.append("}")
        closeChoice(into: &writer)
    }

    private func chunk(_ delta: JSONValue, into writer: inout ByteWriter) {
        openChoice(into: &writer)
        delta.write(into: &writer)
        closeChoice(into: &writer)
    }

    private func openChoice(into writer: inout ByteWriter) {
        writer.append(head)
        writer.append("{\"index\":0,\"delta\":")
    }

    private func closeChoice(into writer: inout ByteWriter) {
        writer.append(",\"logprobs\":null,\"finish_reason\":null}]}\n\n")
    }

    private func finish(_ stop: StopReason, _ usage: Usage, into writer: inout ByteWriter) {
        openChoice(into: &writer)
        writer.append("{},\"logprobs\":null,\"finish_reason\":")
        JSONString.encode(word(stop), into: &writer)
        writer.append("}]}\n\n")
        if context.request.wantsUsageChunk {
            writer.append(head)
            writer.append("],\"usage\":")
            OpenAIChatUsage.value(usage).write(into: &writer)
            if let tier = OpenAITier.answer(usage.serviceTier) {
                writer.append(",\"service_tier\":")
                JSONString.encode(tier, into: &writer)
            }
            writer.append("}\n\n")
        }
        writer.append("data: [DONE]\n\n")
    }

    private func word(_ stop: StopReason) -> String {
        stop == .toolUse && context.request.readsFunctionCall
            ? "function_call" : OpenAIChatStop.word(stop)
    }

    // MARK: A whole body

    /// The whole body.
    package func whole(_ answer: Answer) -> JSONValue {
        let id = OpenAIChatForm.id(answer.start.id ?? context.id)
        let choice: JSONValue = [
            "index": 0,
            "message": OpenAIChatForm.message(
                answer, id: id, readsFunctionCall: context.request.readsFunctionCall),
            "logprobs": nil, "finish_reason": .string(word(answer.stop)),
        ]
        var body = ObjectWriter()
        body.add("id", id)
        body.add("object", "chat.completion")
        body.add("created", context.created)
        body.add("model", answer.start.model)
        body.add("choices", JSONValue.array([choice]))
        body.add("usage", OpenAIChatUsage.value(answer.usage))
        body.add("service_tier", OpenAITier.answer(answer.usage.serviceTier))
        return body.value
    }
}
