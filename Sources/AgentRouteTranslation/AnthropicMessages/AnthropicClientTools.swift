import AgentRouteWire

/// The tools Anthropic declares by a dated type and the client runs itself: `bash`, the text editor,
/// the computer, the memory. Their models know the schema by heart; others have to be given it.
///
/// Source: Anthropic's tool reference.
package enum AnthropicClientTools {
    /// The function that `tool` is to a model which does not know it, called by the same name with the
    /// same input; nil if `tool` is no such tool.
    package static func function(for tool: Tool) -> Tool? {
        guard case .server(let server) = tool.kind, server.family == .anthropic,
            let type = server.declaration["type"]?.string,
            let (description, schema) = declaration(type, server.declaration)
        else { return nil }
        var function = Tool(tool.name, description: description, kind: .function(schema: schema))
        function.cache = tool.cache
        function.isDeferred = tool.isDeferred
        function.strict = server.declaration["strict"]?.bool
        function.extras = (server.declaration.object ?? []).filter { !said.contains($0.key) }
        return function
    }

    /// Members of a declaration that are in the function, or say nothing to another model.
    private static let said: Set<String> = [
        "cache_control", "defer_loading", "display_height_px", "display_number", "display_width_px",
        "enable_zoom", "name", "strict", "type",
    ]

    private static func declaration(
        _ type: String, _ declaration: JSONValue
    ) -> (String, JSONValue)? {
        if type.hasPrefix("bash_") { return ("Runs a command in a persistent bash session.", bash) }
        if type.hasPrefix("text_editor_") { return editor(canUndo: type < "text_editor_20250429") }
        if type.hasPrefix("memory_") {
            return ("Views and edits the files of a memory directory, /memories.", memory)
        }
        if type.hasPrefix("computer_2") { return computer(declaration) }
        return nil
    }

    private static func schema(
        _ properties: JSONValue, required: [JSONValue]
    ) -> JSONValue {
        ["type": "object", "properties": properties, "required": .array(required)]
    }

    private static func string(_ description: String) -> JSONValue {
        ["type": "string", "description": .string(description)]
    }

    private static func integer(_ description: String) -> JSONValue {
        ["type": "integer", "description": .string(description)]
    }

    private static func choice(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .array(words.map(JSONValue.string))]
    }

    private static let pair: JSONValue = [
        "type": "array", "items": ["type": "integer"], "minItems": 2, "maxItems": 2,
    ]

    private static let bash = schema(
        [
            "command": string("The command to run; needed unless the session is restarted."),
            "restart": ["type": "boolean", "description": "Whether to restart the session."],
        ], required: [])

    /// - Parameter canUndo: Whether it is one of the first editors, which could; they take the text to
    ///   insert in `new_str`.
    private static func editor(canUndo: Bool) -> (String, JSONValue) {
        let commands = ["view", "create", "str_replace", "insert"] + (canUndo ? ["undo_edit"] : [])
        var properties = ObjectWriter()
        properties.add("command", choice(commands))
        properties.add("path", string("Path of the file or directory."))
        properties.add("file_text", string("For create: the content of the file."))
        properties.add("old_str", string("For str_replace: the text to replace, found just once."))
        properties.add(
            "new_str", string("The text to put in its place\(canUndo ? " or to insert" : "")."))
        properties.add("insert_line", integer("For insert: the line after which to insert."))
        if !canUndo { properties.add("insert_text", string("For insert: the text to insert.")) }
        properties.add("view_range", pair)
        return (
            "Views, creates and edits text files.",
            schema(properties.value, required: ["command", "path"])
        )
    }

    private static let memory = schema(
        [
            "command": choice(["view", "create", "str_replace", "insert", "delete", "rename"]),
            "path": string("Path of the file or directory; not for rename."),
            "view_range": pair,
            "file_text": string("For create: the content of the file."),
            "old_str": string("For str_replace: the text to replace."),
            "new_str": string("For str_replace: what to put in its place."),
            "insert_line": integer("For insert: the line at which to insert."),
            "insert_text": string("For insert: the text to insert."),
            "old_path": string("For rename: the path it has."),
            "new_path": string("For rename: the path it gets."),
        ], required: ["command"])

    private static let actions = [
        "key", "type", "mouse_move", "left_click", "left_click_drag", "right_click",
        "middle_click", "double_click", "triple_click", "left_mouse_down", "left_mouse_up",
        "scroll", "hold_key", "wait", "screenshot", "cursor_position",
    ]

    private static func computer(_ declaration: JSONValue) -> (String, JSONValue) {
        let width = declaration["display_width_px"]?.int
        let height = declaration["display_height_px"]?.int
        let size = width.flatMap { width in height.map { " of \(width)x\($0) pixels" } } ?? ""
        let zooms = declaration["enable_zoom"]?.bool == true
        let properties: JSONValue = [
            "action": choice(actions + (zooms ? ["zoom"] : [])),
            "coordinate": pair,
            "start_coordinate": pair,
            "text": string("The text to type, or the keys to press."),
            "scroll_direction": choice(["up", "down", "left", "right"]),
            "scroll_amount": ["type": "integer"],
            "duration": ["type": "number", "description": "Seconds, for wait and hold_key."],
            "region": [
                "type": "array", "items": ["type": "integer"], "minItems": 4, "maxItems": 4,
            ],
        ]
        return (
            "Uses the mouse, the keyboard and the screen\(size).",
            schema(properties, required: ["action"])
        )
    }
}
