import AgentRouteWire

/// Writes one answer to a client of this wire: every event is numbered and says which item it
/// belongs to, and the last event repeats exactly what was streamed.
struct OpenAIResponsesEncoder: AnswerEncoder {
    private let answer: AnswerContext
    /// Nil before the start.
    private var response: ResponsesResponse?
    private var sequence: UInt64 = 0
    /// The finished items.
    private var output: [JSONValue] = []
    private var open: OpenBlock?

    /// The block under way.
    private struct OpenBlock {
        let kind: OutputEvent.BlockKind
        let id: String
        var text = ""
        var annotations: [JSONValue] = []
        /// What every delta of it has between its number and its text.
        let place: [UInt8]
    }

    init(_ answer: AnswerContext) {
        self.answer = answer
    }

    mutating func encode(_ event: OutputEvent, into writer: inout ByteWriter) {
        switch event {
        case .start(let start): begin(start, into: &writer)
        case .open(_, let kind): openBlock(kind, into: &writer)
        case .delta(_, let text): writeDelta(text, into: &writer)
        case .citation(_, let citation): writeCitation(citation, into: &writer)
        case .close(_, let seal): closeBlock(seal, into: &writer)
        case .toolCall(_, let call): writeCall(call, into: &writer)
        case .opaque(_, let block):
            guard let item = ResponsesItems.opaque(block, id: itemID) else { return }
            writeItem(item, as: item, into: &writer)
        case .finish(let stop, let usage): finish(stop, usage, into: &writer)
        case .fail(let failure): fail(failure, into: &writer)
        }
    }

    /// An event: Codex does not take a comment for a sign of life.
    mutating func keepAlive(into writer: inout ByteWriter) {
        writeResponse("response.in_progress", ["status": "in_progress"], into: &writer)
    }

    func whole(_ answer: Answer) -> JSONValue {
        let response = ResponsesResponse(self.answer, start: answer.start)
        var output: [JSONValue] = []
        for part in answer.parts {
            let id = "\(self.answer.id)_\(output.count)"
            if let item = ResponsesItems.item(part, id: id, request: self.answer.request) {
                output.append(item)
            }
        }
        return response.value(
            ResponsesResponse.outcome(answer.stop, answer.usage), output: output)
    }

    // MARK: The response

    private mutating func begin(_ start: AnswerStart, into writer: inout ByteWriter) {
        response = ResponsesResponse(answer, start: start)
        writeResponse("response.created", ["status": "in_progress"], into: &writer)
        writeResponse("response.in_progress", ["status": "in_progress"], into: &writer)
    }

    private mutating func finish(
        _ stop: StopReason, _ usage: Usage, into writer: inout ByteWriter
    ) {
        let outcome = ResponsesResponse.outcome(stop, usage)
        let isComplete = ResponsesResponse.incompleteReason(stop) == nil
        writeResponse(
            isComplete ? "response.completed" : "response.incomplete", outcome, into: &writer)
    }

    /// With what was finished before: items that are done stay done for the client.
    private mutating func fail(_ failure: ProviderFailure, into writer: inout ByteWriter) {
        open = nil
        let error: JSONValue = [
            "code": .string(ResponsesFailure.streamCode(of: failure)),
            "message": .string(failure.openAIMessage),
        ]
        writeResponse("response.failed", ["status": "failed", "error": error], into: &writer)
    }

    private mutating func writeResponse(
        _ name: StaticString, _ state: JSONValue, into writer: inout ByteWriter
    ) {
        beginEvent(name, into: &writer)
        writer.append(",\"response\":")
        // An answer may fail before it starts.
        let response = response ?? ResponsesResponse(answer, start: nil)
        response.write(state, output: output, into: &writer)
        writer.append("}\n\n")
    }

    // MARK: Text and thoughts

    private mutating func openBlock(
        _ kind: OutputEvent.BlockKind, into writer: inout ByteWriter
    ) {
        let isThought = kind == .reasoning
        let id = (isThought ? "rs_" : "msg_") + itemID
        var place = ByteWriter(capacity: 128)
        place.append(",\"item_id\":")
        JSONString.encode(id, into: &place)
        place.append(",\"output_index\":")
        place.appendDecimal(UInt64(output.count))
        place.append(isThought ? ",\"summary_index\":0" : ",\"content_index\":0")
        open = OpenBlock(kind: kind, id: id, place: place.bytes)
        let item =
            isThought
            ? ResponsesItems.reasoning(id: id, text: "", envelope: nil)
            : ResponsesItems.message(id: id, status: "in_progress", parts: [])
        writeItemEvent("response.output_item.added", item, into: &writer)
        if !isThought {
            writePart("response.content_part.added", part(kind, "", []), into: &writer)
        }
    }

    /// The hot path: literals, what was prepared, and the text.
    private mutating func writeDelta(_ text: String, into writer: inout ByteWriter) {
        // Not the block itself: a copy of it would make the text below grow by copying.
        guard let kind = open?.kind, let place = open?.place else { return }
        switch kind {
        case .text: beginEvent("response.output_text.delta", into: &writer)
        case .refusal: beginEvent("response.refusal.delta", into: &writer)
        case .reasoning:
            if open?.text.isEmpty == true {
                let part = ResponsesItems.summaryPart("")
                writePart("response.reasoning_summary_part.added", part, into: &writer)
            }
            beginEvent("response.reasoning_summary_text.delta", into: &writer)
        }
        writer.append(place)
        writer.append(",\"delta\":")
        JSONString.encode(text, into: &writer)
        writer.append(kind == .text ? ",\"logprobs\":[]}\n\n" : "}\n\n")
        open?.text += text
    }

    private mutating func writeCitation(_ citation: Citation, into writer: inout ByteWriter) {
        guard let block = open else { return }
        let annotation = ResponsesItems.annotation(citation, in: block.text)
        beginEvent("response.output_text.annotation.added", into: &writer)
        writer.append(block.place)
        writer.append(",\"annotation_index\":")
        writer.appendDecimal(UInt64(block.annotations.count))
        writer.append(",\"annotation\":")
        annotation.write(into: &writer)
        writer.append("}\n\n")
        open?.annotations.append(annotation)
    }

    private mutating func closeBlock(_ seal: ReasoningSeal?, into writer: inout ByteWriter) {
        guard let block = open else { return }
        let text = JSONValue.string(block.text)
        if block.kind == .reasoning {
            if !block.text.isEmpty {
                writeWhole("response.reasoning_summary_text.done", "text", text, into: &writer)
                let part = ResponsesItems.summaryPart(block.text)
                writePart("response.reasoning_summary_part.done", part, into: &writer)
            }
            finishItem(
                ResponsesItems.reasoning(id: block.id, text: block.text, envelope: seal?.envelope),
                into: &writer)
        } else {
            if block.kind == .text {
                writeWhole(
                    "response.output_text.done", "text", text, ends: ",\"logprobs\":[]}\n\n",
                    into: &writer)
            } else {
                writeWhole("response.refusal.done", "refusal", text, into: &writer)
            }
            let part = part(block.kind, block.text, block.annotations)
            writePart("response.content_part.done", part, into: &writer)
            finishItem(
                ResponsesItems.message(id: block.id, status: "completed", parts: [part]),
                into: &writer)
        }
        open = nil
    }

    private func part(
        _ kind: OutputEvent.BlockKind, _ text: String, _ annotations: [JSONValue]
    ) -> JSONValue {
        kind == .refusal
            ? ResponsesItems.refusalPart(text) : ResponsesItems.textPart(text, annotations)
    }

    // MARK: Calls and other items

    private mutating func writeCall(_ call: ToolCall, into writer: inout ByteWriter) {
        let item = ResponsesItems.call(call, id: itemID, request: answer.request)
        let key: String
        switch item["type"] {
        case "function_call": key = "arguments"
        case "custom_tool_call": key = "input"
        // The client's own tools have no events for their input.
        default: return writeItem(item, as: ResponsesItems.begun(item), into: &writer)
        }
        writeItemEvent(
            "response.output_item.added", ResponsesItems.begun(item, emptying: key), into: &writer)
        let input = item[key] ?? ""
        let isFunction = key == "arguments"
        let place: [(String, JSONValue)] = [
            ("item_id", item["id"] ?? ""), ("output_index", .number(JSONNumber(output.count))),
        ]
        if input != "" {
            writeEvent(
                isFunction
                    ? "response.function_call_arguments.delta"
                    : "response.custom_tool_call_input.delta",
                place + [("delta", input)], into: &writer)
        }
        writeEvent(
            isFunction
                ? "response.function_call_arguments.done" : "response.custom_tool_call_input.done",
            place + (isFunction ? [("name", item["name"] ?? "")] : []) + [(key, input)],
            into: &writer)
        finishItem(item, into: &writer)
    }

    private mutating func writeItem(
        _ item: JSONValue, as begun: JSONValue, into writer: inout ByteWriter
    ) {
        writeItemEvent("response.output_item.added", begun, into: &writer)
        finishItem(item, into: &writer)
    }

    private mutating func finishItem(_ item: JSONValue, into writer: inout ByteWriter) {
        writeItemEvent("response.output_item.done", item, into: &writer)
        output.append(item)
    }

    /// Clients keep items by their ids, and some providers use those of answers again: hence ours.
    private var itemID: String { "\(answer.id)_\(output.count)" }

    // MARK: Events

    private mutating func beginEvent(_ name: StaticString, into writer: inout ByteWriter) {
        writer.append("event: ")
        writer.append(name)
        writer.append("\ndata: {\"type\":\"")
        writer.append(name)
        writer.append("\",\"sequence_number\":")
        writer.appendDecimal(sequence)
        sequence += 1
    }

    private mutating func writeEvent(
        _ name: StaticString, _ members: [(String, JSONValue)], into writer: inout ByteWriter
    ) {
        beginEvent(name, into: &writer)
        for (key, value) in members {
            writer.append(",\"")
            writer.append(key)
            writer.append("\":")
            value.write(into: &writer)
        }
        writer.append("}\n\n")
    }

    private mutating func writeItemEvent(
        _ name: StaticString, _ item: JSONValue, into writer: inout ByteWriter
    ) {
        let index = JSONValue.number(JSONNumber(output.count))
        writeEvent(name, [("output_index", index), ("item", item)], into: &writer)
    }

    private mutating func writePart(
        _ name: StaticString, _ part: JSONValue, into writer: inout ByteWriter
    ) {
        writeWhole(name, "part", part, into: &writer)
    }

    /// An event of the block under way with `value` under `key`.
    private mutating func writeWhole(
        _ name: StaticString, _ key: StaticString, _ value: JSONValue,
        ends: StaticString = "}\n\n", into writer: inout ByteWriter
    ) {
        guard let block = open else { return }
        beginEvent(name, into: &writer)
        writer.append(block.place)
        writer.append(",\"")
        writer.append(key)
        writer.append("\":")
        value.write(into: &writer)
        writer.append(ends)
    }
}
