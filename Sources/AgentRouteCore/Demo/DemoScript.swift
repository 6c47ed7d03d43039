import AgentRouteWire

/// What the demo model says to one request, before any wire gives it a form.
struct DemoScript {
    /// Nil if the client turned thinking off.
    let thinking: String?
    let text: String
    let call: DemoCall?

    init(for conversation: DemoConversation, wire: Wire, model: String) {
        let order = DemoWriteOrder(conversation.request)
        let thought: String
        if let result = conversation.toolResult {
            call = nil
            thought = "The tool has answered, so what is left is to tell the user."
            text = Self.report(of: result, for: order)
        } else if let order, let call = DemoCall.carryingOut(order, in: conversation) {
            self.call = call
            thought = "The user wants a file, and \(call.tool) can write it."
            text = "The demo model of AgentRoute asks \(call.tool) to write \(order.file)."
        } else {
            call = nil
            thought = "There is nothing to call a tool for, so a short text will do."
            text = """
                Hello from the demo model of AgentRoute, a script that needs no provider. \
                It saw a request in the wire \(wire.rawValue) for the model \(model). \
                An agent that asks it to "write hello.txt: some words" sees a tool call.
                """
        }
        thinking =
            conversation.thinks
            ? "The request came in the wire \(wire.rawValue), for the model \(model). " + thought
            : nil
    }

    private static func report(of result: String, for order: DemoWriteOrder?) -> String {
        let words = result.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200)
        let subject = order.map { "The call that writes \($0.file)" } ?? "The tool call"
        return words.isEmpty
            ? "\(subject) is done; the tool had nothing to say."
            : "\(subject) is done; the tool answered: \(words)"
    }
}

/// A call of one of the client's own tools.
struct DemoCall {
    let tool: String
    let arguments: JSONValue

    /// `arguments` as JSON text.
    var argumentText: String {
        String(decoding: arguments.serialized(), as: UTF8.self)
    }

    /// The call that carries out `order`: of a tool that writes files, else of one that runs
    /// commands; nil if the client offers neither.
    static func carryingOut(
        _ order: DemoWriteOrder, in conversation: DemoConversation
    ) -> DemoCall? {
        let path = conversation.path(of: order.file)
        // The shell starts in the client's directory, so the name is right as the user gave it.
        let command = "printf %s \(quoted(order.content)) > \(quoted(order.file))"
        return first(of: conversation.tools) {
            $0.fileArguments(path: path, content: order.content)
        }
            ?? first(of: conversation.tools) {
                $0.commandArguments(command, purpose: "Write \(order.file)")
            }
    }

    private static func first(
        of tools: [DemoTool], with arguments: (DemoTool) -> JSONValue?
    ) -> DemoCall? {
        for tool in tools {
            if let arguments = arguments(tool) {
                return DemoCall(tool: tool.name, arguments: arguments)
            }
        }
        return nil
    }

    /// `text` as one word of a POSIX shell.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}

extension DemoTool {
    /// Arguments with which this tool writes `content` to `path`, or nil if it is no tool for that.
    fileprivate func fileArguments(path: String, content: String) -> JSONValue? {
        guard name.lowercased().contains("write") else { return nil }
        guard let pathKey = property(among: ["file_path", "filePath", "path", "filename"]),
            let contentKey = property(among: ["content", "contents", "text"])
        else { return nil }
        return complete([(pathKey, .string(path)), (contentKey, .string(content))])
    }

    /// Arguments with which this tool runs `command` in a shell, or nil if it is no tool for that.
    fileprivate func commandArguments(_ command: String, purpose: String) -> JSONValue? {
        guard let key = property(among: ["cmd", "command"]) else { return nil }
        let takesWords = schema["properties"]?[key]?["type"]?.string?.lowercased() == "array"
        var members: [(String, JSONValue)] = [
            (key, takesWords ? ["bash", "-lc", .string(command)] : .string(command))
        ]
        if let description = property(among: ["description"]) {
            members.append((description, .string(purpose)))
        }
        return complete(members)
    }

    private func property(among names: [String]) -> String? {
        names.first { schema["properties"]?[$0] != nil }
    }

    /// The arguments as an object, unless the tool requires one that is not among them.
    private func complete(_ members: [(String, JSONValue)]) -> JSONValue? {
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        guard required.allSatisfy({ name in members.contains { $0.0 == name } }) else { return nil }
        return .object(members.map { JSONMember(key: $0.0, value: $0.1) })
    }
}

extension String {
    /// The text cut into the pieces a stream sends: 16 characters each, more in a long text, so
    /// that there are 32 at most and a long order does not make an endless stream.
    var demoPieces: [Substring] {
        let size = max(16, (count + 31) / 32)
        var pieces: [Substring] = []
        var rest = self[...]
        while !rest.isEmpty {
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }
}
