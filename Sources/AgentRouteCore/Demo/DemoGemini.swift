import AgentRouteWire

/// The demo model in Google's Gemini API. A stream is always one of server-sent events, as with
/// `alt=sse`.
/// Source: Google's reference of `models.generateContent`, `models.streamGenerateContent` and
/// `models.countTokens`.
enum DemoGemini: DemoDialect {
    static func read(_ body: JSONValue) throws(DemoRefusal) -> DemoConversation {
        guard let contents = body["contents"]?.array, !contents.isEmpty else {
            throw DemoRefusal("contents is not specified")
        }
        var conversation = DemoConversation()
        let thinkingConfig = body.field("generationConfig")?.field("thinkingConfig")
        conversation.thinks = thinkingConfig?.field("includeThoughts")?.bool != false
        for text in body.field("systemInstruction")?["parts"]?.texts ?? [] {
            conversation.hear(background: text)
        }
        for content in contents where content["role"]?.string != "model" {
            for part in content["parts"]?.array ?? [] { hear(part, in: &conversation) }
        }
        let calling = body.field("toolConfig")?.field("functionCallingConfig")
        if calling?["mode"]?.string != "NONE" {
            conversation.tools = (body["tools"]?.array ?? []).flatMap(functions)
        }
        return conversation
    }

    private static func hear(_ part: JSONValue, in conversation: inout DemoConversation) {
        if let text = part["text"]?.string { conversation.hear(user: text) }
        guard let result = part.field("functionResponse")?["response"] else { return }
        // The object is the client's own; "output" and "error" are the names Google proposes.
        if let text = (result["output"] ?? result["error"])?.string {
            conversation.hear(toolResult: text)
        } else {
            conversation.hear(toolResult: String(decoding: result.serialized(), as: UTF8.self))
        }
    }

    private static func functions(_ tool: JSONValue) -> [DemoTool] {
        (tool.field("functionDeclarations")?.array ?? []).compactMap { function in
            guard let name = function["name"]?.string else { return nil }
            let schema = function.field("parametersJsonSchema") ?? function["parameters"]
            return DemoTool(name: name, schema: schema ?? [:])
        }
    }

    static func whole(_ answer: DemoAnswer) -> JSONValue {
        var parts: [JSONValue] = []
        if let thinking = answer.script.thinking { parts.append(thoughtPart(thinking)) }
        parts.append(["text": .string(answer.script.text)])
        if let call = answer.script.call { parts.append(callPart(call, of: answer)) }
        return response(answer, parts: parts, usage: usage(answer), finished: true)
    }

    static func stream(_ answer: DemoAnswer, into timeline: inout DemoTimeline) {
        let usageSoFar: JSONValue = [
            "promptTokenCount": .count(answer.usage.input),
            "totalTokenCount": .count(answer.usage.input),
        ]
        var parts = (answer.script.thinking?.demoPieces ?? []).map { thoughtPart(String($0)) }
        parts += answer.script.text.demoPieces.map { ["text": .string(String($0))] }
        // This wire sends the arguments of a call whole.
        if let call = answer.script.call { parts.append(callPart(call, of: answer)) }
        for part in parts {
            timeline.event(
                response(answer, parts: [part], usage: usageSoFar, finished: false), paced: true)
        }
        timeline.event(
            response(answer, parts: [["text": ""]], usage: usage(answer), finished: true))
    }

    static func refusal(_ message: String) -> JSONValue {
        ["error": ["code": 400, "message": .string(message), "status": "INVALID_ARGUMENT"]]
    }

    static func tokenCount(_ count: Int) -> JSONValue {
        ["totalTokens": .count(count)]
    }

    private static func thoughtPart(_ text: String) -> JSONValue {
        ["text": .string(text), "thought": true]
    }

    /// A call must come back with its signature; nobody checks this one.
    private static func callPart(_ call: DemoCall, of answer: DemoAnswer) -> JSONValue {
        [
            "functionCall": [
                "id": .string(answer.identifier("call_")), "name": .string(call.tool),
                "args": call.arguments,
            ], "thoughtSignature": "YWdlbnRyb3V0ZSBkZW1v",
        ]
    }

    private static func response(
        _ answer: DemoAnswer, parts: [JSONValue], usage: JSONValue, finished: Bool
    ) -> JSONValue {
        var candidate: [JSONMember] = [
            JSONMember(key: "content", value: ["parts": .array(parts), "role": "model"])
        ]
        if finished { candidate.append(JSONMember(key: "finishReason", value: "STOP")) }
        candidate.append(JSONMember(key: "index", value: 0))
        return [
            "candidates": [.object(candidate)], "usageMetadata": usage,
            "modelVersion": .string(answer.model),
            "responseId": .string(answer.identifier("")),
        ]
    }

    private static func usage(_ answer: DemoAnswer) -> JSONValue {
        [
            "promptTokenCount": .count(answer.usage.input),
            "candidatesTokenCount": .count(answer.usage.answer),
            "thoughtsTokenCount": .count(answer.usage.thinking),
            "totalTokenCount": .count(answer.usage.total),
        ]
    }
}

extension JSONValue {
    /// The member `name`, in camel case or as protocol buffers spell it: Google's REST takes both,
    /// and Google's own examples and SDKs mix them.
    fileprivate func field(_ name: String) -> JSONValue? {
        if let value = self[name] { return value }
        let words = name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }
        return self[words.joined()]
    }
}
