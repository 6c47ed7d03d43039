import AgentRouteWire

/// What the script looks at in a request, whatever its wire.
struct DemoConversation {
    /// The newest words of the user; empty if there are none.
    private(set) var request = ""
    /// The answer of a tool, if one came after `request`.
    private(set) var toolResult: String?
    /// What the client says and the user did not: system prompt, reminders, environment.
    private var background: [String] = []
    /// The tools the client offers and lets the model call.
    var tools: [DemoTool] = []
    /// False if the client turned thinking off.
    var thinks = true

    /// Takes in a text of the user's turn.
    mutating func hear(user text: String) {
        // Clients put reminders and the environment into the user's turn, in tags of their own.
        guard !text.hasPrefix("<") else { return hear(background: text) }
        request = text
        toolResult = nil
    }

    /// Takes in a text the user did not write: system prompt, reminder, environment.
    mutating func hear(background text: String) {
        background.append(text)
    }

    /// Takes in what a tool answered.
    mutating func hear(toolResult text: String) {
        toolResult = text
    }

    /// `file` in the client's working directory, as far as one of its texts names that.
    func path(of file: String) -> String {
        guard !file.hasPrefix("/"), let directory = workingDirectory else { return file }
        return directory.hasSuffix("/") ? directory + file : directory + "/" + file
    }

    /// The newest that is named. A search through all the client says, so only on demand.
    private var workingDirectory: String? {
        for text in background.reversed() {
            for line in text.split(whereSeparator: \.isNewline) {
                for mark in Self.directoryMarks {
                    guard let found = line.firstRange(of: mark) else { continue }
                    let path = line[found.upperBound...].prefix { $0 != "<" }.trimmed
                    if path.hasPrefix("/") { return path }
                }
            }
        }
        return nil
    }

    /// How Claude Code, Codex and Gemini CLI name the working directory to their model.
    private static let directoryMarks = [
        "orking directory: ", "working in the directory: ", "<cwd>",
    ]
}

/// A tool the client offers.
struct DemoTool {
    let name: String
    /// JSON Schema of its arguments.
    let schema: JSONValue
}

/// An order of the form `write FILE: CONTENT`, the one thing the demo model can be asked to do.
struct DemoWriteOrder {
    let file: String
    let content: String

    /// Reads `text`, or finds that it is no such order.
    init?(_ text: String) {
        let words = text.trimmed
        guard let verbEnd = words.firstIndex(where: \.isWhitespace),
            words[..<verbEnd].lowercased() == "write",
            let colon = words[verbEnd...].firstRange(of: ": ")
        else { return nil }
        file = words[verbEnd..<colon.lowerBound].trimmed
        content = words[colon.upperBound...].trimmed
        // A name in several words is more likely prose: "write a poem: …".
        if file.isEmpty || file.contains(where: \.isWhitespace) { return nil }
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    fileprivate var trimmed: String {
        let start = self.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension JSONValue {
    /// The texts of a content field: a string, or a list of parts of which some have a `text`.
    var texts: [String] {
        if let text = string { return [text] }
        return (array ?? []).compactMap { $0["text"]?.string }
    }
}
