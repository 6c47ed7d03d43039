import AgentRouteWire

/// What a request says that its reader has no place for: sources of the model's earlier words, checks
/// that were acknowledged, which program called a function.
enum ResponsesUnplaced {
    private static let ofEvery: Set<String> = ["id", "status", "type"]
    private static let ofParts: [String: Set<String>] = [
        "input_text": ["text"], "output_text": ["logprobs", "text"], "refusal": ["refusal"],
        "input_image": ["detail", "file_id", "image_url"],
        "input_file": ["detail", "file_data", "file_id", "file_url", "filename"],
    ]
    private static let ofItems: [String: Set<String>] = [
        "message": ["content", "phase", "role"],
        // The item, and the request's setting of the same name.
        "reasoning": ["content", "effort", "encrypted_content", "generate_summary", "summary"],
        "text": ["format", "verbosity"],
        "function_call": ["arguments", "call_id", "name", "namespace"],
        "function_call_output": ["call_id", "name", "output"],
        "custom_tool_call": ["call_id", "input", "name", "namespace"],
        "custom_tool_call_output": ["call_id", "name", "output"],
        "local_shell_call": ["action", "call_id"],
        "local_shell_call_output": ["call_id", "output"],
        "shell_call": ["action", "call_id"],
        "shell_call_output": ["call_id", "max_output_length", "output"],
        "apply_patch_call": ["call_id", "operation"],
        "apply_patch_call_output": ["call_id", "output"],
        "computer_call": ["action", "actions", "call_id"],
        "computer_call_output": ["call_id", "output"],
    ]
    private static let known = KnownMembers(
        ofParts.mapValues { $0.union(["prompt_cache_breakpoint", "type"]) }
            .merging(ofItems.mapValues { $0.union(ofEvery) }) { one, _ in one })

    /// The names of it in a request.
    static func losses(in request: JSONValue) -> Degradations {
        var unplaced = Degradations()
        for item in request["input"]?.array ?? [] {
            known.note(item, item["type"]?.string ?? "message", in: &unplaced)
            for part in (item["content"]?.array ?? []) + (item["output"]?.array ?? []) {
                known.note(part, part["type"]?.string, in: &unplaced)
            }
        }
        known.note(request["reasoning"] ?? .null, "reasoning", in: &unplaced)
        known.note(request["text"] ?? .null, "text", in: &unplaced)
        for name in request["include"]?.array ?? [] where !isSaid(name) {
            unplaced.note("include.\(name.string ?? "")")
        }
        return unplaced
    }

    /// Whether what is to be included is so anyway, or known by another name.
    private static func isSaid(_ name: JSONValue) -> Bool {
        ["reasoning.encrypted_content", "message.output_text.logprobs"].contains(name)
    }
}
