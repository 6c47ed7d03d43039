import AgentRouteWire

/// What a request says that its reader has no place for: sources and pictures of the model's earlier
/// answers, say.
enum OpenAIChatUnplaced {
    private static let known = KnownMembers([
        "assistant": [
            "audio", "content", "function_call", "name", "reasoning", "reasoning_content",
            "reasoning_details", "refusal", "role", "tool_calls",
        ],
        "developer": ["content", "name", "role"],
        "function": ["content", "name", "role"],
        "system": ["content", "name", "role"],
        "tool": ["content", "name", "role", "tool_call_id"],
        "user": ["content", "name", "role"],
        "tool_calls": ["custom", "function", "id", "index", "type"],
        "text": ["cache_control", "prompt_cache_breakpoint", "text", "type"],
        "image_url": ["cache_control", "image_url", "prompt_cache_breakpoint", "type"],
        "input_audio": ["cache_control", "input_audio", "prompt_cache_breakpoint", "type"],
        "file": ["cache_control", "file", "prompt_cache_breakpoint", "type"],
        "video_url": ["cache_control", "prompt_cache_breakpoint", "type", "video_url"],
        "reasoning": ["effort", "enabled", "exclude", "max_tokens", "summary"],
        "thinking": ["budget_tokens", "type"],
    ])

    /// The names of it in a request.
    static func losses(in request: JSONValue) -> Degradations {
        var unplaced = Degradations()
        known.note(request["reasoning"] ?? .null, "reasoning", in: &unplaced)
        known.note(request["thinking"] ?? .null, "thinking", in: &unplaced)
        var isLeading = true
        for message in request["messages"]?.array ?? [] {
            let role = message["role"]?.string
            known.note(message, role, in: &unplaced)
            isLeading = isLeading && (role == "system" || role == "developer")
            // Instructions at the head have no speaker.
            if isLeading, message["name"]?.string != nil { unplaced.note("participant_names") }
            for part in message["content"]?.array ?? [] {
                known.note(part, part["type"]?.string, in: &unplaced)
            }
            for call in message["tool_calls"]?.array ?? [] {
                known.note(call, "tool_calls", in: &unplaced)
            }
        }
        return unplaced
    }
}
