import AgentRouteWire

/// Tells the tool calls of one answer apart, whatever a provider does with their indexes and ids.
struct OpenAIChatCalls {
    private struct Call {
        /// The provider's, which may be given again to another call.
        let index: Int
        var id: String
        var name: String
    }

    /// In the order they began; a call's place is its key.
    private var calls: [Call] = []

    /// Whether there is none.
    var isEmpty: Bool { calls.isEmpty }

    /// Adds an element of `tool_calls`.
    mutating func add(_ call: JSONNode, to sink: (StreamEvent) -> Void) {
        if let custom = call["custom"] { return addCustom(custom, of: call, to: sink) }
        let function = call["function"]
        add(
            Call(
                index: call["index"]?.int ?? -1, id: call["id"]?.string ?? "",
                name: function?["name"]?.string ?? ""),
            arguments: function.flatMap(Self.arguments), to: sink)
    }

    /// Adds a `function_call` in the form of 2023: there is but one.
    mutating func addLegacy(_ call: JSONNode, to sink: (StreamEvent) -> Void) {
        add(
            Call(index: 0, id: "", name: call["name"]?.string ?? ""),
            arguments: Self.arguments(call), to: sink)
    }

    /// A custom tool was declared as a function with one string, and is answered as one.
    private mutating func addCustom(
        _ custom: JSONNode, of call: JSONNode, to sink: (StreamEvent) -> Void
    ) {
        let input: JSONValue = ["input": .string(custom["input"]?.string ?? "")]
        add(
            Call(
                index: call["index"]?.int ?? -1, id: call["id"]?.string ?? "",
                name: custom["name"]?.string ?? ""),
            arguments: String(decoding: input.serialized(), as: UTF8.self), to: sink)
    }

    private mutating func add(
        _ call: Call, arguments: String?, to sink: (StreamEvent) -> Void
    ) {
        guard let key = key(call) else {
            calls.append(call)
            let id = call.id.isEmpty ? nil : call.id
            let name = call.name.isEmpty ? nil : call.name
            return sink(
                .toolCall(key: calls.count - 1, id: id, name: name, arguments: arguments))
        }
        let isNamed = calls[key].name.isEmpty && !call.name.isEmpty
        if isNamed { calls[key].name = call.name }
        let isIdentified = calls[key].id.isEmpty && !call.id.isEmpty
        if isIdentified { calls[key].id = call.id }
        sink(
            .toolCall(
                key: key, id: isIdentified ? call.id : nil, name: isNamed ? call.name : nil,
                arguments: arguments))
    }

    /// The call that `piece` goes on with; nil if it begins one.
    private func key(_ piece: Call) -> Int? {
        if !piece.id.isEmpty, let known = calls.lastIndex(where: { $0.id == piece.id }) {
            return known
        }
        let last = calls.lastIndex { piece.index < 0 || $0.index == piece.index }
        guard let last, !piece.name.isEmpty, !calls[last].name.isEmpty else { return last }
        // A name again is the same call said again, unless it is another's or comes with a new id.
        let isOther =
            piece.name != calls[last].name || (!piece.id.isEmpty && !calls[last].id.isEmpty)
        return isOther ? nil : last
    }

    /// The arguments: a string, or, from servers that do not write it as one, the object itself.
    private static func arguments(_ function: JSONNode) -> String? {
        guard let arguments = function["arguments"], !arguments.isEmptyString else { return nil }
        if let text = arguments.string { return text }
        guard arguments.isObject else { return nil }
        return String(decoding: arguments.value.serialized(), as: UTF8.self)
    }
}
