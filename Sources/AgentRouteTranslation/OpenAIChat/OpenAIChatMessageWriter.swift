import AgentRouteWire

/// Writes turns as messages, in the order the wire demands: every call of a tool is answered before
/// anything else is said, and every answer has its call.
struct OpenAIChatMessageWriter {
    /// What was written.
    private(set) var messages: [JSONValue] = []
    /// What could not be.
    private(set) var lost: Degradations

    private let parts: OpenAIChatPartWriter
    /// The calls that have no result yet.
    private var waiting: [String] = []
    /// What was said while calls waited.
    private var held: [JSONValue] = []
    /// The names of the tools that were called, by call.
    private var names: [String: String] = [:]

    init(parts: OpenAIChatPartWriter, lost: Degradations) {
        self.parts = parts
        self.lost = lost
    }

    /// Writes the instructions and turns of `conversation`.
    mutating func write(_ conversation: Conversation) {
        if !conversation.instructions.isEmpty {
            say("system", Turn(.system, conversation.instructions), of: .system)
        }
        for turn in conversation.turns {
            if turn.phase != nil { lost.note("phase") }
            switch turn.role {
            case .user: writeUser(turn)
            case .assistant: writeAssistant(turn)
            case .system, .developer: say("system", turn, of: .system)
            }
        }
        closeCalls()
    }

    private mutating func say(
        _ role: String, _ turn: Turn, of speaker: OpenAIChatPartWriter.Speaker
    ) {
        var parts: [JSONValue] = []
        for block in turn.blocks { parts += self.parts.parts(block, of: speaker, lost: &lost) }
        let content = OpenAIChatPartWriter.content(parts)
        // Nothing said is no message: many providers refuse an empty one.
        if content != "" { put(Self.message(role, content, name: turn.name)) }
    }

    private static func message(_ role: String, _ content: JSONValue, name: String?) -> JSONValue {
        var message = ObjectWriter()
        message.add("role", role)
        message.add("content", content)
        message.add("name", name)
        return message.value
    }

    /// Appends `message`, or holds it until the calls are answered.
    private mutating func put(_ message: JSONValue) {
        if waiting.isEmpty { messages.append(message) } else { held.append(message) }
    }

    private mutating func releaseHeld() {
        guard waiting.isEmpty else { return }
        messages += held
        held = []
    }

    /// Answers the calls that nothing else has answered.
    private mutating func closeCalls() {
        for id in waiting {
            answer(id, [OpenAIChatPartWriter.text("no result was given for this call")])
        }
        waiting = []
        releaseHeld()
    }

    // MARK: The user

    private mutating func writeUser(_ turn: Turn) {
        var attached: [JSONValue] = []
        var said: [JSONValue] = []
        var isSilent = !turn.blocks.isEmpty
        for block in turn.blocks {
            if case .toolResult(let result) = block.content {
                attached += write(result, mark: block.cache)
            } else {
                isSilent = false
                said += parts.parts(block, of: .user, lost: &lost)
            }
        }
        if !isSilent || !attached.isEmpty {
            let content = OpenAIChatPartWriter.content(attached + said)
            put(Self.message("user", content, name: turn.name))
        }
        releaseHeld()
    }

    /// Writes a result as a message of its tool and gives what the user has to say for it: media,
    /// which a tool may not send, and results without a call.
    private mutating func write(_ result: ToolResult, mark: JSONValue?) -> [JSONValue] {
        let id = ToolCallID.sanitized(result.callID)
        var texts: [JSONValue] = []
        var media: [JSONValue] = []
        for block in result.content {
            for part in parts.parts(block, of: .user, lost: &lost) {
                if part["type"] == "text" { texts.append(part) } else { media.append(part) }
            }
        }
        let label = (result.name ?? names[id]).map { "\(id) (\($0))" } ?? id
        let index = waiting.firstIndex(of: id)
        if index != nil, !media.isEmpty, !texts.contains(where: { $0["text"] != "" }) {
            texts = [OpenAIChatPartWriter.text("The result follows in the next message.")]
        }
        if result.isError == true {
            texts = Self.failed(texts)
        }
        if let mark, parts.takesMarks {
            if texts.isEmpty { texts = [OpenAIChatPartWriter.text("")] }
            texts = OpenAIChatPartWriter.marked(texts, mark, lost: &lost)
        }
        guard let index else {
            lost.note("tool_result")
            let note = "[result of the tool call \(label), which is not in this conversation]"
            return [OpenAIChatPartWriter.text(note)] + texts + media
        }
        waiting.remove(at: index)
        answer(id, texts)
        guard !media.isEmpty else { return [] }
        return [OpenAIChatPartWriter.text("[from the result of the tool call \(label)]")] + media
    }

    private mutating func answer(_ id: String, _ content: [JSONValue]) {
        messages.append([
            "role": "tool", "tool_call_id": .string(id),
            "content": OpenAIChatPartWriter.content(content),
        ])
    }

    /// The wire has no word for a failure: the text says it.
    private static func failed(_ texts: [JSONValue]) -> [JSONValue] {
        let words = "[the tool call failed]"
        guard let first = texts.first, let text = first["text"]?.string, !text.isEmpty else {
            return [OpenAIChatPartWriter.text(words)] + texts.dropFirst()
        }
        let said = OpenAIChatPartWriter.text("\(words)\n\(text)", mark: first["cache_control"])
        return [said] + texts.dropFirst()
    }

    // MARK: The model

    private mutating func writeAssistant(_ turn: Turn) {
        closeCalls()
        var content: [JSONValue] = []
        var calls: [JSONValue] = []
        var thoughts = Thoughts()
        var audio: JSONValue?
        for block in turn.blocks {
            switch block.content {
            case .reasoning(let reasoning): thoughts.add(reasoning)
            case .toolCall(let call): calls.append(write(call))
            default: break
            }
            if let id = Self.ownSound(block) {
                audio = ["id": .string(id)]
            } else {
                content += parts.parts(block, of: .assistant, lost: &lost)
            }
        }
        let isSilent = OpenAIChatPartWriter.content(content) == "" && audio == nil
        if isSilent, calls.isEmpty, thoughts.members.isEmpty { return }
        var message = ObjectWriter()
        message.add("role", "assistant")
        let isCall = isSilent && !calls.isEmpty
        message.add("content", isCall ? JSONValue.null : OpenAIChatPartWriter.content(content))
        message.add("name", turn.name)
        message.add(thoughts.members)
        message.add("audio", audio)
        if !calls.isEmpty {
            message.add("tool_calls", JSONValue.array(calls.map(thoughts.signed)))
        }
        put(message.value)
        waiting = calls.compactMap { $0["id"]?.string }
    }

    /// The name of the sound that the model itself has made, by which it goes back.
    private static func ownSound(_ block: Block) -> String? {
        guard case .audio(let media) = block.content, case .fileID(let id) = media.source else {
            return nil
        }
        return id
    }

    private mutating func write(_ call: ToolCall) -> JSONValue {
        let id = ToolCallID.sanitized(call.id)
        names[id] = call.name.name
        let name = JSONValue.string(call.name.name)
        switch call.input {
        case .json(let text):
            let arguments = JSONValue.string(Self.arguments(text))
            return [
                "id": .string(id), "type": "function",
                "function": ["name": name, "arguments": arguments],
            ]
        case .text(let text):
            return [
                "id": .string(id), "type": "custom",
                "custom": ["name": name, "input": .string(text)],
            ]
        }
    }

    /// `text` if it is a JSON object; else one that holds it: providers refuse anything else.
    private static func arguments(_ text: String) -> String {
        if let object = ToolArguments.object(text) { return object }
        let wrapped: JSONValue = ["arguments": .string(text)]
        return String(decoding: wrapped.serialized(), as: UTF8.self)
    }
}

/// The thoughts of one message, in the members their provider has given them in.
private struct Thoughts {
    private var details: [JSONValue] = []
    private var content = ""
    private var plain = ""
    /// What goes back with calls, each with the call's id.
    private var signedCalls: [JSONValue] = []

    mutating func add(_ reasoning: Reasoning) {
        guard case .issued(_, let payload)? = reasoning.seal else { return }
        details += payload["reasoning_details"]?.array ?? []
        if payload["reasoning_content"] == true { content += reasoning.text }
        if payload["reasoning"] == true { plain += reasoning.text }
        signedCalls += payload["tool_calls"]?.array ?? []
    }

    /// `call` with what its provider has given with it.
    func signed(_ call: JSONValue) -> JSONValue {
        let extra = signedCalls.first { $0["id"] == call["id"] }?["extra_content"]
        guard let extra, let members = call.object else { return call }
        return .object(members + [JSONMember(key: "extra_content", value: extra)])
    }

    var members: [JSONMember] {
        var members = ObjectWriter()
        if !details.isEmpty { members.add("reasoning_details", JSONValue.array(details)) }
        if !content.isEmpty { members.add("reasoning_content", content) }
        if !plain.isEmpty { members.add("reasoning", plain) }
        return members.value.object ?? []
    }
}
