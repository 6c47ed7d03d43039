import AgentRouteWire

/// OpenAI's mark of the end of a prefix to be cached, in Anthropic's words.
enum OpenAICacheMark {
    /// The `prompt_cache_breakpoint` of a part; nil if it has none.
    static func read(_ part: RequestReader) throws(RequestFault) -> JSONValue? {
        guard let mark = try part.optional("prompt_cache_breakpoint") else { return nil }
        return try mark.string("ttl") == "12h"
            ? ["type": "ephemeral", "ttl": "1h"] : ["type": "ephemeral"]
    }
}
