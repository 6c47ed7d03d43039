import AgentRouteWire

/// Reads an answer of the Messages API.
///
/// Blocks are told apart by their index, so that it does not matter whether they come one after the
/// other. Events and deltas of unknown types say nothing, as the vendor asks of readers.
struct AnthropicMessagesDecoder: AnswerDecoder {
    /// A block between its start and its stop.
    private struct OpenBlock {
        enum Kind {
            case text, thinking, redacted, tool, opaque
        }

        let index: Int
        let kind: Kind
        /// The block as it began.
        let start: JSONValue
        /// Thoughts so far; the signature that came for them.
        var thoughts = ""
        var signature = ""
        /// Input of a tool that came in pieces: all of it for the provider's own tools, else only
        /// whether there was any.
        var input = ""
        var hasInput = false
    }

    private var blocks: [OpenBlock] = []
    /// Whether there is text, and whether the last block was none.
    private var saysText = false
    private var isInterrupted = false
    private var usage = AnthropicUsageReader()

    init() {}

    mutating func event(
        name: RawSpan, data: RawSpan, document: inout JSONDocument,
        to sink: (StreamEvent) -> Void
    ) {
        // Some compatible providers end with chat's mark.
        if data.equals("[DONE]") { return }
        do throws(JSONSyntaxError) {
            try document.read(data) { event in read(event, to: sink) }
        } catch {
            sink(.failure(.malformed("an event of the provider is not JSON: \(error)")))
        }
    }

    /// `message_stop` has said all there is to say; without it the answer is cut.
    mutating func finish(to sink: (StreamEvent) -> Void) {}

    private mutating func read(_ event: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let type = event["type"] else {
            guard event["error"] != nil else {
                return sink(.failure(.malformed("an event of the provider has no type")))
            }
            return sink(.failure(AnthropicFailure.read(status: 200, body: event.value, text: "")))
        }
        if type.equals("content_block_delta") {
            delta(event, to: sink)
        } else if type.equals("content_block_start") {
            guard let index = event["index"]?.int, let block = event["content_block"] else {
                return sink(.failure(.malformed("a block of the provider has no content")))
            }
            open(index, block.value, to: sink)
        } else if type.equals("content_block_stop") {
            if let index = event["index"]?.int { close(index, to: sink) }
        } else if type.equals("message_start") {
            if let message = event["message"]?.value { begin(message, to: sink) }
        } else if type.equals("message_delta") {
            usage.read(event["usage"]?.value, to: sink)
            if let delta = event["delta"]?.value { stop(delta, to: sink) }
        } else if type.equals("message_stop") {
            sink(.end)
        } else if type.equals("ping") {
            sink(.alive)
        } else if type.equals("error") {
            sink(.failure(AnthropicFailure.read(status: 200, body: event.value, text: "")))
        }
    }

    // MARK: The message

    private mutating func begin(_ message: JSONValue, to sink: (StreamEvent) -> Void) {
        sink(.start(id: message["id"]?.string, model: message["model"]?.string))
        usage.read(message["usage"], to: sink)
    }

    /// `message` has `stop_reason` and `stop_sequence`.
    private func stop(_ message: JSONValue, to sink: (StreamEvent) -> Void) {
        guard let word = message["stop_reason"]?.string else { return }
        let reason: StopReason =
            switch word {
            case "end_turn": .endTurn
            case "tool_use": .toolUse
            case "max_tokens": .maxTokens
            case "stop_sequence": .stopSequence(message["stop_sequence"]?.string)
            case "refusal": .refusal(word)
            case "pause_turn": .pause
            case "model_context_window_exceeded": .contextWindow
            default: .other(word)
            }
        // What is said of a refusal besides the text.
        if let words = message["stop_details"]?["explanation"]?.string { sink(.refusal(words)) }
        sink(.stop(reason))
    }

    mutating func whole(_ body: JSONValue, to sink: (StreamEvent) -> Void) {
        guard let content = body["content"]?.array else {
            guard let error = body["error"], error != .null else {
                return sink(.failure(.malformed("the provider's answer is no message")))
            }
            return sink(.failure(AnthropicFailure.read(status: 200, body: body, text: "")))
        }
        begin(body, to: sink)
        for (index, block) in content.enumerated() {
            open(index, block, to: sink)
            close(index, to: sink)
        }
        stop(body, to: sink)
        sink(.end)
    }

    // MARK: Blocks

    private mutating func open(
        _ index: Int, _ block: JSONValue, to sink: (StreamEvent) -> Void
    ) {
        let type = block["type"]?.string
        if type == "text" {
            // Pieces of a cited text are blocks of their own; what stands behind another block is a
            // text of its own.
            if isInterrupted { sink(.separation) }
            isInterrupted = false
            saysText = true
        } else {
            isInterrupted = saysText
        }
        let kind: OpenBlock.Kind =
            switch type {
            case "text": .text
            case "thinking": .thinking
            case "redacted_thinking": .redacted
            case "tool_use": .tool
            default: .opaque
            }
        var opened = OpenBlock(index: index, kind: kind, start: block)
        switch kind {
        case .text:
            if let text = block["text"]?.string, !text.isEmpty { sink(.text(text)) }
            for citation in block["citations"]?.array ?? [] { cite(citation, to: sink) }
        case .thinking:
            opened.thoughts = block["thinking"]?.string ?? ""
            opened.signature = block["signature"]?.string ?? ""
            if !opened.thoughts.isEmpty { sink(.reasoning(opened.thoughts)) }
        case .tool:
            let name = block["name"]?.string
            sink(.toolCall(key: index, id: block["id"]?.string, name: name, arguments: nil))
        case .redacted, .opaque: break
        }
        blocks.removeAll { $0.index == index }
        blocks.append(opened)
    }

    private mutating func delta(_ event: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let delta = event["delta"], let type = delta["type"] else {
            return sink(.failure(.malformed("a delta of the provider has no type")))
        }
        if type.equals("text_delta") {
            if let text = delta["text"]?.string { sink(.text(text)) }
            return
        }
        if type.equals("citations_delta") {
            if let citation = delta["citation"]?.value { cite(citation, to: sink) }
            return
        }
        let index = event["index"]?.int
        let place = blocks.lastIndex { $0.index == index }
        if type.equals("thinking_delta") {
            guard let text = delta["thinking"]?.string else { return }
            if let place { blocks[place].thoughts += text }
            sink(.reasoning(text))
        } else if type.equals("signature_delta") {
            if let place { blocks[place].signature = delta["signature"]?.string ?? "" }
        } else if type.equals("input_json_delta") {
            guard let place else {
                return sink(.failure(.malformed("input for a tool call that has not begun")))
            }
            addInput(delta["partial_json"]?.string ?? "", at: place, to: sink)
        }
    }

    private mutating func addInput(
        _ piece: String, at place: Int, to sink: (StreamEvent) -> Void
    ) {
        guard !piece.isEmpty else { return }
        blocks[place].hasInput = true
        if blocks[place].kind == .tool {
            sink(.toolCall(key: blocks[place].index, id: nil, name: nil, arguments: piece))
        } else {
            blocks[place].input += piece
        }
    }

    private mutating func close(_ index: Int, to sink: (StreamEvent) -> Void) {
        guard let place = blocks.lastIndex(where: { $0.index == index }) else { return }
        let block = blocks.remove(at: place)
        switch block.kind {
        case .text: sink(.blockEnd(seal: nil))
        case .thinking:
            guard !block.signature.isEmpty else { return sink(.blockEnd(seal: nil)) }
            let seal: JSONValue = [
                "thinking": .string(block.thoughts), "signature": .string(block.signature),
            ]
            sink(.blockEnd(seal: seal))
        case .redacted:
            sink(.blockEnd(seal: block.start["data"].map { ["redacted": $0] }))
        case .tool:
            // What stands in the start is all there is, if no piece has come.
            guard !block.hasInput else { return sink(.toolCallEnd(key: index, arguments: nil)) }
            let input = (block.start["input"] ?? [:]).serialized()
            sink(.toolCallEnd(key: index, arguments: String(decoding: input, as: UTF8.self)))
        case .opaque: sink(.opaque(Self.opaque(block)))
        }
    }

    /// A block of the provider's own, its input put together.
    private static func opaque(_ block: OpenBlock) -> OpaqueBlock {
        var value = block.start
        if block.hasInput, let input = try? JSONValue.parse(Array(block.input.utf8)) {
            var members = (value.object ?? []).filter { $0.key != "input" }
            members.append(JSONMember(key: "input", value: input))
            value = .object(members)
        }
        let type = value["type"]?.string ?? "unknown"
        return OpaqueBlock(family: .anthropic, type: type, value: value)
    }

    /// Places in the client's own documents have no address.
    private func cite(_ source: JSONValue, to sink: (StreamEvent) -> Void) {
        let address = source["url"]?.string ?? source["source"]?.string ?? ""
        var citation = Citation(url: address, title: source["title"]?.string)
        citation.citedText = source["cited_text"]?.string
        sink(.citation(citation))
    }
}

/// Reads counts as they come, in the first event and in the last: what one does not repeat still
/// counts.
struct AnthropicUsageReader {
    private var uncached: Int?
    private var cacheRead: Int?
    private var cacheWrite: Int?

    /// Gives what `counts` says together with what was said before.
    mutating func read(_ counts: JSONValue?, to sink: (StreamEvent) -> Void) {
        guard let counts, counts.object != nil else { return }
        uncached = counts["input_tokens"]?.int ?? uncached
        cacheRead = counts["cache_read_input_tokens"]?.int ?? cacheRead
        cacheWrite = counts["cache_creation_input_tokens"]?.int ?? cacheWrite
        var usage = Usage()
        usage.input = uncached.map { $0 &+ (cacheRead ?? 0) &+ (cacheWrite ?? 0) }
        usage.cacheRead = cacheRead
        usage.cacheWrite = cacheWrite
        usage.output = counts["output_tokens"]?.int
        usage.reasoning = counts["output_tokens_details"]?["thinking_tokens"]?.int
        if case .number(let cost)? = counts["cost"] { usage.cost = cost }
        usage.serviceTier = counts["service_tier"]?.string
        sink(.usage(usage))
    }
}
