import AgentRouteWire

/// Reads one answer of a provider: the `GenerateContentResponse`s of a stream, or a whole one.
struct GeminiDecoder: AnswerDecoder {
    private var responseID: String?
    private var hasStarted = false
    /// Whether a failure has been told.
    private var isOver = false
    /// Held until the end: some models say it in every chunk.
    private var stop: StopReason?
    private var callCount = 0
    /// What was told to be lost: a stream repeats it.
    private var asides: Set<String> = []
    /// Whether the provider's words about a refusal have been given.
    private var isExplained = false
    private var sources = GeminiSources()
    /// The seal of the text before, which ends it: held while sources of the text may come.
    private var textSeal: JSONValue?
    /// Whether text has come, and since then something else, thoughts apart.
    private var saysText = false
    private var isInterrupted = false
    /// Whether thoughts are under way.
    private var isThinking = false

    mutating func event(
        name: RawSpan, data: RawSpan, document: inout JSONDocument,
        to sink: (StreamEvent) -> Void
    ) {
        // Google sends no such event, gateways before it do.
        guard !isOver, !data.hasPrefix("[DONE]") else { return }
        do {
            try document.read(data) { node in read(node, sink) }
        } catch {
            fail(.malformed("an event of the provider's is not JSON: \(error)"), sink)
        }
    }

    mutating func whole(_ body: JSONValue, to sink: (StreamEvent) -> Void) {
        var text = ByteWriter()
        body.write(into: &text)
        var document = JSONDocument()
        do {
            try text.withBytes { (bytes) throws(JSONSyntaxError) in
                try document.read(bytes) { node in
                    // The form of a stream without events.
                    if node.isArray {
                        node.eachElement { read($0, sink) }
                    } else {
                        read(node, sink)
                    }
                }
            }
        } catch {
            fail(.malformed("the provider's answer is not JSON: \(error)"), sink)
        }
        guard !isOver else { return }
        if stop == nil { fail(.malformed("the provider's answer is not complete"), sink) }
        finish(to: sink)
    }

    mutating func finish(to sink: (StreamEvent) -> Void) {
        guard !isOver, let stop else { return }
        isOver = true
        endText(sink)
        endThoughts(sink)
        sink(.stop(stop))
        sink(.end)
    }

    private mutating func fail(_ failure: ProviderFailure, _ sink: (StreamEvent) -> Void) {
        guard !isOver else { return }
        isOver = true
        sink(.failure(failure))
    }

    // MARK: A chunk

    private mutating func read(_ chunk: JSONNode, _ sink: (StreamEvent) -> Void) {
        if chunk["error"] != nil {
            return fail(GeminiFailure.read(status: 200, body: chunk.value, text: ""), sink)
        }
        let candidates = chunk["candidates"]
        let usage = chunk["usageMetadata"]
        let feedback = chunk["promptFeedback"]
        if candidates == nil, usage == nil, feedback == nil, chunk["responseId"] == nil {
            return fail(.malformed("the provider's answer is none of this wire"), sink)
        }
        start(chunk, sink)
        if let reason = feedback?["blockReason"]?.string {
            stop = .refusal(reason)
            explain(feedback?["blockReasonMessage"], sink)
        }
        candidates?.eachElement { candidate in
            if candidate["index"]?.int ?? 0 == 0 { read(candidate: candidate, sink) }
        }
        if let usage, !isOver { sink(.usage(Self.usage(usage))) }
    }

    private mutating func start(_ chunk: JSONNode, _ sink: (StreamEvent) -> Void) {
        guard !hasStarted else { return }
        hasStarted = true
        responseID = chunk["responseId"]?.string
        sink(.start(id: responseID, model: chunk["modelVersion"]?.string))
    }

    private mutating func read(candidate: JSONNode, _ sink: (StreamEvent) -> Void) {
        candidate["content"]?["parts"]?.eachElement { part in
            if !isOver { read(part: part, sink) }
        }
        guard !isOver else { return }
        for citation in sources.read(candidate) { sink(.citation(citation)) }
        tellAsides(candidate, sink)
        guard let word = candidate["finishReason"]?.string else { return }
        switch GeminiStop.verdict(word) {
        case .stop(let reason):
            stop = reason
            if case .refusal = reason { explain(candidate["finishMessage"], sink) }
        case .none: return
        case .fault(let text):
            let words = candidate["finishMessage"]?.string.map { ": \($0)" } ?? ""
            var failure = ProviderFailure.malformed("\(text) (\(word))\(words)")
            failure.code = word
            fail(failure, sink)
        }
    }

    /// What a candidate says beside its content, which no other wire has: blocks that are lost.
    private mutating func tellAsides(_ candidate: JSONNode, _ sink: (StreamEvent) -> Void) {
        var names: [String] = []
        let grounding = candidate["groundingMetadata"]
        if grounding?["webSearchQueries"] != nil { names.append("webSearchQueries") }
        if grounding?["searchEntryPoint"] != nil { names.append("searchEntryPoint") }
        if candidate["urlContextMetadata"] != nil { names.append("urlContextMetadata") }
        var isAtRisk = false
        candidate["safetyRatings"]?.eachElement { rating in
            let isPlain = rating["probability"]?.equals("NEGLIGIBLE") != false
            if rating["blocked"]?.bool == true || !isPlain { isAtRisk = true }
        }
        if isAtRisk { names.append("safetyRatings") }
        for name in names where asides.insert(name).inserted {
            sink(.opaque(OpaqueBlock(family: .google, type: name, value: [:])))
        }
    }

    /// What the provider says of its refusal, which is no part of the text.
    private mutating func explain(_ words: JSONNode?, _ sink: (StreamEvent) -> Void) {
        guard !isExplained, let words = words?.string, !words.isEmpty else { return }
        isExplained = true
        endText(sink)
        endThoughts(sink)
        sink(.refusal(words))
    }

    /// Google counts what its own tools read, and thoughts, apart.
    private static func usage(_ node: JSONNode) -> Usage {
        var usage = Usage()
        usage.input = sum(node["promptTokenCount"], node["toolUsePromptTokenCount"])
        usage.cacheRead = node["cachedContentTokenCount"]?.int
        usage.output = sum(node["candidatesTokenCount"], node["thoughtsTokenCount"])
        usage.reasoning = node["thoughtsTokenCount"]?.int
        usage.inputAudio = sound(node["promptTokensDetails"])
        usage.outputAudio = sound(node["candidatesTokensDetails"])
        return usage
    }

    /// The tokens of sound among those told by their modality; nil if there are none.
    private static func sound(_ details: JSONNode?) -> Int? {
        var count: Int?
        details?.eachElement { detail in
            if detail["modality"]?.equals("AUDIO") == true { count = detail["tokenCount"]?.int }
        }
        return count
    }

    private static func sum(_ one: JSONNode?, _ other: JSONNode?) -> Int? {
        guard let first = one?.int else { return other?.int }
        return first &+ (other?.int ?? 0)
    }

    // MARK: A part

    private mutating func read(part: JSONNode, _ sink: (StreamEvent) -> Void) {
        if let text = part["text"] {
            read(text: text.string ?? "", of: part, sink)
        } else if let call = part["functionCall"] {
            read(call: call, signature: part["thoughtSignature"]?.string, sink)
        } else if let signature = part["thoughtSignature"], Self.opaqueType(part) == nil {
            seal(signature.string ?? "", on: "emptyText", sink)
        } else if let type = Self.opaqueType(part) {
            // The provider's own tools at work, which a model that mixes them with functions needs
            // back.
            endText(sink)
            endThoughts(sink)
            if type == "toolCall" || type == "toolResponse" {
                return sink(.blockEnd(seal: ["on": "part", "part": part.value]))
            }
            isInterrupted = saysText
            sink(.opaque(Self.opaque(type, part.value)))
        }
    }

    private static func opaque(_ type: String, _ part: JSONValue) -> OpaqueBlock {
        var block = OpaqueBlock(family: .google, type: type, value: part)
        let inline = part["inlineData"]
        if let mediaType = inline?["mimeType"]?.string, mediaType.hasPrefix("image/"),
            let data = inline?["data"]?.string
        {
            block.picture = Media(.base64(data), mediaType: mediaType)
        }
        return block
    }

    private mutating func read(
        text: String, of part: JSONNode, _ sink: (StreamEvent) -> Void
    ) {
        let isThought = part["thought"]?.bool == true
        if !text.isEmpty {
            endText(sink)
            if !isThought {
                endThoughts(sink)
                sources.add(text)
                if isInterrupted { sink(.separation) }
                isInterrupted = false
                saysText = true
            }
            isThinking = isThought
            sink(isThought ? .reasoning(text) : .text(text))
        }
        guard let signature = part["thoughtSignature"]?.string else { return }
        let place: JSONValue = isThought ? "thought" : text.isEmpty ? "emptyText" : "text"
        seal(signature, on: place, sink)
    }

    private mutating func endText(_ sink: (StreamEvent) -> Void) {
        guard let payload = textSeal else { return }
        textSeal = nil
        isThinking = false
        sink(.blockEnd(seal: payload))
    }

    /// Seals thoughts that have no signature: they are this model's all the same.
    private mutating func endThoughts(_ sink: (StreamEvent) -> Void) {
        guard isThinking else { return }
        isThinking = false
        sink(.blockEnd(seal: ["on": "thoughts"]))
    }

    /// See ``GeminiModelPartsWriter`` for what a seal holds.
    private mutating func seal(
        _ signature: String, on place: JSONValue, id: String? = nil,
        _ sink: (StreamEvent) -> Void
    ) {
        guard !signature.isEmpty else { return }
        endText(sink)
        var payload = ObjectWriter()
        payload.add("thoughtSignature", signature)
        payload.add("on", place)
        payload.add("id", id)
        if place == "text" || place == "emptyText" {
            textSeal = payload.value
        } else {
            isThinking = false
            sink(.blockEnd(seal: payload.value))
        }
    }

    private mutating func read(
        call: JSONNode, signature: String?, _ sink: (StreamEvent) -> Void
    ) {
        guard let name = call["name"]?.string, !name.isEmpty else {
            return fail(.malformed("a function call of the provider's has no name"), sink)
        }
        if call["willContinue"]?.bool == true || call["partialArgs"] != nil {
            return fail(.malformed("a function call of the provider's comes in pieces"), sink)
        }
        let own = call["id"]?.string ?? ""
        let id = own.isEmpty ? generatedID(name) : own
        endText(sink)
        if let signature { seal(signature, on: "functionCall", id: id, sink) }
        endThoughts(sink)
        let arguments = call["args"].map { String(decoding: $0.value.serialized(), as: UTF8.self) }
        sink(.toolCall(key: callCount, id: id, name: name, arguments: arguments ?? "{}"))
        sink(.toolCallEnd(key: callCount, arguments: nil))
        callCount += 1
        isInterrupted = saysText
    }

    /// An id for a call without one, that no other answer has.
    private func generatedID(_ name: String) -> String {
        ToolCallID.sanitized("call_\(responseID ?? name)_\(callCount)")
    }

    /// The kind of a part that only Google's wire knows; nil if it is none.
    private static func opaqueType(_ part: JSONNode) -> String? {
        part.value.object?.map(\.key).first { $0 != "thought" && $0 != "thoughtSignature" }
    }
}
