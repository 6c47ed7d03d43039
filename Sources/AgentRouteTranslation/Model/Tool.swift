package import AgentRouteWire

/// A tool the model may call.
package struct Tool: Hashable, Sendable {
    /// What kind it is.
    package enum Kind: Hashable, Sendable {
        /// Called with JSON by a schema; nil where the client gave none.
        case function(schema: JSONValue?)
        /// Called with text; `format` is OpenAI's, a grammar say.
        case custom(format: JSONValue?)
        /// Run by the provider.
        case server(ServerTool)
    }

    /// Its name.
    package var name: ToolName
    /// For the model.
    package var description: String?
    /// What kind it is.
    package var kind: Kind
    /// OpenAI's and Anthropic's `strict`.
    package var strict: Bool?
    /// Not to be shown to the model before a tool reference names it.
    package var isDeferred = false
    /// Anthropic's `cache_control`.
    package var cache: JSONValue?
    /// What else the client says of a function in its own family, Anthropic's `input_examples` say.
    package var extras: [JSONMember] = []

    /// A tool of these parts.
    package init(_ name: ToolName, description: String? = nil, kind: Kind) {
        self.name = name
        self.description = description
        self.kind = kind
    }
}

/// A tool's name, in a namespace where the wire has them (Responses).
package struct ToolName: Hashable, Sendable {
    /// The namespace, nil for none.
    package var namespace: String?
    /// The name in it.
    package var name: String
    /// The namespace's description, carried with its tools.
    package var namespaceDescription: String?

    /// `name` in `namespace`.
    package init(_ name: String, namespace: String? = nil) {
        self.name = name
        self.namespace = namespace
    }

    // A description is no part of the identity.
    package static func == (one: ToolName, other: ToolName) -> Bool {
        one.name == other.name && one.namespace == other.namespace
    }

    /// Feeds name and namespace to `hasher`.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(namespace)
    }
}

/// A tool that the provider runs itself.
package struct ServerTool: Hashable, Sendable {
    /// What it does, as far as wires share it.
    package enum Purpose: String, Hashable, Sendable {
        /// Searches the web.
        case webSearch = "web_search"
        /// Fetches a page.
        case webFetch = "web_fetch"
        /// Runs code.
        case codeExecution = "code_execution"
        /// Makes pictures.
        case imageGeneration = "image_generation"
        /// Searches the provider's files.
        case fileSearch = "file_search"
        /// Finds tools among deferred ones.
        case toolSearch = "tool_search"
        /// Anything else.
        case other
    }

    /// What it does.
    package var purpose: Purpose
    /// Whose declaration it is.
    package var family: WireFamily
    /// The declaration, as it came.
    package var declaration: JSONValue

    /// A tool of these parts.
    package init(purpose: Purpose, family: WireFamily, declaration: JSONValue) {
        self.purpose = purpose
        self.family = family
        self.declaration = declaration
    }

    /// What the declaration says, by member; what OpenRouter says in `parameters` and OpenAI in
    /// `filters` among it.
    var options: [JSONMember] {
        (declaration.object ?? []).flatMap { member -> [JSONMember] in
            let isNested = member.key == "parameters" || member.key == "filters"
            return isNested ? member.value.object ?? [member] : [member]
        }
    }

    /// Notes what the declaration says and a provider of another family is not told.
    ///
    /// - Parameter told: The members it is told.
    func noteUntold(except told: Set<String>, lost: inout Degradations) {
        for option in options where !told.contains(option.key) && !Self.isIdle(option) {
            lost.note("tools.\(purpose.rawValue).\(option.key)")
        }
    }

    /// Whether `option` only names the tool, or asks for what happens anyway.
    private static func isIdle(_ option: JSONMember) -> Bool {
        switch (option.key, option.value) {
        case ("type", _), ("name", _), ("cache_control", _), ("defer_loading", _): true
        case (_, .null), (_, .array([])), (_, .object([])): true
        case ("allowed_callers", .array(let callers)): callers.contains("direct")
        case ("strict", false), ("response_inclusion", "full"): true
        // OpenAI's place for code; every provider has one of its own.
        case ("container", ["type": "auto"]): true
        case ("search_context_size", "medium"): true
        default: false
        }
    }
}

/// Which tools the model may or must call.
package enum ToolChoice: Hashable, Sendable {
    /// As it likes.
    case auto
    /// None.
    case none
    /// At least one, whichever.
    case required
    /// This one.
    case tool(ToolName)
    /// Any of these: at least one, or as it likes.
    case allowed([ToolName], required: Bool)
}
