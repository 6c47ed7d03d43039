import AgentRouteWire

/// A stream of `streamGenerateContent` as events.
///
/// Source: Google's reference of `GenerateContentResponse`.
struct GeminiGrammar: ClientGrammar {
    private(set) var answer = ReadAnswer()
    private var head: [JSONValue]?

    mutating func read(_ event: ClientEvent) throws(GrammarFault) {
        try demand(event.name == nil, "an event with a name")
        guard event.data != nil else { return }
        let json = try event.json()
        if let error = json.optional("error") {
            _ = try (error.count("code"), error.word("message"), error.word("status"))
            answer.end = .failed
            return
        }
        try json.only(["candidates", "usageMetadata", "modelVersion", "responseId"])
        let head = try [
            JSONValue.string(json.word("modelVersion")), .string(json.word("responseId")),
        ]
        if let known = self.head { try demand(head == known, "the id or the model has changed") }
        self.head = head
        let candidates = try json.elements("candidates")
        guard let candidate = candidates.first, candidates.count == 1 else {
            throw GrammarFault("not one candidate")
        }
        try candidate.only(["content", "index", "finishReason", "groundingMetadata"])
        try candidate.expect("index", is: 0)
        let content = try candidate.member("content")
        try content.expect("role", is: "model")
        let parts = try content.elements("parts")
        try demand(!parts.isEmpty, "no part")
        for part in parts { try readPart(part) }
        if candidate.optional("finishReason") != nil { try finish(candidate, json) }
    }

    private mutating func readPart(_ part: StrictJSON) throws(GrammarFault) {
        let kinds = try part.keys().filter { $0 != "thought" && $0 != "thoughtSignature" }
        try demand(kinds.count == 1, "a part of not one kind")
        if let seal = part.value["thoughtSignature"] {
            try demand(seal.string?.isEmpty == false, "a signature that says nothing")
            answer.seals.append(seal.string ?? "")
        }
        if part.value["text"] != nil {
            let text = try part.string("text")
            if let thought = part.value["thought"] {
                try demand(thought == true, "thought is not true")
                answer.thoughts += text
            } else {
                answer.text += text
            }
        } else if let call = part.optional("functionCall") {
            try call.only(["id", "name", "args"])
            try demand(isCallID(try call.string("id")), "the id is none of a call")
            let args = try call.member("args")
            _ = try args.keys()
            answer.calls.append(
                ReadAnswer.Call(
                    name: try call.word("name"),
                    arguments: String(decoding: args.value.serialized(), as: UTF8.self)))
        }
    }

    private mutating func finish(
        _ candidate: StrictJSON, _ json: StrictJSON
    ) throws(GrammarFault) {
        answer.stop = try candidate.word(
            "finishReason",
            among: [
                "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST",
                "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL", "IMAGE_SAFETY",
            ])
        let usage = try json.member("usageMetadata")
        _ = try usage.count("totalTokenCount")
        answer.usage = usage.value
        answer.end = .finished
    }
}
