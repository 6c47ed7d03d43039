import AgentRouteWire

/// A stream of Anthropic's Messages API.
///
/// Source: Anthropic's "Streaming messages".
struct MessagesGrammar: ClientGrammar {
    private(set) var answer = ReadAnswer()
    private var hasStarted = false
    private var nextIndex = 0
    private var open: Block?

    private struct Block {
        let type: String
        let name: String
        var input = ""
        var isSealed = false
    }

    mutating func read(_ event: ClientEvent) throws(GrammarFault) {
        let json = try event.json()
        let type = try json.string("type")
        try demand(event.name == type, "the event is not named for its type")
        if type == "error" { return try readError(json) }
        if type == "message_start" { return try start(json) }
        try demand(hasStarted, "comes before message_start")
        switch type {
        case "ping": try json.only(["type"])
        case "content_block_start": try openBlock(json)
        case "content_block_delta": try grow(json)
        case "content_block_stop": try close(json)
        case "message_delta": try finish(json)
        case "message_stop":
            try demand(answer.stop != nil, "message_stop without a stop_reason")
            answer.end = .finished
        default: throw GrammarFault("an unknown event")
        }
    }

    private mutating func readError(_ json: StrictJSON) throws(GrammarFault) {
        let error = try json.member("error")
        _ = try error.word(
            "type",
            among: [
                "invalid_request_error", "authentication_error", "billing_error",
                "permission_error", "not_found_error", "request_too_large", "rate_limit_error",
                "timeout_error", "overloaded_error", "api_error",
            ])
        _ = try error.word("message")
        answer.end = .failed
    }

    private mutating func start(_ json: StrictJSON) throws(GrammarFault) {
        try demand(!hasStarted, "a second message_start")
        hasStarted = true
        let message = try json.member("message")
        try demand(try message.string("id").hasPrefix("msg_"), "the id is none of a message")
        try message.expect("type", is: "message")
        try message.expect("role", is: "assistant")
        try message.expect("content", is: [])
        try message.expect("stop_reason", is: nil)
        try message.expect("stop_sequence", is: nil)
        _ = try message.word("model")
        let usage = try message.member("usage")
        _ = try usage.count("input_tokens")
        _ = try usage.count("output_tokens")
    }

    // MARK: Blocks

    private mutating func openBlock(_ json: StrictJSON) throws(GrammarFault) {
        try demand(open == nil, "a block begins in another")
        try demand(answer.stop == nil, "a block begins after message_delta")
        try demand(try json.count("index") == nextIndex, "the index is not the next")
        let block = try json.member("content_block")
        let type = try block.string("type")
        var name = ""
        switch type {
        case "text": try block.expect("text", is: "")
        case "thinking":
            try block.expect("thinking", is: "")
            try block.expect("signature", is: "")
        case "redacted_thinking": answer.seals.append(try block.word("data"))
        case "tool_use":
            name = try block.word("name")
            try demand(isCallID(try block.string("id")), "the id is none of a call")
            try block.expect("input", is: [:])
        default: break
        }
        open = Block(type: type, name: name)
    }

    private mutating func grow(_ json: StrictJSON) throws(GrammarFault) {
        guard var block = open else { throw GrammarFault("a delta outside a block") }
        try demand(try json.count("index") == nextIndex, "a delta of another block")
        try demand(!block.isSealed, "a delta after the signature")
        let delta = try json.member("delta")
        switch (block.type, try delta.string("type")) {
        case ("text", "text_delta"): answer.text += try delta.word("text")
        case ("text", "citations_delta"): _ = try delta.member("citation").word("type")
        case ("thinking", "thinking_delta"): answer.thoughts += try delta.word("thinking")
        case ("thinking", "signature_delta"):
            answer.seals.append(try delta.word("signature"))
            block.isSealed = true
        case ("tool_use", "input_json_delta"): block.input += try delta.word("partial_json")
        default: throw GrammarFault("a delta of another type than its block")
        }
        open = block
    }

    private mutating func close(_ json: StrictJSON) throws(GrammarFault) {
        guard let block = open else { throw GrammarFault("no block is open") }
        try demand(try json.count("index") == nextIndex, "the end of another block")
        if block.type == "tool_use" {
            try demand(isJSONObject(block.input), "the input of a tool is no object")
            answer.calls.append(ReadAnswer.Call(name: block.name, arguments: block.input))
        }
        open = nil
        nextIndex += 1
    }

    private mutating func finish(_ json: StrictJSON) throws(GrammarFault) {
        try demand(open == nil, "message_delta in a block")
        try demand(answer.stop == nil, "a second message_delta")
        let delta = try json.member("delta")
        let stop = try delta.word(
            "stop_reason",
            among: [
                "end_turn", "tool_use", "max_tokens", "stop_sequence", "refusal", "pause_turn",
                "model_context_window_exceeded",
            ])
        if stop == "stop_sequence" {
            _ = try delta.word("stop_sequence")
        } else {
            try delta.expect("stop_sequence", is: nil)
        }
        try demand(stop != "tool_use" || !answer.calls.isEmpty, "tool_use without a tool")
        try demand(stop != "end_turn" || answer.calls.isEmpty, "end_turn with a tool")
        let usage = try json.member("usage")
        _ = try usage.count("input_tokens")
        _ = try usage.count("output_tokens")
        answer.usage = usage.value
        answer.stop = stop
    }
}
