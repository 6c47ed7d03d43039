import AgentRouteWire

// What tools say of themselves that the upstream's wire has no member for.
extension Lowering {
    /// Tells what a namespace is for with the first of its tools that the model is shown.
    ///
    /// - Parameter told: The namespaces that were described before.
    func describeNamespace(of tool: inout Tool, unless told: inout Set<String>) {
        guard !capabilities.takesNamespaces, let namespace = tool.name.namespace,
            let description = tool.name.namespaceDescription, !description.isEmpty,
            told.insert(namespace).inserted
        else { return }
        Self.describe(
            &tool, "All tools whose names begin with \(namespace)__ belong together: \(description)"
        )
    }

    /// Says in words what can be said in words, and notes the rest as lost.
    mutating func lowerDeclaration(_ tool: inout Tool, of family: WireFamily) {
        // A client of the same family whose provider speaks chat speaks Responses itself.
        guard family != capabilities.family || upstream.wire == .openAIChat else { return }
        var lines: [String] = []
        for extra in tool.extras where !isSaid(extra, &lines) { lost.note("tools.\(extra.key)") }
        tool.extras = []
        Self.describe(&tool, lines.joined(separator: "\n"))
    }

    /// Whether `extra` is what happens anyway, or is told in `lines`.
    private func isSaid(_ extra: JSONMember, _ lines: inout [String]) -> Bool {
        switch (extra.key, extra.value) {
        case ("input_examples", .array(let examples)):
            lines += examples.map {
                "Example of input: \(String(decoding: $0.serialized(), as: UTF8.self))"
            }
            return true
        // Who may call it: the model itself, which is all there is elsewhere.
        case ("allowed_callers", .array(let callers)): return callers.contains("direct")
        case ("async", false), ("behavior", "BLOCKING"), ("behavior", "UNSPECIFIED"): return true
        default: return extra.value == .null
        }
    }

    private static func describe(_ tool: inout Tool, _ words: String) {
        guard !words.isEmpty else { return }
        let own = tool.description.flatMap { $0.isEmpty ? nil : $0 + "\n\n" } ?? ""
        tool.description = own + words
    }
}
