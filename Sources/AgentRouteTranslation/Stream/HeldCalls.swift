import AgentRouteWire

/// The tool calls of one answer that are not complete yet.
struct HeldCalls {
    private struct Held {
        let key: Int
        var id: String
        var name: String
        var arguments: String
        /// Another call has taken its key: nothing more will be added.
        var isSuperseded = false
    }

    private let tools: ToolMap
    private let answerID: String
    /// In the order they began.
    private var held: [Held] = []
    private var usedIDs: Set<String> = []

    init(tools: ToolMap, answerID: String) {
        self.tools = tools
        self.answerID = answerID
    }

    /// A call begins or goes on.
    mutating func add(_ key: Int, id: String?, name: String?, arguments: String?) {
        var index = held.lastIndex { $0.key == key && !$0.isSuperseded }
        if let found = index, let id, !id.isEmpty, !held[found].id.isEmpty, held[found].id != id {
            held[found].isSuperseded = true
            index = nil
        }
        guard let index else {
            held.append(
                Held(key: key, id: id ?? "", name: name ?? "", arguments: arguments ?? ""))
            return
        }
        if held[index].id.isEmpty { held[index].id = id ?? "" }
        if held[index].name.isEmpty { held[index].name = name ?? "" }
        if let arguments { held[index].arguments += arguments }
    }

    /// The call of `key`, which the provider says is complete; nil if its arguments do not parse: it is
    /// judged at the end, when it is known why the model stopped.
    mutating func complete(_ key: Int, arguments: String?) -> ToolCall? {
        guard let index = held.lastIndex(where: { $0.key == key && !$0.isSuperseded }) else {
            return nil
        }
        if let arguments, input(held[index], arguments: arguments) != nil {
            held[index].arguments = arguments
        }
        guard let input = input(held[index], arguments: held[index].arguments) else {
            held[index].isSuperseded = true
            return nil
        }
        return call(held.remove(at: index), input)
    }

    /// The calls that are left when the answer is over.
    ///
    /// - Parameter isWhole: Whether the model had said all it wanted. If not, a call whose arguments
    ///   do not parse, or may be less than all, is one that was cut off, and left out.
    /// - Throws: When the model had, and arguments that do not parse could be taken for whole ones.
    mutating func rest(isWhole: Bool) throws(ProviderFailure) -> [ToolCall] {
        var calls: [ToolCall] = []
        for one in held {
            if !couldGoOn(one, isWhole: isWhole),
                let input = input(one, arguments: one.arguments)
            {
                calls.append(call(one, input))
            } else if isWhole {
                calls.append(call(one, try invalid(one)))
            }
        }
        held = []
        return calls
    }

    /// Whether arguments that can be read may yet be the beginning of longer ones: text, whose end only
    /// the provider can tell, and nothing, unless the model had said all.
    private func couldGoOn(_ held: Held, isWhole: Bool) -> Bool {
        if case .custom? = tools.entry(held.name)?.form { return true }
        return !isWhole && held.arguments.allSatisfy(\.isWhitespace)
    }

    /// The input as the client's tool takes it; nil if `arguments` are no complete ones, or the beginning
    /// of the call, with its name, was lost.
    private func input(_ held: Held, arguments: String) -> ToolCall.Input? {
        guard !held.name.isEmpty else { return nil }
        switch tools.entry(held.name)?.form {
        case .custom?: return .text(arguments)
        case .customAsFunction?:
            return ToolArguments.object(arguments).flatMap(Self.freeform).map { .text($0) }
        case .function?, nil: return ToolArguments.object(arguments).map { .json($0) }
        }
    }

    /// The text in the object that stands for a custom tool's input: its member `input`, or its only
    /// member, where a model has named it after the tool.
    private static func freeform(_ object: String) -> String? {
        guard let members = try? JSONValue.parse(Array(object.utf8)).object else { return nil }
        if members.count == 1 { return members[0].value.string }
        return members.last { $0.key == "input" }?.value.string
    }

    /// What the client gets in place of arguments that are not JSON: an object its tool refuses, so
    /// that it tells the model. A tool that would take any object must not run on it.
    private func invalid(_ held: Held) throws(ProviderFailure) -> ToolCall.Input {
        guard !held.name.isEmpty else {
            throw .malformed("a tool call of the provider has no name")
        }
        let entry = tools.entry(held.name)
        guard let entry, entry.form == .function, entry.requiresMembers else {
            let fault =
                entry?.form == .custom ? "was not finished" : "has arguments that are not JSON"
            throw .malformed("the provider's call of tool \(held.name.debugDescription) \(fault)")
        }
        let object: JSONValue = ["_invalid_arguments": .string(held.arguments)]
        return .json(String(decoding: object.serialized(), as: UTF8.self))
    }

    private mutating func call(_ held: Held, _ input: ToolCall.Input) -> ToolCall {
        var id = ToolCallID.sanitized(
            held.id.isEmpty ? "call_\(answerID)_\(usedIDs.count)" : held.id)
        // Some providers give two calls of one answer the same id; results could not be told apart.
        if !usedIDs.insert(id).inserted {
            id = ToolCallID.sanitized("\(id)_\(usedIDs.count)")
            usedIDs.insert(id)
        }
        let name = tools.entry(held.name)?.name ?? ToolName(held.name)
        return ToolCall(id: id, name: name, input: input)
    }
}
