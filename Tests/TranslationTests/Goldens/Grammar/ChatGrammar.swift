import AgentRouteWire

/// A stream of Chat Completions, to a client that asked for usage.
///
/// Source: OpenAI's "Chat Completions: streaming events".
struct ChatGrammar: ClientGrammar {
    private(set) var answer = ReadAnswer()
    /// The members that are the same in all chunks, of the first.
    private var head: [JSONValue]?

    mutating func read(_ event: ClientEvent) throws(GrammarFault) {
        try demand(event.name == nil, "an event with a name")
        guard let data = event.data else { return }
        if data == "[DONE]" {
            try demand(answer.stop != nil, "[DONE] without a finish_reason")
            try demand(answer.usage != nil, "[DONE] without the usage that was asked for")
            answer.end = .finished
            return
        }
        let json = try event.json()
        if let error = json.optional("error") {
            try error.only(["message", "type", "param", "code"])
            _ = try error.word("message")
            _ = try error.word("type")
            _ = try (error.member("param"), error.member("code"))
            answer.end = .failed
            return
        }
        try readChunk(json)
    }

    private mutating func readChunk(_ json: StrictJSON) throws(GrammarFault) {
        try json.only([
            "id", "object", "created", "model", "choices", "usage", "service_tier",
        ])
        try json.expect("object", is: "chat.completion.chunk")
        _ = try (json.word("id"), json.word("model"), json.count("created"))
        let choices = try json.elements("choices")
        let head = try [json.member("id"), json.member("model"), json.member("created")]
            .map(\.value)
        let isFirst = self.head == nil
        if let known = self.head { try demand(head == known, "the id or the model has changed") }
        self.head = head
        guard let choice = choices.first else { return try readUsage(json) }
        try demand(answer.stop == nil, "a choice after the finish_reason")
        try demand(choices.count == 1, "more choices than one")
        try choice.only(["index", "delta", "logprobs", "finish_reason"])
        try choice.expect("index", is: 0)
        try choice.expect("logprobs", is: nil)
        let delta = try choice.member("delta")
        if isFirst {
            try delta.expect("role", is: "assistant")
        } else {
            try demand(delta.value["role"] == nil, "the role again")
        }
        try readDelta(delta)
        if choice.optional("finish_reason") != nil { try readFinish(choice) }
        _ = try choice.member("finish_reason")
    }

    private mutating func readUsage(_ json: StrictJSON) throws(GrammarFault) {
        try demand(answer.stop != nil, "usage before the finish_reason")
        try demand(answer.usage == nil, "usage again")
        let usage = try json.member("usage")
        let total = try usage.count("total_tokens")
        let parts = try usage.count("prompt_tokens") + usage.count("completion_tokens")
        try demand(parts == total, "the total is not the sum")
        answer.usage = usage.value
    }

    private mutating func readDelta(_ delta: StrictJSON) throws(GrammarFault) {
        try delta.only([
            "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls",
            "annotations", "images",
        ])
        let isFirst = delta.value["role"] != nil
        if delta.value["content"] != nil {
            answer.text += try isFirst ? delta.string("content") : delta.word("content")
        }
        if delta.value["refusal"] != nil { answer.text += try delta.word("refusal") }
        if delta.value["reasoning_content"] != nil {
            answer.thoughts += try delta.word("reasoning_content")
        }
        if delta.value["reasoning_details"] != nil {
            for detail in try delta.elements("reasoning_details") {
                try detail.expect("type", is: "reasoning.encrypted")
                answer.seals.append(try detail.word("data"))
            }
        }
        guard delta.value["tool_calls"] != nil else { return }
        for call in try delta.elements("tool_calls") { try readCall(call) }
    }

    private mutating func readCall(_ call: StrictJSON) throws(GrammarFault) {
        try demand(try call.count("index") == answer.calls.count, "the index is not the next")
        try demand(isCallID(try call.string("id")), "the id is none of a call")
        let isCustom = try call.word("type", among: ["function", "custom"]) == "custom"
        let tool = try call.member(isCustom ? "custom" : "function")
        let arguments = try tool.string(isCustom ? "input" : "arguments")
        try demand(isCustom || isJSONObject(arguments), "the arguments are no object")
        answer.calls.append(
            ReadAnswer.Call(name: try tool.word("name"), arguments: arguments))
    }

    private mutating func readFinish(_ choice: StrictJSON) throws(GrammarFault) {
        let stop = try choice.word(
            "finish_reason", among: ["stop", "length", "tool_calls", "content_filter"])
        try demand(stop != "tool_calls" || !answer.calls.isEmpty, "tool_calls without a call")
        try demand(stop != "stop" || answer.calls.isEmpty, "stop with a call")
        answer.stop = stop
    }
}
