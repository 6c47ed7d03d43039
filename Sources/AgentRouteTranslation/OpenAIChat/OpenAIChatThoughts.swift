import AgentRouteWire

/// Gathers the thoughts of one answer and what has to go back to the provider with them.
///
/// The payload of a seal is the member the thoughts came in, as it is to be sent again:
/// `{"reasoning_details": [...]}` with streamed pieces joined, else `{"reasoning_content": true}`
/// or `{"reasoning": true}`, which say where the block's text belongs. Beside it may stand
/// `"tool_calls": [{"id", "extra_content"}]`, Google's signatures of thoughts on calls.
struct OpenAIChatThoughts {
    /// The member that text came in.
    private enum Source {
        case none
        case content
        case plain
        case details
    }

    private var details: [ReasoningDetail] = []
    /// What came with calls and has to go back with them.
    private var signedCalls: [JSONValue] = []
    /// Since the last block: where its text came from.
    private var source = Source.none

    /// Whether there is nothing to end.
    var isEmpty: Bool { source == .none && details.isEmpty && signedCalls.isEmpty }

    /// Takes the thoughts of `delta`.
    ///
    /// - Parameter isWhole: Whether it is a whole message, whose details are complete as they
    /// stand.
    mutating func add(_ delta: JSONNode, isWhole: Bool, to sink: (StreamEvent) -> Void) {
        let content = delta["reasoning_content"]
        // Bedrock's form, as some gateways pass it on.
        var text = Self.text(content) ?? Self.text(content?["text"])
        if text != nil {
            source = .content
        } else {
            text = Self.text(delta["reasoning"])
            if text != nil { source = .plain }
        }
        if let text { sink(.reasoning(text)) }
        let isSaid = text != nil
        delta["reasoning_details"]?.eachElement { detail in
            add(detail: detail, isWhole: isWhole)
            if !isSaid, let text = Self.text(detail["text"] ?? detail["summary"]) {
                source = .details
                sink(.reasoning(text))
            }
        }
    }

    /// Takes thoughts that stand among the parts of the content. They have no member to go back in.
    mutating func add(text: String, to sink: (StreamEvent) -> Void) {
        if source == .none { source = .details }
        sink(.reasoning(text))
    }

    /// Takes what came with tool calls and has to go back with them.
    mutating func addSigned(_ calls: JSONNode) {
        calls.eachElement { call in
            guard let extra = call["extra_content"], let id = call["id"]?.string else { return }
            let name = JSONValue.string(ToolCallID.sanitized(id))
            signedCalls.append(["id": name, "extra_content": extra.value])
        }
    }

    /// Something else begins. Details that come after the first of it wait for the end: what they
    /// belong to has left, and what is under way is not to be cut in two.
    mutating func interrupt(isFirst: Bool, to sink: (StreamEvent) -> Void) {
        if source != .none || isFirst { close(to: sink) }
    }

    /// Ends the block of thoughts, if there is one.
    mutating func close(to sink: (StreamEvent) -> Void) {
        guard !isEmpty else { return }
        sink(.blockEnd(seal: payload))
        details = []
        signedCalls = []
        source = .none
    }

    private var payload: JSONValue? {
        var payload = ObjectWriter()
        if !details.isEmpty {
            payload.add("reasoning_details", JSONValue.array(details.map(\.value)))
        } else if source == .content {
            payload.add("reasoning_content", true)
        } else if source == .plain {
            payload.add("reasoning", true)
        }
        if !signedCalls.isEmpty { payload.add("tool_calls", JSONValue.array(signedCalls)) }
        guard !payload.isEmpty else { return nil }
        return payload.value
    }

    private static func text(_ node: JSONNode?) -> String? {
        guard let node, !node.isEmptyString else { return nil }
        return node.string
    }

    private mutating func add(detail: JSONNode, isWhole: Bool) {
        if !isWhole, let place = details.lastIndex(where: { $0.goesOn(with: detail) }) {
            details[place].add(detail)
        } else if detail.isObject {
            details.append(ReasoningDetail(detail))
        }
    }
}

/// An entry of `reasoning_details`, joined from its pieces.
private struct ReasoningDetail {
    private let kind: Kind
    private let index: Int?
    private var id: String?
    /// The first piece's members, the growing one apart.
    private var members: [JSONMember]
    /// What grows: the text, the summary or the data.
    private var grown: String
    private var hasFormat: Bool
    private var hasSignature: Bool

    private enum Kind {
        case text
        case summary
        case encrypted
        case other

        init(_ detail: JSONNode) {
            let type = detail["type"]
            if type?.equals("reasoning.text") == true {
                self = .text
            } else if type?.equals("reasoning.summary") == true {
                self = .summary
            } else {
                self = type?.equals("reasoning.encrypted") == true ? .encrypted : .other
            }
        }

        /// The member that grows.
        var key: String {
            switch self {
            case .text: "text"
            case .summary: "summary"
            case .encrypted: "data"
            case .other: ""
            }
        }

        func piece(_ detail: JSONNode) -> JSONNode? {
            switch self {
            case .text: detail["text"]
            case .summary: detail["summary"]
            case .encrypted: detail["data"]
            case .other: nil
            }
        }
    }

    init(_ detail: JSONNode) {
        kind = Kind(detail)
        index = detail["index"]?.int
        id = detail["id"]?.string
        grown = kind.piece(detail)?.string ?? ""
        members = detail.value.object ?? []
        hasFormat = detail["format"] != nil
        hasSignature = detail["signature"] != nil
    }

    /// Whether `detail` is another piece of this entry: of its kind, at its index, under its id.
    func goesOn(with detail: JSONNode) -> Bool {
        guard kind != .other, Kind(detail) == kind, detail["index"]?.int == index else {
            return false
        }
        if index == nil, kind == .encrypted { return false }
        guard let id, let other = detail["id"]?.string else { return true }
        return id == other
    }

    /// Adds a piece: its text to the text, and what was not known before.
    mutating func add(_ detail: JSONNode) {
        if let piece = kind.piece(detail)?.string { grown += piece }
        if !hasSignature, let signature = detail["signature"] {
            hasSignature = true
            set("signature", signature.value)
        }
        if !hasFormat, let format = detail["format"] {
            hasFormat = true
            set("format", format.value)
        }
        if id == nil, let name = detail["id"] {
            id = name.string
            set("id", name.value)
        }
    }

    private mutating func set(_ key: String, _ value: JSONValue) {
        if let place = members.firstIndex(where: { $0.key == key }) {
            members[place].value = value
        } else {
            members.append(JSONMember(key: key, value: value))
        }
    }

    /// The entry.
    var value: JSONValue {
        var whole = self
        if !grown.isEmpty { whole.set(kind.key, .string(grown)) }
        return .object(whole.members)
    }
}
