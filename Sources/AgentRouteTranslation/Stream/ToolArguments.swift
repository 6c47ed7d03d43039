import AgentRouteWire

/// The arguments of a tool call when a provider says that they are complete.
enum ToolArguments {
    /// `text` as the text of one JSON object: itself, but for `{}` where nothing came, and for what
    /// providers are known to glue to it. Nil if it is cut off or no object: it is never completed.
    static func object(_ text: String) -> String? {
        let trimmed = text.drop { $0.isWhitespace }
        if trimmed.isEmpty { return "{}" }
        switch parse(text) {
        case .object: return text
        case .null: return "{}"
        // The object inside a string: written twice.
        case .string(let inner): return parse(inner)?.object == nil ? nil : inner
        case .bool, .number, .array: return nil
        case nil: return unglued(trimmed)
        }
    }

    /// `text` without an empty object in front, or once if it is the same object twice.
    private static func unglued(_ text: Substring) -> String? {
        if text.hasPrefix("{}") {
            let rest = String(text.dropFirst(2))
            if parse(rest)?.object != nil { return rest }
        }
        let bytes = Array(text.utf8)
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let half = bytes[..<(bytes.count / 2)]
        guard half.elementsEqual(bytes[(bytes.count / 2)...]) else { return nil }
        let once = String(decoding: half, as: UTF8.self)
        return parse(once)?.object == nil ? nil : once
    }

    private static func parse(_ text: String) -> JSONValue? {
        try? JSONValue.parse(Array(text.utf8))
    }
}
