package import AgentRouteWire

/// Reads one answer of a chat provider: chunks, or a whole body, which is read as one chunk.
///
/// The last event is `[DONE]` or the end of the stream, after a `finish_reason`: usage may follow
/// that.
package struct OpenAIChatDecoder: AnswerDecoder {
    private var hasStarted = false
    private var thoughts = OpenAIChatThoughts()
    private var calls = OpenAIChatCalls()
    /// Whether text or a call has come.
    private var hasAnswered = false
    private var stop: StopReason?
    private var isOver = false

    /// A decoder of an answer that has not begun.
    package init() {}

    package var isAtRest: Bool { thoughts.isEmpty }

    /// Reads one chunk.
    package mutating func event(
        name: RawSpan, data: RawSpan, document: inout JSONDocument, to sink: (StreamEvent) -> Void
    ) {
        guard !isOver else { return }
        if data.equals("[DONE]") { return end(to: sink) }
        do throws(JSONSyntaxError) {
            try document.read(data) { chunk($0, isWhole: false, to: sink) }
        } catch {
            fail(.malformed("the provider's stream holds what is no JSON: \(error.reason)"), sink)
        }
    }

    /// Reads a whole body.
    package mutating func whole(_ body: JSONValue, to sink: (StreamEvent) -> Void) {
        var document = JSONDocument()
        let text = body.serialized()
        do throws(JSONSyntaxError) {
            // SAFETY: the span borrows `text`, which outlives the call.
            try document.read(unsafe text.span.bytes) { root in
                let hasChoice = root["choices"]?.first != nil
                chunk(root, isWhole: true, to: sink)
                if !hasChoice {
                    fail(.malformed("the provider's answer has no choices"), sink)
                }
            }
        } catch {
            fail(.malformed("the provider's answer is no JSON: \(error.reason)"), sink)
        }
        guard !isOver else { return }
        if stop == nil { finish(calls.isEmpty ? .endTurn : .toolUse, to: sink) }
        end(to: sink)
    }

    /// Ends an answer whose stream has ended.
    package mutating func finish(to sink: (StreamEvent) -> Void) {
        guard !isOver else { return }
        thoughts.close(to: sink)
        if stop != nil { end(to: sink) }
    }

    private mutating func end(to sink: (StreamEvent) -> Void) {
        thoughts.close(to: sink)
        guard stop != nil else {
            return fail(.malformed("the provider's stream ended without a finish_reason"), sink)
        }
        isOver = true
        sink(.end)
    }

    private mutating func fail(_ failure: ProviderFailure, _ sink: (StreamEvent) -> Void) {
        guard !isOver else { return }
        isOver = true
        sink(.failure(failure))
    }

    // MARK: A chunk

    private mutating func chunk(
        _ root: JSONNode, isWhole: Bool, to sink: (StreamEvent) -> Void
    ) {
        if let failure = Self.failure(root) { return fail(failure, sink) }
        if !hasStarted {
            hasStarted = true
            sink(.start(id: root["id"]?.string, model: root["model"]?.string))
        }
        if let choice = Self.firstChoice(root) {
            if let delta = choice["delta"] ?? choice["message"] {
                read(delta, isWhole: isWhole, to: sink)
            }
            if let usage = choice["usage"], usage.isObject {
                sink(.usage(OpenAIChatUsage.read(usage)))
            }
            readFinish(choice, to: sink)
        }
        // Groq has a place of its own for it in a stream.
        if let usage = root["usage"] ?? root["x_groq"]?["usage"], usage.isObject {
            var counts = OpenAIChatUsage.read(usage)
            counts.serviceTier = root["service_tier"]?.string
            sink(.usage(counts))
        }
    }

    /// The failure that a chunk or a body tells of; also what is neither.
    private static func failure(_ root: JSONNode) -> ProviderFailure? {
        guard root.isObject else {
            return .malformed("the provider's answer holds what is no object")
        }
        let isError = root["error"] != nil || root["type"]?.equals("error") == true
        let isChunk = root["choices"] != nil || root["usage"] != nil || root["id"] != nil
        if isError || (!isChunk && (root["detail"] != nil || root["message"] != nil)) {
            return OpenAIChatFailure.read(status: nil, body: root.value)
        }
        guard isChunk || root["object"] != nil else {
            return .malformed("the provider's answer holds what is no chunk of a chat")
        }
        if let choice = firstChoice(root), choice["error"] != nil {
            return OpenAIChatFailure.read(status: nil, body: choice.value)
        }
        return nil
    }

    /// The choice of index 0, or of none.
    private static func firstChoice(_ root: JSONNode) -> JSONNode? {
        var found: JSONNode?
        root["choices"]?.eachElement { choice in
            if found == nil, choice["index"]?.int ?? 0 == 0 { found = choice }
        }
        return found
    }

    private mutating func read(
        _ delta: JSONNode, isWhole: Bool, to sink: (StreamEvent) -> Void
    ) {
        thoughts.add(delta, isWhole: isWhole, to: sink)
        if let content = delta["content"] { readContent(content, to: sink) }
        if let text = Self.text(delta["refusal"]) {
            answers(sink)
            sink(.refusal(text))
        }
        delta["annotations"]?.eachElement {
            if let citation = Self.citation($0) { sink(.citation(citation)) }
        }
        if let audio = delta["audio"] { readSound(audio, to: sink) }
        delta["images"]?.eachElement { readImage($0, to: sink) }
        if let elements = delta["tool_calls"], elements.first != nil {
            answers(sink)
            thoughts.addSigned(elements)
            calls.add(elements, to: sink)
        }
        if let call = delta["function_call"] {
            answers(sink)
            calls.addLegacy(call, to: sink)
        }
    }

    /// Text or a call begins: the thoughts before it are complete.
    private mutating func answers(_ sink: (StreamEvent) -> Void) {
        thoughts.interrupt(isFirst: !hasAnswered, to: sink)
        hasAnswered = true
    }

    private static func text(_ node: JSONNode?) -> String? {
        guard let node, !node.isEmptyString else { return nil }
        return node.string
    }

    /// A string, or parts as Mistral gives them, thoughts among them.
    private mutating func readContent(_ content: JSONNode, to sink: (StreamEvent) -> Void) {
        if let text = Self.text(content) {
            answers(sink)
            return sink(.text(text))
        }
        content.eachElement { part in
            if let text = Self.text(part["text"]) {
                answers(sink)
                sink(.text(text))
            } else if let refusal = Self.text(part["refusal"]) {
                answers(sink)
                sink(.refusal(refusal))
            } else if part["image_url"] != nil {
                readImage(part, to: sink)
            }
            part["thinking"]?.eachElement { piece in
                if let text = Self.text(piece["text"]) { thoughts.add(text: text, to: sink) }
            }
        }
    }

    /// The words of what the model says aloud; no other wire has its sound.
    private mutating func readSound(_ audio: JSONNode, to sink: (StreamEvent) -> Void) {
        if let text = Self.text(audio["transcript"]) {
            answers(sink)
            sink(.text(text))
        }
        guard Self.text(audio["data"]) != nil else { return }
        sink(.opaque(OpaqueBlock(family: .openAI, type: "audio", value: [:])))
    }

    /// A picture the model has made, in the form the family's other wire has for it.
    private mutating func readImage(_ part: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let url = Self.text(part["image_url"]?["url"]) else { return }
        answers(sink)
        let media = DataURL(url).map { Media(.base64($0.base64), mediaType: $0.mediaType) }
        guard let block = media.flatMap(OpenAIPicture.block) else {
            return sink(.text("![image](\(url))"))
        }
        sink(.opaque(block))
    }

    private static func citation(_ annotation: JSONNode) -> Citation? {
        guard let source = annotation["url_citation"], let url = source["url"]?.string else {
            return nil
        }
        var citation = Citation(url: url, title: source["title"]?.string)
        citation.citedText = text(source["content"])
        if let start = source["start_index"]?.int, let end = source["end_index"]?.int,
            start >= 0, end > start
        {
            citation.range = start..<end
        }
        return citation
    }

    // MARK: Its end

    private mutating func readFinish(_ choice: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let reason = Self.text(choice["finish_reason"]) else { return }
        switch OpenAIChatStop.read(reason, native: choice["native_finish_reason"]?.string) {
        case .success(.endTurn):
            finish(Self.stopSequence(choice).map { .stopSequence($0) } ?? .endTurn, to: sink)
        case .success(let stop): finish(stop, to: sink)
        case .failure(let failure): fail(failure, sink)
        }
    }

    /// The sequence the model stopped at, which vLLM and SGLang name. Other servers have a word for
    /// the end there.
    private static func stopSequence(_ choice: JSONNode) -> String? {
        guard let text = text(choice["stop_reason"] ?? choice["matched_stop"]),
            case .success(.other) = OpenAIChatStop.read(text, native: nil)
        else { return nil }
        return text
    }

    private mutating func finish(_ reason: StopReason, to sink: (StreamEvent) -> Void) {
        thoughts.close(to: sink)
        // Some providers say it in every chunk.
        guard stop != reason else { return }
        stop = reason
        sink(.stop(reason))
    }
}
