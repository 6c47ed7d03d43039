import AgentRouteWire

/// Walks a conversation and counts what becomes of its prompt.
struct ConversationTally: ~Copyable {
    private var text = TextTally()
    private var schemas = TextTally()
    private var thoughts = TextTally()
    /// What is no text.
    private var others = TokenFeatures()
    /// Deferred tools that a block names.
    private var referenced: Set<String> = []
    private var namespaces: Set<String> = []
    private var writer = ByteWriter()

    /// What was counted.
    var features: TokenFeatures {
        var features = TokenFeatures(text)
        for feature in TokenFeature.allCases { features[feature] += others[feature] }
        features[.schema] += TokenFeatures(schemas).defaultTokens
        features[.reasoning] += TokenFeatures(thoughts).defaultTokens
        return features
    }

    /// Counts `conversation`.
    mutating func add(_ conversation: Conversation) {
        others[.request] += 1
        for block in conversation.instructions { add(block) }
        for turn in conversation.turns {
            others[.turns] += 1
            if let name = turn.name { text.add(name) }
            for block in turn.blocks { add(block) }
        }
        // After the turns: a reference in them brings a deferred tool into the prompt.
        for tool in conversation.tools where !tool.isDeferred || referenced.contains(tool.name.name)
        {
            others[.anyTools] = 1
            add(tool)
        }
        if case .jsonSchema(let name, let description, let schema, _) = conversation.outputFormat {
            if let name { text.add(name) }
            if let description { text.add(description) }
            add(schema: schema)
        }
    }

    private mutating func add(_ block: Block) {
        switch block.content {
        case .text(let words), .refusal(let words): text.add(words)
        case .image(let media):
            others[.pictures] += 1
            others[.pictureArea] += media.pictureTokens
        case .document(let media): add(document: media)
        case .audio(let media), .video(let media): others[.recordings] += media.recordingTokens
        case .toolCall(let call): add(call)
        case .toolResult(let result):
            others[.toolResults] += 1
            if let name = result.name { text.add(name) }
            for block in result.content { add(block) }
        case .reasoning(let reasoning): add(reasoning)
        case .toolReference(let name):
            referenced.insert(name)
            text.add(name)
        case .opaque(let block): add(opaque: block.value)
        }
    }

    private mutating func add(_ call: ToolCall) {
        others[.toolCalls] += 1
        text.add(call.name.name)
        switch call.input {
        case .json(let input), .text(let input): text.add(input)
        }
    }

    private mutating func add(document: Media) {
        if let title = document.title { text.add(title) }
        if let context = document.context { text.add(context) }
        switch document.source {
        case .text(let words): text.add(words)
        case .blocks(let blocks): for block in blocks { add(block) }
        case .base64, .url, .fileID: others[.documents] += document.documentTokens
        }
    }

    private mutating func add(_ reasoning: Reasoning) {
        guard reasoning.text.isEmpty else { return thoughts.add(reasoning.text) }
        switch reasoning.seal {
        case nil: break
        case .foreign(let sealed): others[.reasoning] += Self.sealedTokens(sealed)
        case .issued(_, let payload): others[.reasoning] += Self.sealedTokens(in: payload)
        }
    }

    private mutating func add(_ tool: Tool) {
        others[.tools] += 1
        if let namespace = tool.name.namespace, namespaces.insert(namespace).inserted {
            text.add(namespace)
            if let description = tool.name.namespaceDescription { text.add(description) }
        }
        text.add(tool.name.name)
        if let description = tool.description { text.add(description) }
        switch tool.kind {
        case .function(let schema?), .custom(let schema?): add(schema: schema)
        case .function(nil), .custom(nil): break
        case .server(let server): add(schema: server.declaration)
        }
        for member in tool.extras { add(schema: member.value) }
    }
}

// MARK: - JSON

extension ConversationTally {
    /// Counts a schema: its descriptions as text, the rest as JSON, which providers write anew.
    private mutating func add(schema: JSONValue) {
        write(schema: schema)
        writer.withBytes { schemas.add($0) }
        writer.clear()
    }

    private mutating func write(schema: JSONValue) {
        switch schema {
        case .array(let elements):
            writer.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.append(",") }
                write(schema: element)
            }
            writer.append("]")
        case .object(let members):
            writer.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.append(",") }
                write(member)
            }
            writer.append("}")
        case .null, .bool, .number, .string:
            schema.write(into: &writer)
        }
    }

    private mutating func write(_ member: JSONMember) {
        JSONString.encode(member.key, into: &writer)
        writer.append(":")
        if member.key == "description", case .string(let description) = member.value {
            text.add(description)
            writer.append("\"\"")
        } else {
            write(schema: member.value)
        }
    }

    /// Counts the strings of a block only its own wire knows, a search result say.
    private mutating func add(opaque value: JSONValue) {
        switch value {
        case .string(let words) where !Self.isSealed(words): text.add(words)
        case .array(let elements): for element in elements { add(opaque: element) }
        case .object(let members): for member in members { add(opaque: member.value) }
        case .null, .bool, .number, .string: break
        }
    }

    /// Whether `words` are encrypted or encoded: long, and of visible ASCII alone at the beginning.
    private static func isSealed(_ words: String) -> Bool {
        words.utf8.count > 200 && words.utf8.prefix(200).allSatisfy { 0x21...0x7E ~= $0 }
    }

    /// The tokens of thoughts that can only be seen encrypted. A token is about four bytes, and six
    /// in base64 and with what encryption adds.
    private static func sealedTokens(_ sealed: String) -> Double {
        Double(sealed.utf8.count) / 6
    }

    private static func sealedTokens(in value: JSONValue) -> Double {
        switch value {
        case .string(let sealed): sealedTokens(sealed)
        case .array(let elements): elements.reduce(0) { $0 + sealedTokens(in: $1) }
        case .object(let members): members.reduce(0) { $0 + sealedTokens(in: $1.value) }
        case .null, .bool, .number: 0
        }
    }
}
