import AgentRouteWire

/// Keeps the newest cache marks of a request and takes off the others: providers refuse more than a
/// few. Order is that of the prompt: tools, system, turns.
struct CacheMarks {
    /// How many may stay.
    let limit: Int

    /// Takes marks off `conversation` and notes it in `lost`.
    func apply(to conversation: inout Conversation, lost: inout Degradations) {
        var surplus = Self.count(conversation) - limit
        guard surplus > 0 else { return }
        lost.note("cache_control")
        for index in conversation.tools.indices {
            Self.take(&conversation.tools[index].cache, &surplus)
        }
        Self.take(from: &conversation.instructions, &surplus)
        for index in conversation.turns.indices {
            Self.take(from: &conversation.turns[index].blocks, &surplus)
        }
    }

    /// How many there are.
    static func count(_ conversation: Conversation) -> Int {
        conversation.tools.count { $0.cache != nil } + count(conversation.instructions)
            + conversation.turns.reduce(0) { $0 + count($1.blocks) }
    }

    private static func count(_ blocks: [Block]) -> Int {
        blocks.reduce(0) { sum, block in
            let inner: Int
            if case .toolResult(let result) = block.content {
                inner = count(result.content)
            } else {
                inner = 0
            }
            return sum + inner + (block.cache == nil ? 0 : 1)
        }
    }

    private static func take(from blocks: inout [Block], _ surplus: inout Int) {
        for index in blocks.indices where surplus > 0 {
            if case .toolResult(var result) = blocks[index].content {
                take(from: &result.content, &surplus)
                blocks[index].content = .toolResult(result)
            }
            take(&blocks[index].cache, &surplus)
        }
    }

    private static func take(_ mark: inout JSONValue?, _ surplus: inout Int) {
        guard surplus > 0, mark != nil else { return }
        mark = nil
        surplus -= 1
    }
}
