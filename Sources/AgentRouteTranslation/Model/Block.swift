package import AgentRouteWire

/// A part of a message, with its cache mark.
package struct Block: Hashable, Sendable {
    /// What it holds.
    package var content: Content
    /// Anthropic's `cache_control`, as it came: the prompt up to here is to be cached.
    package var cache: JSONValue?

    /// A block of `content`.
    package init(_ content: Content, cache: JSONValue? = nil) {
        self.content = content
        self.cache = cache
    }

    /// A block of text.
    package static func text(_ text: String, cache: JSONValue? = nil) -> Block {
        Block(.text(text), cache: cache)
    }

    /// The text, if it is one.
    package var text: String? {
        if case .text(let text) = content { text } else { nil }
    }
}

extension Block {
    /// What a block holds.
    package enum Content: Hashable, Sendable {
        /// Text.
        case text(String)
        /// The model's refusal, in OpenAI's wires apart from its text.
        case refusal(String)
        /// A picture.
        case image(Media)
        /// A PDF, a text, any file to be read.
        case document(Media)
        /// Sound. `Media.mediaType` is `audio/...`.
        case audio(Media)
        /// A moving picture.
        case video(Media)
        /// The model calls a tool.
        case toolCall(ToolCall)
        /// What came of it.
        case toolResult(ToolResult)
        /// What the model thought.
        case reasoning(Reasoning)
        /// Names a deferred tool that the model may call from here on (Anthropic's `tool_reference`).
        case toolReference(String)
        /// A block only its own wire knows: a search result, a provider's own tool call.
        case opaque(OpaqueBlock)
    }
}

/// A picture, document, sound or film.
package struct Media: Hashable, Sendable {
    /// Where its bytes are.
    package enum Source: Hashable, Sendable {
        /// Here, in base64.
        case base64(String)
        /// Somewhere to be fetched.
        case url(String)
        /// With the provider, by its name there (Anthropic's `file_id`, OpenAI's, Gemini's `fileUri`).
        case fileID(String)
        /// Here, as plain text.
        case text(String)
        /// Here, as blocks (Anthropic's `content` source).
        case blocks([Block])
    }

    /// Where its bytes are.
    package var source: Source
    /// The media type, `image/png`; nil where the wire does not say.
    package var mediaType: String?
    /// A name for the model: a file name, Anthropic's `title`.
    package var title: String?
    /// Anthropic's `context` of a document.
    package var context: String?
    /// OpenAI's `detail`: `low`, `high`, `auto`.
    package var detail: String?
    /// Whether Anthropic's citations of it are on.
    package var citations: Bool?

    /// Its address behind a blank, for words about what is left out; empty where it has none.
    var place: String {
        guard case .url(let url) = source, url.hasPrefix("http") else { return "" }
        return " " + url
    }

    /// Notes the loss of ``detail``, where the wire has no word for it.
    func noteDetail(_ lost: inout Degradations) {
        if let detail, detail != "auto" { lost.note("detail") }
    }

    /// Media from `source`.
    package init(_ source: Source, mediaType: String? = nil, title: String? = nil) {
        self.source = source
        self.mediaType = mediaType
        self.title = title
    }
}

/// A call of a tool by the model.
package struct ToolCall: Hashable, Sendable {
    /// What the tool is given.
    package enum Input: Hashable, Sendable {
        /// A JSON text, byte for byte as the wire's string held it, or written from its object.
        case json(String)
        /// Text of no form: the input of a custom tool.
        case text(String)
    }

    /// The call's name, by which its result is given.
    package var id: String
    /// The tool's name.
    package var name: ToolName
    /// What it is given.
    package var input: Input

    /// A call of these parts.
    package init(id: String, name: ToolName, input: Input) {
        self.id = id
        self.name = name
        self.input = input
    }
}

/// What came of a tool call.
package struct ToolResult: Hashable, Sendable {
    /// The call's name.
    package var callID: String
    /// The tool's name where the wire gives it (Gemini), else nil.
    package var name: String?
    /// Text, images, documents, tool references; none at all is allowed.
    package var content: [Block]
    /// Whether the tool failed; nil if not said.
    package var isError: Bool?
    /// The call was one of a custom tool: Responses answers it with another item.
    package var isCustom = false

    /// A result of these parts.
    package init(callID: String, content: [Block], isError: Bool? = nil) {
        self.callID = callID
        self.content = content
        self.isError = isError
    }
}

/// What the model thought, and what only its issuer can read of it.
package struct Reasoning: Hashable, Sendable {
    /// The thoughts, or a summary of them; empty where they are hidden.
    package var text: String
    /// What has to go back to the issuer as it came; nil if there is none.
    package var seal: ReasoningSeal?

    /// Thoughts with their seal.
    package init(_ text: String, seal: ReasoningSeal? = nil) {
        self.text = text
        self.seal = seal
    }
}

/// A block only its own wire knows.
package struct OpaqueBlock: Hashable, Sendable {
    /// Whose it is.
    package var family: WireFamily
    /// The block, as it came.
    package var value: JSONValue
    /// Its type as its wire names it, for messages.
    package var type: String
    /// The picture it is, if it is one: other families have a form for those.
    package var picture: Media?

    /// A block of `family`.
    package init(family: WireFamily, type: String, value: JSONValue, picture: Media? = nil) {
        self.family = family
        self.type = type
        self.value = value
        self.picture = picture
    }
}
