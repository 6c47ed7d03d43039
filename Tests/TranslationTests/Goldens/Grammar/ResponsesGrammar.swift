import AgentRouteWire

/// A stream of the Responses API.
///
/// Source: OpenAI's "Responses: streaming events".
struct ResponsesGrammar: ClientGrammar {
    private(set) var answer = ReadAnswer()
    private var sequence = 0
    private var responseID: String?
    /// The finished items.
    private var output: [JSONValue] = []
    private var item: ResponsesItemGrammar?

    mutating func read(_ event: ClientEvent) throws(GrammarFault) {
        let json = try event.json()
        let type = try json.string("type")
        try demand(event.name == type, "the event is not named for its type")
        try demand(try json.count("sequence_number") == sequence, "the number is not the next")
        sequence += 1
        switch type {
        case "response.created": try readCreated(json)
        case "response.in_progress": try readResponse(json, status: "in_progress", output: output)
        case "response.completed", "response.incomplete": try finish(json, type)
        case "response.failed": try fail(json)
        case "response.output_item.added": try open(json)
        case "response.output_item.done": try close(json)
        default:
            guard item != nil else { throw GrammarFault("comes outside an item") }
            try demand(try json.count("output_index") == output.count, "of another item")
            try item?.read(type, json)
        }
    }

    // MARK: The response

    private mutating func readCreated(_ json: StrictJSON) throws(GrammarFault) {
        try demand(sequence == 1, "response.created is not the first")
        responseID = try json.member("response").string("id")
        try readResponse(json, status: "in_progress", output: [])
    }

    private func readResponse(
        _ json: StrictJSON, status: JSONValue, output: [JSONValue]
    ) throws(GrammarFault) {
        let response = try json.member("response")
        let id = try response.string("id")
        try demand(id.hasPrefix("resp_"), "the id is none of a response")
        try demand(responseID == nil || id == responseID, "the id has changed")
        try response.expect("object", is: "response")
        try response.expect("status", is: status)
        try response.expect("output", is: .array(output))
        _ = try (response.word("model"), response.count("created_at"))
        for key in [
            "error", "incomplete_details", "instructions", "metadata", "parallel_tool_calls",
            "temperature", "tool_choice", "tools", "top_p", "usage",
        ] {
            _ = try response.member(key)
        }
    }

    private mutating func finish(_ json: StrictJSON, _ type: String) throws(GrammarFault) {
        try demand(responseID != nil, "an end without response.created")
        try demand(item == nil, "the end in an item")
        let isComplete = type == "response.completed"
        try readResponse(json, status: isComplete ? "completed" : "incomplete", output: output)
        let response = try json.member("response")
        try response.expect("error", is: nil)
        if isComplete {
            try response.expect("incomplete_details", is: nil)
            answer.stop = "completed"
        } else {
            answer.stop = try response.member("incomplete_details").word(
                "reason", among: ["max_output_tokens", "content_filter"])
        }
        if let usage = response.optional("usage") {
            let parts = try usage.count("input_tokens") + usage.count("output_tokens")
            try demand(try usage.count("total_tokens") == parts, "the total is not the sum")
            _ = try usage.member("input_tokens_details").count("cached_tokens")
            _ = try usage.member("output_tokens_details").count("reasoning_tokens")
            answer.usage = usage.value
        }
        answer.end = .finished
    }

    /// What was done before stays done.
    private mutating func fail(_ json: StrictJSON) throws(GrammarFault) {
        try readResponse(json, status: "failed", output: output)
        let error = try json.member("response").member("error")
        _ = try (error.word("code"), error.word("message"))
        answer.end = .failed
    }

    // MARK: Items

    private mutating func open(_ json: StrictJSON) throws(GrammarFault) {
        try demand(responseID != nil, "an item before response.created")
        try demand(item == nil, "an item begins in another")
        try demand(try json.count("output_index") == output.count, "the index is not the next")
        item = try ResponsesItemGrammar(json.member("item"))
    }

    private mutating func close(_ json: StrictJSON) throws(GrammarFault) {
        guard let open = item else { throw GrammarFault("no item is open") }
        try demand(try json.count("output_index") == output.count, "the end of another item")
        let done = try json.member("item")
        try open.finish(done, in: &answer)
        output.append(done.value)
        item = nil
    }
}
