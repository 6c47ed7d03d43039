import AgentRouteWire

/// The events of one output item of the Responses API, from its start to its end.
struct ResponsesItemGrammar {
    private let id: String
    private let type: String
    /// What the deltas of the part under way, or of the call, have said.
    private var text = ""
    private var annotations: [JSONValue] = []
    private var hasOpenPart = false
    private var isTextDone = false
    private var parts: [JSONValue] = []

    init(_ item: StrictJSON) throws(GrammarFault) {
        id = try item.word("id")
        type = try item.word("type")
        switch type {
        case "message":
            try item.expect("role", is: "assistant")
            try item.expect("content", is: [])
        case "reasoning": try item.expect("summary", is: [])
        case "function_call": try item.expect("arguments", is: "")
        case "custom_tool_call": try item.expect("input", is: "")
        default: break
        }
    }

    /// Reads an event between the two.
    mutating func read(_ event: String, _ json: StrictJSON) throws(GrammarFault) {
        try json.expect("item_id", is: .string(id))
        switch (type, event) {
        case ("message", "response.content_part.added"),
            ("reasoning", "response.reasoning_summary_part.added"):
            try openPart(json)
        case ("message", "response.content_part.done"),
            ("reasoning", "response.reasoning_summary_part.done"):
            try closePart(json)
        case ("message", "response.output_text.delta"), ("message", "response.refusal.delta"),
            ("reasoning", "response.reasoning_summary_text.delta"):
            try grow(json, isPart: true)
        case ("message", "response.output_text.annotation.added"):
            try demand(
                try json.count("annotation_index") == annotations.count, "not the next annotation")
            annotations.append(try json.member("annotation").value)
        case ("message", "response.output_text.done"),
            ("reasoning", "response.reasoning_summary_text.done"):
            try finishText(json, "text")
        case ("message", "response.refusal.done"): try finishText(json, "refusal")
        case ("function_call", "response.function_call_arguments.delta"),
            ("custom_tool_call", "response.custom_tool_call_input.delta"):
            try grow(json, isPart: false)
        case ("function_call", "response.function_call_arguments.done"):
            try finishText(json, "arguments")
        case ("custom_tool_call", "response.custom_tool_call_input.done"):
            try finishText(json, "input")
        default: throw GrammarFault("has no place in an item of type \(type)")
        }
    }

    private func demandPlace(_ json: StrictJSON) throws(GrammarFault) {
        let key = type == "message" ? "content_index" : "summary_index"
        try demand(try json.count(key) == parts.count, "of another part")
    }

    private mutating func openPart(_ json: StrictJSON) throws(GrammarFault) {
        try demand(!hasOpenPart, "a part begins in another")
        try demandPlace(json)
        hasOpenPart = true
        isTextDone = false
        text = ""
        annotations = []
        let part = try json.member("part")
        try part.expect(part.value["refusal"] == nil ? "text" : "refusal", is: "")
    }

    private mutating func grow(_ json: StrictJSON, isPart: Bool) throws(GrammarFault) {
        try demand(hasOpenPart == isPart && !isTextDone, "a delta outside its part")
        if isPart { try demandPlace(json) }
        text += try json.word("delta")
    }

    private mutating func finishText(_ json: StrictJSON, _ key: String) throws(GrammarFault) {
        try demand(!isTextDone, "done again")
        if hasOpenPart { try demandPlace(json) }
        try json.expect(key, is: .string(text))
        isTextDone = true
    }

    private mutating func closePart(_ json: StrictJSON) throws(GrammarFault) {
        try demand(hasOpenPart && isTextDone, "the part is not complete")
        try demandPlace(json)
        let part = try json.member("part")
        try part.expect(part.value["refusal"] == nil ? "text" : "refusal", is: .string(text))
        if type == "message", part.value["refusal"] == nil {
            try part.expect("annotations", is: .array(annotations))
        }
        parts.append(part.value)
        hasOpenPart = false
    }

    /// The item is over: it repeats what was streamed.
    func finish(_ item: StrictJSON, in answer: inout ReadAnswer) throws(GrammarFault) {
        try item.expect("id", is: .string(id))
        try item.expect("type", is: .string(type))
        try demand(!hasOpenPart, "a part is open")
        switch type {
        case "message":
            try item.expect("status", is: "completed")
            try item.expect("content", is: .array(parts))
            answer.text += parts.map { ($0["text"] ?? $0["refusal"])?.string ?? "" }.joined()
        case "reasoning":
            try item.expect("summary", is: .array(parts))
            answer.thoughts += parts.map { $0["text"]?.string ?? "" }.joined()
            if item.optional("encrypted_content") != nil {
                answer.seals.append(try item.word("encrypted_content"))
            }
        case "function_call", "custom_tool_call": try finishCall(item, in: &answer)
        default: break
        }
    }

    private func finishCall(
        _ item: StrictJSON, in answer: inout ReadAnswer
    ) throws(GrammarFault) {
        let isFunction = type == "function_call"
        try demand(isTextDone, "the arguments are not complete")
        try item.expect(isFunction ? "arguments" : "input", is: .string(text))
        try item.expect("status", is: "completed")
        try demand(isCallID(try item.string("call_id")), "the id is none of a call")
        try demand(!isFunction || isJSONObject(text), "the arguments are no object")
        let namespace = item.optional("namespace")?.value.string.map { "\($0)." } ?? ""
        answer.calls.append(
            ReadAnswer.Call(name: namespace + (try item.word("name")), arguments: text))
    }
}
