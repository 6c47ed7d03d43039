import AgentRouteWire

/// Writes the parts of a model's turn, with the thought signatures where they were.
///
/// A signature comes back as the seal of a ``Reasoning`` block: `{"thoughtSignature": …, "on": …}`.
/// `on` says on which part it stands: `thought`, the block itself; `functionCall`, the call `id`,
/// else the next one; `text`, the text before it, else the next one; `emptyText`, a part of its own
/// after the text. `{"on": "part", "part": …}` is a part that has to come back as it was,
/// `{"on": "thoughts"}` says only whose the thoughts are.
struct GeminiModelPartsWriter {
    private struct Signature {
        let text: JSONValue
        let callID: String?
    }

    let model: GeminiModel
    /// Whether the content this turn goes on with has a call already.
    private var hasCall: Bool
    private(set) var parts: [JSONValue] = []
    private(set) var calls: [ToolCall] = []
    private var callSignatures: [Signature] = []
    private var textSignature: JSONValue?
    private var trailingSignature: JSONValue?
    private var endsWithText: Bool

    init(model: GeminiModel, hasCall: Bool, following open: [JSONValue]) {
        self.model = model
        self.hasCall = hasCall
        endsWithText = open.last.map(Self.isPlainText) ?? false
    }

    mutating func write(_ blocks: [Block], _ lost: inout Degradations) {
        for block in blocks {
            switch block.content {
            case .reasoning(let reasoning): write(reasoning)
            case .toolCall(let call): write(call)
            case .text(let text), .refusal(let text): write(text)
            default: parts += GeminiMediaWriter(model: model).parts(block, &lost)
            }
        }
        writeTrailingSignature()
    }

    private static func isPlainText(_ part: JSONValue) -> Bool {
        part["text"] != nil && part["thought"] == nil && part["thoughtSignature"] == nil
    }

    private var lastIsPlainText: Bool {
        parts.last.map(Self.isPlainText) ?? endsWithText
    }

    // MARK: Text

    private mutating func write(_ text: String) {
        guard !text.isEmpty else { return }
        var part = ObjectWriter()
        part.add("text", text)
        part.add("thoughtSignature", textSignature)
        textSignature = nil
        parts.append(part.value)
        writeTrailingSignature()
    }

    private mutating func writeTrailingSignature() {
        guard let signature = trailingSignature else { return }
        parts.append(["text": "", "thoughtSignature": signature])
        trailingSignature = nil
    }

    // MARK: Thoughts

    /// Without a seal of this model's there is nothing it could make of its thoughts.
    private mutating func write(_ reasoning: Reasoning) {
        guard case .issued(_, let payload)? = reasoning.seal else { return }
        let place = payload["on"]?.string
        let signature = payload["thoughtSignature"]
        var thought = ObjectWriter()
        thought.add("text", reasoning.text)
        thought.add("thought", true)
        if place == "thought" { thought.add("thoughtSignature", signature) }
        if place == "thought" || !reasoning.text.isEmpty { parts.append(thought.value) }
        switch place {
        case "functionCall":
            if let signature {
                callSignatures.append(Signature(text: signature, callID: payload["id"]?.string))
            }
        case "text": sign(signature)
        case "emptyText":
            trailingSignature = signature
            if lastIsPlainText { writeTrailingSignature() }
        case "part": if let part = payload["part"] { parts.append(part) }
        default: return
        }
    }

    /// Puts a signature on the text before it, else on the next one.
    private mutating func sign(_ signature: JSONValue?) {
        guard let signature, parts.last.map(Self.isPlainText) == true,
            let members = parts.last?.object
        else {
            textSignature = signature
            return
        }
        let member = JSONMember(key: "thoughtSignature", value: signature)
        parts[parts.count - 1] = .object(members + [member])
    }

    // MARK: Calls

    private mutating func write(_ call: ToolCall) {
        let id = ToolCallID.sanitized(call.id)
        var part = ObjectWriter()
        part.add(
            "functionCall",
            [
                "id": .string(id), "name": .string(call.name.name),
                "args": GeminiArguments.value(call.input),
            ])
        part.add("thoughtSignature", signature(of: id))
        parts.append(part.value)
        calls.append(call)
        hasCall = true
    }

    private mutating func signature(of id: String) -> JSONValue? {
        let index =
            callSignatures.firstIndex { $0.callID.map(ToolCallID.sanitized) == id }
            ?? callSignatures.firstIndex { $0.callID == nil }
        if let index { return callSignatures.remove(at: index).text }
        // In every step, though the current turn's alone are checked: a prefix that changes when
        // the turn is over would lose the provider's cache.
        return model.needsSignatures && !hasCall ? .string(GeminiSignature.standIn) : nil
    }
}
