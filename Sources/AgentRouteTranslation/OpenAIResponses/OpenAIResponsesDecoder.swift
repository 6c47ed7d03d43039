import AgentRouteWire

/// Reads one answer of this wire.
///
/// The wire says everything up to four times: in deltas, in the part, in the item and in the last
/// event. Deltas count; what a provider said only in one of the others is taken from there.
struct OpenAIResponsesDecoder: AnswerDecoder {
    /// What is known of an item of the output.
    struct Item {
        /// The call's name; nil while it is not known, and for what is no call.
        var callID: String?
        /// The whole input of the call, as its own event gave it.
        var input: String?
        /// The call is complete.
        var isEnded = false
        /// Which parts of its content, or of its summary, have been given.
        var parts: Set<Int> = []
        /// Thoughts come as summary or as themselves: the first kind counts.
        var hasSummary: Bool?
        /// Its sources have come in events of their own.
        var isCited = false
    }

    /// The text or thoughts under way.
    struct Place: Equatable {
        var item: Int
        var part: Int
        var isThought = false
    }

    var items: [Int: Item] = [:]
    /// Where items are kept, by their ids.
    var placesByID: [String: Int] = [:]
    /// Two calls were open under one index: from then on ids tell items apart.
    var sharesIndexes = false
    var under: Place?
    /// The newest item, for events that do not say which they mean.
    var newest = 0
    var saysText = false
    /// The newest item that says text.
    var textItem: Int?
    var saysThoughts = false
    /// Items of the provider's own that were passed on.
    var opaque: Set<String> = []
    private var hasStarted = false
    private var isInProgress = false
    private var isOver = false

    mutating func event(
        name: RawSpan, data: RawSpan, document: inout JSONDocument,
        to sink: (StreamEvent) -> Void
    ) {
        if isOver { return }
        // Some providers end every stream as chat does, and send pings without data.
        if data.isEmpty || data.equals("[DONE]") { return sink(.alive) }
        let named = ResponsesEvent(name)
        do {
            try document.read(data) { node in
                read(named, node, to: sink)
            }
        } catch {
            fail(.malformed("the provider sent an event that is not JSON: \(error)"), to: sink)
        }
    }

    /// Nothing is held: the last event gives all there is.
    mutating func finish(to sink: (StreamEvent) -> Void) {}

    mutating func whole(_ body: JSONValue, to sink: (StreamEvent) -> Void) {
        if let error = body["error"], error != .null {
            return fail(ResponsesFailure.read(error), to: sink)
        }
        guard let output = body["output"]?.array else {
            return fail(
                .malformed("the provider's answer is no response: it has no output"), to: sink)
        }
        sink(.start(id: body["id"]?.string, model: body["model"]?.string))
        for (index, item) in output.enumerated() { give(item, at: index, to: sink) }
        conclude(
            Conclusion(
                status: body["status"]?.string, details: body["incomplete_details"],
                usage: body["usage"], tier: body["service_tier"]?.string), to: sink)
    }

    // MARK: Events

    private mutating func read(
        _ named: ResponsesEvent?, _ node: JSONNode, to sink: (StreamEvent) -> Void
    ) {
        guard let event = named ?? node["type"].flatMap({ ResponsesEvent($0) }) else {
            return readOther(node, to: sink)
        }
        switch event {
        case .textDelta: readDelta(node, to: sink) { .text($0) }
        case .refusalDelta: readDelta(node, to: sink) { .refusal($0) }
        case .textDone: readDone(node["text"], node, to: sink) { .text($0) }
        case .refusalDone: readDone(node["refusal"], node, to: sink) { .refusal($0) }
        case .annotation: readAnnotation(node, to: sink)
        case .partDone: readPart(node, to: sink)
        case .summaryDelta: readThought(node["delta"], node, isSummary: true, to: sink)
        case .thoughtDelta: readThought(node["delta"], node, isSummary: false, to: sink)
        case .summaryDone: readThoughtDone(node, isSummary: true, to: sink)
        case .thoughtDone: readThoughtDone(node, isSummary: false, to: sink)
        case .inputDelta:
            let delta = node["delta"]?.string
            sink(.toolCall(key: index(node), id: nil, name: nil, arguments: delta))
        case .inputDone: items[index(node), default: Item()].input = Self.input(of: node)
        case .itemAdded: readItem(node, to: sink)
        case .itemDone: readItemDone(node, to: sink)
        case .created: start(node["response"], to: sink)
        case .inProgress: readProgress(node["response"], to: sink)
        case .finished: readEnd(node["response"], to: sink)
        case .failed: readFailure(node, to: sink)
        }
    }

    private mutating func start(_ response: JSONNode?, to sink: (StreamEvent) -> Void) {
        if hasStarted { return }
        hasStarted = true
        sink(.start(id: response?["id"]?.string, model: response?["model"]?.string))
    }

    /// The first is part of every beginning, and a failure may still follow at once; later ones are
    /// signs of life.
    private mutating func readProgress(_ response: JSONNode?, to sink: (StreamEvent) -> Void) {
        if isInProgress { return sink(.alive) }
        isInProgress = true
        start(response, to: sink)
    }

    /// An event that is not known: progress of the provider's own tools, a keep-alive; but what is
    /// no event at all is a fault.
    private mutating func readOther(_ node: JSONNode, to sink: (StreamEvent) -> Void) {
        if node["type"]?.isString == true { return sink(.alive) }
        guard node["error"] != nil else {
            return fail(.malformed("the provider sent something that is no event"), to: sink)
        }
        readFailure(node, to: sink)
    }

    private mutating func readFailure(_ node: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let response = node["response"] else {
            return fail(ResponsesFailure.read(node.value), to: sink)
        }
        guard let error = response["error"] else {
            return fail(.malformed("the provider gave the response up"), to: sink)
        }
        fail(ResponsesFailure.read(error.value), to: sink)
    }

    private mutating func fail(_ failure: ProviderFailure, to sink: (StreamEvent) -> Void) {
        isOver = true
        sink(.failure(failure))
    }

    // MARK: The end

    /// What the last event, or a whole body, says besides the output.
    private struct Conclusion {
        var status: String?
        var details: JSONValue?
        var usage: JSONValue?
        var tier: String?
    }

    private mutating func readEnd(_ response: JSONNode?, to sink: (StreamEvent) -> Void) {
        guard let response else {
            return fail(.malformed("the provider's last event has no response"), to: sink)
        }
        if let error = response["error"] {
            return fail(ResponsesFailure.read(error.value), to: sink)
        }
        start(response, to: sink)
        let details = response["incomplete_details"]
        giveMissing(response["output"], isCut: details != nil, to: sink)
        conclude(
            Conclusion(
                status: response["status"]?.string, details: details?.value,
                usage: response["usage"]?.value, tier: response["service_tier"]?.string), to: sink)
    }

    private mutating func conclude(_ conclusion: Conclusion, to sink: (StreamEvent) -> Void) {
        let stop: StopReason
        switch (conclusion.status, conclusion.details?["reason"]?.string) {
        case ("completed", _), (nil, nil):
            stop = items.values.contains { $0.callID != nil } ? .toolUse : .endTurn
        case ("incomplete", "content_filter"), (nil, "content_filter"):
            stop = .refusal("content_filter")
        case ("incomplete", "max_output_tokens"), ("incomplete", nil), (nil, "max_output_tokens"):
            stop = .maxTokens
        case ("incomplete", let reason?), (nil, let reason?): stop = .other(reason)
        case (let status?, _):
            return fail(
                .malformed("the provider ended with a response that is \(status)"), to: sink)
        }
        isOver = true
        if let usage = conclusion.usage { sink(.usage(Self.usage(usage, conclusion.tier))) }
        sink(.stop(stop))
        sink(.end)
    }

    private static func usage(_ value: JSONValue, _ tier: String?) -> Usage {
        var usage = Usage()
        usage.input = value["input_tokens"]?.int
        usage.cacheRead = value["input_tokens_details"]?["cached_tokens"]?.int
        usage.cacheWrite = value["input_tokens_details"]?["cache_write_tokens"]?.int
        usage.output = value["output_tokens"]?.int
        usage.reasoning = value["output_tokens_details"]?["reasoning_tokens"]?.int
        if case .number(let cost)? = value["cost"] { usage.cost = cost }
        usage.serviceTier = tier
        return usage
    }
}
