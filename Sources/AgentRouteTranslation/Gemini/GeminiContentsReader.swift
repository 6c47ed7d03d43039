import AgentRouteWire

/// Reads `contents`: turns, and which result answers which call.
struct GeminiContentsReader {
    /// The turns so far.
    private(set) var turns: [Turn] = []
    /// What parts say that only Google's models understand, each name once.
    private(set) var extras: [JSONMember] = []
    /// What calls and results say that there is no place for.
    private(set) var unplaced = Degradations()
    /// Calls without a result so far.
    private var openCalls: [(id: String, name: String)] = []

    mutating func read(_ contents: [RequestReader]) throws(RequestFault) {
        for (index, content) in contents.enumerated() { try read(content, number: index) }
    }

    private mutating func read(_ content: RequestReader, number: Int) throws(RequestFault) {
        let role = try Self.role(content)
        var blocks: [Block.Content] = []
        if let parts = try content.field("parts") {
            let list = parts.value.object == nil ? try parts.elements() : [parts]
            for (index, part) in list.enumerated() {
                blocks += try read(part, id: "call_\(number)_\(index)")
            }
        }
        guard !blocks.isEmpty else { return }
        if role == .assistant, turns.last?.role == .assistant {
            // The chunks of one stream, each kept as a content of its own by Google's SDK.
            Self.join(blocks, to: &turns[turns.count - 1].blocks, joinsText: true)
        } else {
            var turn = Turn(role, [])
            Self.join(blocks, to: &turn.blocks, joinsText: false)
            turns.append(turn)
        }
    }

    private static func role(_ content: RequestReader) throws(RequestFault) -> Turn.Role {
        guard let role = try content.field("role") else { return .user }
        switch try role.string() {
        case "user", "function", "": return .user
        case "model": return .assistant
        default: throw role.fault("must be user or model")
        }
    }

    /// Adds `contents`. Pieces of the same thoughts become one block, with the seal that follows
    /// them; the first text may go on with the last.
    private static func join(
        _ contents: [Block.Content], to blocks: inout [Block], joinsText: Bool
    ) {
        var joinsText = joinsText
        for content in contents {
            switch (blocks.last?.content, content) {
            case (.reasoning(var thoughts)?, .reasoning(let more)) where thoughts.seal == nil:
                thoughts.text += more.text
                thoughts.seal = more.seal
                blocks[blocks.count - 1].content = .reasoning(thoughts)
            case (.text(let text)?, .text(let more)) where joinsText:
                blocks[blocks.count - 1].content = .text(text + more)
            default: blocks.append(Block(content))
            }
            joinsText = false
        }
    }
}

// MARK: - Parts

extension GeminiContentsReader {
    private static let kinds: Set<String> = [
        "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode",
        "codeExecutionResult", "toolCall", "toolResponse",
    ]

    /// The blocks of a part; `id` names a call that has no id of its own.
    private mutating func read(
        _ part: RequestReader, id: String
    ) throws(RequestFault) -> [Block.Content] {
        var data: (kind: String, reader: RequestReader)?
        var seal: ReasoningSeal?
        var isThought = false
        for member in try part.members() where member.value != .null {
            let reader = RequestReader(member.value, path: part.path(member.key))
            switch GeminiNames.camel(member.key) {
            case "thought": isThought = try reader.bool()
            case "thoughtSignature":
                let text = try reader.string()
                if !text.isEmpty, !GeminiSignature.isStandIn(text) {
                    seal = ReasoningSeal(envelope: text)
                }
            case let kind where Self.kinds.contains(kind):
                guard data == nil else { throw part.fault("has content of two kinds") }
                data = (kind, reader)
            case "videoMetadata", "mediaResolution", "mediaProcessing", "speechMetadata",
                "documentMetadata", "spreadsheetMetadata", "audioMetadata":
                keep(member)
            // Notes of the client's own, which no model is shown.
            case "partMetadata", "audioTranscription": continue
            default: throw reader.fault("is no member of a part that is known here")
            }
        }
        guard let data else {
            if let seal { return [.reasoning(Reasoning("", seal: seal))] }
            if isThought { return [] }
            throw part.fault("has no content")
        }
        if isThought, data.kind == "text" {
            return [.reasoning(Reasoning(try data.reader.string(), seal: seal))]
        }
        let content = try self.content(data.kind, data.reader, part: part, id: id)
        // A seal stands on the part after the thoughts it belongs to.
        return (seal.map { [.reasoning(Reasoning("", seal: $0))] } ?? [])
            + (content.map { [$0] } ?? [])
    }

    private mutating func keep(_ member: JSONMember) {
        let name = GeminiNames.camel(member.key)
        if !extras.contains(where: { $0.key == name }) {
            extras.append(JSONMember(key: name, value: member.value))
        }
    }

    private mutating func content(
        _ kind: String, _ data: RequestReader, part: RequestReader, id: String
    ) throws(RequestFault) -> Block.Content? {
        switch kind {
        case "text":
            let text = try data.string()
            // What streams begin and end with.
            return text.isEmpty ? nil : .text(text)
        case "inlineData": return try GeminiMediaReader.inline(data)
        case "fileData": return try GeminiMediaReader.file(data)
        case "functionCall":
            Self.known.note(data.value, kind, in: &unplaced)
            return .toolCall(try call(data, id: id))
        case "functionResponse":
            Self.known.note(data.value, kind, in: &unplaced)
            return .toolResult(try result(data, id: id))
        default: return .opaque(OpaqueBlock(family: .google, type: kind, value: part.value))
        }
    }

    private static let known = KnownMembers([
        "functionCall": ["args", "id", "name"],
        "functionResponse": ["id", "name", "parts", "response"],
        "functionResponse.parts": ["fileData", "file_data", "inlineData", "inline_data"],
    ])

    private mutating func call(_ data: RequestReader, id: String) throws(RequestFault) -> ToolCall {
        let name = try data.requiredField("name").string()
        let own = try data.field("id")?.string() ?? ""
        let input = try data.field("args")?.object() ?? [:]
        let call = ToolCall(
            id: own.isEmpty ? id : own, name: ToolName(name),
            input: .json(String(decoding: input.serialized(), as: UTF8.self)))
        openCalls.append((call.id, name))
        return call
    }

    private mutating func result(
        _ data: RequestReader, id: String
    ) throws(RequestFault) -> ToolResult {
        let name = try data.requiredField("name").string()
        let own = try data.field("id")?.string() ?? ""
        // By id, else the first open call of the name: the wire long had no ids.
        let index =
            openCalls.firstIndex { $0.id == own } ?? openCalls.firstIndex { $0.name == name }
        let callID = index.map { openCalls.remove(at: $0).id } ?? (own.isEmpty ? id : own)
        var result = ToolResult(callID: callID, content: [])
        result.name = name
        if let response = try data.field("response") {
            let answer = try Self.answer(response)
            if let text = answer.text { result.content = [.text(text)] }
            if answer.isError { result.isError = true }
        }
        for part in try data.field("parts")?.elements() ?? [] {
            Self.known.note(part.value, "functionResponse.parts", in: &unplaced)
            if let inline = try part.field("inlineData") {
                result.content.append(Block(try GeminiMediaReader.inline(inline)))
            } else {
                let file = try part.requiredField("fileData")
                result.content.append(Block(try GeminiMediaReader.file(file)))
            }
        }
        return result
    }

    /// The text in a response. Google proposes the members `output` and `error`; any other object
    /// is the output as a whole.
    private static func answer(
        _ response: RequestReader
    ) throws(RequestFault) -> (text: String?, isError: Bool) {
        let members = try response.members()
        guard let only = members.first else { return (nil, false) }
        let isKnown = members.count == 1 && ["output", "result", "error"].contains(only.key)
        let value = isKnown ? only.value : response.value
        let text = value.string ?? String(decoding: value.serialized(), as: UTF8.self)
        return (text, isKnown && only.key == "error")
    }
}
