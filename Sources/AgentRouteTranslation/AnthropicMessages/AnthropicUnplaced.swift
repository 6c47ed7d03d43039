import AgentRouteWire

/// What a request says that its reader has no place for: sources of the model's own earlier words, what
/// becomes of an oversized picture, who called a tool.
enum AnthropicUnplaced {
    private static let known = KnownMembers([
        "message": ["content", "output_config", "role"],
        "text": ["cache_control", "text", "type"],
        "image": ["cache_control", "source", "type"],
        "document": ["cache_control", "citations", "context", "source", "title", "type"],
        "search_result": ["cache_control", "citations", "content", "source", "title", "type"],
        // The block, and the request's setting of the same name.
        "thinking": [
            "budget_tokens", "cache_control", "display", "signature", "thinking", "type",
        ],
        "redacted_thinking": ["cache_control", "data", "type"],
        "tool_use": ["cache_control", "id", "input", "name", "type"],
        "tool_result": ["cache_control", "content", "is_error", "tool_use_id", "type"],
        "compaction": ["cache_control", "content", "type"],
        "tool_choice": ["disable_parallel_tool_use", "name", "type"],
    ])

    /// The names of it in a request.
    static func losses(in request: JSONValue) -> Degradations {
        var unplaced = Degradations()
        note(request["system"], in: &unplaced)
        known.note(request["thinking"] ?? .null, "thinking", in: &unplaced)
        known.note(request["tool_choice"] ?? .null, "tool_choice", in: &unplaced)
        for message in request["messages"]?.array ?? [] {
            // What holds until the user speaks again holds for this answer.
            let isForNow = message["clear_at"] == "never" || message["clear_at"] == nil
            if !isForNow { unplaced.note("message.clear_at") }
            let members = (message.object ?? []).filter { $0.key != "clear_at" }
            known.note(.object(members), "message", in: &unplaced)
            note(message["content"], in: &unplaced)
        }
        return unplaced
    }

    private static func note(_ content: JSONValue?, in unplaced: inout Degradations) {
        for block in content?.array ?? [] {
            known.note(block, block["type"]?.string, in: &unplaced)
            note(block["content"], in: &unplaced)
            note(block["source"]?["content"], in: &unplaced)
        }
    }
}
