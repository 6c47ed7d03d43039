import AgentRouteWire

/// Writes `contents`: user and model by turns, every content with function calls followed by one
/// with their responses.
struct GeminiContentsWriter {
    private struct Content {
        let role: JSONValue
        var parts: [JSONValue]

        var value: JSONValue { ["role": role, "parts": .array(parts)] }
    }

    let model: GeminiModel
    private var contents: [Content] = []
    private var results = ToolResultIndex()
    /// The calls of the model's content under way.
    private var calls: [ToolCall] = []

    init(model: GeminiModel) {
        self.model = model
    }

    mutating func write(_ turns: [Turn], _ lost: inout Degradations) -> JSONValue {
        results = ToolResultIndex(turns)
        for (index, turn) in turns.enumerated() {
            if turn.role == .assistant {
                var writer = GeminiModelPartsWriter(
                    model: model, hasCall: !calls.isEmpty, following: openParts("model"))
                writer.write(turn.blocks, &lost)
                add(writer.parts, role: "model")
                calls += writer.calls
            } else {
                answerCalls(&lost)
                add(userParts(turn, number: index, &lost), role: "user")
            }
        }
        answerCalls(&lost)
        if contents.first?.role != "user" {
            // A conversation begins with the user.
            contents.insert(Content(role: "user", parts: [["text": "(no message)"]]), at: 0)
        }
        return .array(contents.map(\.value))
    }

    private func openParts(_ role: JSONValue) -> [JSONValue] {
        contents.last?.role == role ? contents.last?.parts ?? [] : []
    }

    private mutating func add(_ parts: [JSONValue], role: JSONValue) {
        guard !parts.isEmpty else { return }
        if contents.last?.role == role {
            contents[contents.count - 1].parts += parts
        } else {
            contents.append(Content(role: role, parts: parts))
        }
    }

    private func userParts(
        _ turn: Turn, number: Int, _ lost: inout Degradations
    ) -> [JSONValue] {
        var parts: [JSONValue] = []
        let media = GeminiMediaWriter(model: model)
        for (index, block) in turn.blocks.enumerated() {
            guard case .toolResult(let result) = block.content else {
                parts += media.parts(block, &lost)
                continue
            }
            // Those of calls went where the calls are.
            guard results.isOrphan(turn: number, block: index) else { continue }
            lost.note("tool_result")
            parts.append(["text": "[The result of a tool call that is not in this conversation:]"])
            for inner in result.content { parts += media.parts(inner, &lost) }
        }
        return parts
    }

    // MARK: Tool results

    /// Writes the responses to the open calls: all of them in one content, first in it.
    private mutating func answerCalls(_ lost: inout Degradations) {
        var responses: [JSONValue] = []
        var attached: [JSONValue] = []
        for call in calls {
            let result = results.take(call.id)
            var parts: [JSONValue] = []
            var response: JSONValue = ["error": "no result was given for this call"]
            if let result { response = answer(result, inside: &parts, after: &attached, &lost) }
            var function = ObjectWriter()
            function.add("id", ToolCallID.sanitized(call.id))
            function.add("name", call.name.name)
            function.add("response", response)
            if !parts.isEmpty { function.add("parts", .array(parts)) }
            responses.append(["functionResponse": function.value])
        }
        calls = []
        add(responses + attached, role: "user")
    }

    /// The response to a call: texts in it, media `inside` it where the model takes them, else
    /// `after` it.
    private func answer(
        _ result: ToolResult, inside: inout [JSONValue], after: inout [JSONValue],
        _ lost: inout Degradations
    ) -> JSONValue {
        let media = GeminiMediaWriter(model: model)
        var texts: [String] = []
        for block in result.content {
            for part in media.parts(block, &lost) {
                if let text = part["text"]?.string {
                    texts.append(text)
                } else if model.takesMediaInResponses, media.fitsResponse(part) {
                    inside.append(part)
                } else {
                    after.append(part)
                }
            }
        }
        let text = JSONValue.string(texts.joined(separator: "\n"))
        return result.isError == true ? ["error": text] : ["output": text]
    }
}

/// Which result answers which call, wherever in the conversation it stands.
struct ToolResultIndex {
    private struct Place: Hashable {
        let turn: Int
        let block: Int
    }

    private var results: [String: [ToolResult]] = [:]
    private var orphans: Set<Place> = []

    init() {}

    init(_ turns: [Turn]) {
        var openCalls: [String: Int] = [:]
        for (turn, blocks) in turns.map(\.blocks).enumerated() {
            for (index, block) in blocks.enumerated() {
                switch block.content {
                case .toolCall(let call): openCalls[call.id, default: 0] += 1
                case .toolResult(let result):
                    if openCalls[result.callID, default: 0] > 0 {
                        openCalls[result.callID, default: 0] -= 1
                        results[result.callID, default: []].append(result)
                    } else {
                        orphans.insert(Place(turn: turn, block: index))
                    }
                default: continue
                }
            }
        }
    }

    /// Whether the result at this place answers no call.
    func isOrphan(turn: Int, block: Int) -> Bool {
        orphans.contains(Place(turn: turn, block: block))
    }

    /// The result of the next call `id`; nil if there is none.
    mutating func take(_ id: String) -> ToolResult? {
        guard let first = results[id]?.first else { return nil }
        results[id]?.removeFirst()
        return first
    }
}
