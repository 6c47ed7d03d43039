import AgentRouteWire

/// Brings turns into the order the wire asks for: the user first, roles in turn, every tool call
/// answered at the head of the message after it, no text without a word in it.
struct AnthropicTurns {
    /// One message to be written.
    struct Message {
        /// Whether the model speaks.
        let isAssistant: Bool
        /// What is said.
        var blocks: [Block] = []
        /// The ids of the calls among it, in order.
        fileprivate var calls: [String] = []
        /// Their results, by id.
        fileprivate var results: [String: Block] = [:]

        init(isAssistant: Bool) {
            self.isAssistant = isAssistant
        }

        /// Whether results of tools stand at its head.
        var hasToolResults: Bool {
            if case .toolResult = blocks.first?.content { true } else { false }
        }
    }

    /// What had to be changed.
    private(set) var lost = Degradations()
    private var messages: [Message] = []
    /// Calls without a result yet, by their ids as they came: the message and the id as it is sent.
    private var open: [String: [(message: Int, id: String)]] = [:]
    private var usedIDs: Set<String> = []

    init(_ turns: [Turn]) {
        for turn in turns { add(turn) }
    }

    // MARK: Collecting

    private mutating func add(_ turn: Turn) {
        let isAssistant = turn.role == .assistant
        for block in turn.blocks {
            switch block.content {
            case .toolResult(let result): answer(result, block.cache)
            case .toolCall(let call): issue(call, block.cache)
            case .text(let text), .refusal(let text):
                if !text.isBlank { append(.text(text, cache: block.cache), isAssistant) }
            case .reasoning(let reasoning):
                if reasoning.isOwn { append(block, isAssistant) }
            // Outside of results it names a tool that is declared without delay.
            case .toolReference: continue
            default: append(block, isAssistant)
            }
        }
    }

    private mutating func append(_ block: Block, _ isAssistant: Bool) {
        let place = place(isAssistant)
        messages[place].blocks.append(block)
    }

    /// The message to add to: the last one, if it is of the same side and no call of it is answered.
    private mutating func place(_ isAssistant: Bool) -> Int {
        if let last = messages.last, last.isAssistant == isAssistant, last.results.isEmpty {
            return messages.count - 1
        }
        messages.append(Message(isAssistant: isAssistant))
        return messages.count - 1
    }

    private mutating func issue(_ call: ToolCall, _ cache: JSONValue?) {
        let place = place(true)
        var sent = call
        sent.id = unusedID(ToolCallID.sanitized(call.id))
        messages[place].blocks.append(Block(.toolCall(sent), cache: cache))
        messages[place].calls.append(sent.id)
        open[call.id, default: []].append((place, sent.id))
    }

    /// Ids are refused twice; some models name every first call the same.
    private mutating func unusedID(_ id: String) -> String {
        var unused = id
        var number = 2
        while !usedIDs.insert(unused).inserted {
            unused = "\(id)_\(number)"
            number += 1
        }
        return unused
    }

    private mutating func answer(_ result: ToolResult, _ cache: JSONValue?) {
        guard var waiting = open[result.callID], !waiting.isEmpty else {
            return addOrphan(result)
        }
        let call = waiting.removeFirst()
        open[result.callID] = waiting
        var sent = result
        sent.callID = call.id
        messages[call.message].results[call.id] = Block(.toolResult(sent), cache: cache)
    }

    /// A result whose call is not there, cut from the history say, can only be told.
    private mutating func addOrphan(_ result: ToolResult) {
        lost.note("tool_result")
        append(.text("[result of an earlier tool call]"), false)
        for block in result.content where block.text?.isBlank != true { append(block, false) }
    }

    // MARK: Ordering

    /// The messages, as they are to be sent.
    ///
    /// - Parameter prefill: Whether the last may be the model's, to be continued.
    mutating func messages(prefill: Bool) -> [Message] {
        var ordered: [Message] = []
        var results: [Block] = []
        for message in messages {
            // A message of the user's is due: results, or the opening.
            if message.isAssistant, ordered.isEmpty || !results.isEmpty {
                ordered.append(Self.user(results))
            }
            var message = message
            if !message.isAssistant { message.blocks.insert(contentsOf: results, at: 0) }
            results = message.calls.map { message.results[$0] ?? Self.missingResult($0) }
            ordered.append(message)
        }
        if !results.isEmpty || ordered.isEmpty { ordered.append(Self.user(results)) }
        finish(&ordered, prefill: prefill)
        return ordered
    }

    /// A message of `results`, or of a word where there has to be one.
    private static func user(_ results: [Block]) -> Message {
        var message = Message(isAssistant: false)
        message.blocks = results.isEmpty ? [.text("[start of the conversation]")] : results
        return message
    }

    private static func missingResult(_ id: String) -> Block {
        let content = [Block.text("no result was given for this call")]
        return Block(.toolResult(ToolResult(callID: id, content: content, isError: true)))
    }

    private mutating func finish(_ messages: inout [Message], prefill: Bool) {
        guard let last = messages.indices.last, messages[last].isAssistant else { return }
        guard prefill else {
            lost.note("prefill")
            var request = Message(isAssistant: false)
            request.blocks = [.text("[go on from where your last message ends]")]
            return messages.append(request)
        }
        // White space at the end of what is to be continued is refused.
        guard let block = messages[last].blocks.indices.last,
            let text = messages[last].blocks[block].text
        else { return }
        let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) }
        let trimmed = String(text[..<(end ?? text.startIndex)])
        messages[last].blocks[block].content = .text(trimmed)
    }
}

extension Reasoning {
    /// What Anthropic gave with it, if it is to go back there.
    var anthropicPayload: JSONValue? {
        if case .issued(_, let payload)? = seal { payload } else { nil }
    }

    /// Whether it can be written: thoughts without their seal are refused.
    fileprivate var isOwn: Bool {
        anthropicPayload?["signature"] != nil || anthropicPayload?["redacted"] != nil
    }
}
