import AgentRouteWire

/// Tells the tool calls of one answer apart, whatever a provider does with their indexes and ids.
struct OpenAIChatCalls {
    /// A call, or what a piece of one says of it.
    private struct Call {
        /// The provider's, which may be given again to another call; nil where it gives none.
        let index: Int?
        var id: String
        var name: String
        /// The arguments so far, kept only where no id tells calls apart.
        var arguments = ""

        /// Whether there are arguments and they are whole. An empty object may be the beginning of
        /// others.
        var isComplete: Bool {
            !arguments.isEmpty && arguments != "{}" && ToolArguments.object(arguments) != nil
        }
    }

    /// In the order they began; a call's place is its key.
    private var calls: [Call] = []

    /// Whether there is none.
    var isEmpty: Bool { calls.isEmpty }

    /// Adds the elements of `tool_calls`.
    mutating func add(_ elements: JSONNode, to sink: (StreamEvent) -> Void) {
        var count = 0
        elements.eachElement { _ in count += 1 }
        var place = 0
        elements.eachElement { element in
            // Without indexes, elements side by side are calls of their own.
            add(element, index: element["index"]?.int ?? (count > 1 ? place : nil), to: sink)
            place += 1
        }
    }

    private mutating func add(
        _ element: JSONNode, index: Int?, to sink: (StreamEvent) -> Void
    ) {
        var call = Call(index: index, id: element["id"]?.string ?? "", name: "")
        let arguments: String?
        if let custom = element["custom"] {
            call.name = custom["name"]?.string ?? ""
            // It was declared as a function with one string, and is answered as one.
            let input: JSONValue = ["input": .string(custom["input"]?.string ?? "")]
            arguments = String(decoding: input.serialized(), as: UTF8.self)
        } else {
            call.name = element["function"]?["name"]?.string ?? ""
            arguments = element["function"].flatMap(Self.arguments)
        }
        add(call, arguments: arguments, to: sink)
    }

    /// Adds a `function_call` in the form of 2023: there is but one.
    mutating func addLegacy(_ call: JSONNode, to sink: (StreamEvent) -> Void) {
        add(
            Call(index: 0, id: "", name: call["name"]?.string ?? ""),
            arguments: Self.arguments(call), to: sink)
    }

    private mutating func add(
        _ piece: Call, arguments: String?, to sink: (StreamEvent) -> Void
    ) {
        guard let key = key(piece, arguments ?? "") else {
            var call = piece
            if call.id.isEmpty { call.arguments = arguments ?? "" }
            calls.append(call)
            let id = piece.id.isEmpty ? nil : piece.id
            let name = piece.name.isEmpty ? nil : piece.name
            return sink(
                .toolCall(key: calls.count - 1, id: id, name: name, arguments: arguments))
        }
        let isNamed = calls[key].name.isEmpty && !piece.name.isEmpty
        if isNamed { calls[key].name = piece.name }
        let isIdentified = calls[key].id.isEmpty && !piece.id.isEmpty
        if isIdentified { calls[key].id = piece.id }
        if calls[key].id.isEmpty, let arguments { calls[key].arguments += arguments }
        sink(
            .toolCall(
                key: key, id: isIdentified ? piece.id : nil, name: isNamed ? piece.name : nil,
                arguments: arguments))
    }

    /// The call that `piece` goes on with; nil if it begins one.
    private func key(_ piece: Call, _ arguments: String) -> Int? {
        if !piece.id.isEmpty, let known = place(of: piece) { return known }
        let last = calls.lastIndex { piece.index == nil || $0.index == piece.index }
        guard let last, !piece.name.isEmpty, !calls[last].name.isEmpty else { return last }
        // A name again is the same call said again, unless it is another's, comes with a new id, or
        // with other arguments where the first ones were complete.
        let isOther =
            piece.name != calls[last].name || (!piece.id.isEmpty && !calls[last].id.isEmpty)
            || (calls[last].isComplete && arguments != calls[last].arguments)
        return isOther ? nil : last
    }

    /// The call of the same id; nil if `piece` begins one that was given the id of another.
    private func place(of piece: Call) -> Int? {
        let known = calls.indices.filter { calls[$0].id == piece.id }
        guard let last = known.last(where: { calls[$0].index == piece.index }) ?? known.last else {
            return nil
        }
        guard let index = piece.index, let other = calls[last].index else { return last }
        return index != other && !piece.name.isEmpty ? nil : last
    }

    /// The arguments: a string, or, from servers that do not write it as one, the object itself.
    private static func arguments(_ function: JSONNode) -> String? {
        guard let arguments = function["arguments"], !arguments.isEmptyString else { return nil }
        if let text = arguments.string { return text }
        guard arguments.isObject else { return nil }
        return String(decoding: arguments.value.serialized(), as: UTF8.self)
    }
}
