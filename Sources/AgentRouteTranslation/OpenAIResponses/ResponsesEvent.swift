import AgentRouteWire

/// The events of a stream that say something; all others only show that the provider is alive.
enum ResponsesEvent: Sendable {
    case created
    case inProgress
    case itemAdded
    case itemDone
    case partDone
    case textDelta
    case textDone
    case annotation
    case refusalDelta
    case refusalDone
    case summaryDelta
    case summaryDone
    case thoughtDelta
    case thoughtDone
    case inputDelta
    case inputDone
    case finished
    case failed

    /// The event of this name; nil for any other.
    init?(_ name: RawSpan) {
        for (known, event) in Self.names where name.equals(known) {
            self = event
            return
        }
        return nil
    }

    /// The event whose `type` is this; nil for any other.
    init?(_ type: JSONNode) {
        for (known, event) in Self.names where type.equals(known) {
            self = event
            return
        }
        return nil
    }

    /// The most frequent first.
    private static let names: [(StaticString, ResponsesEvent)] = [
        ("response.output_text.delta", .textDelta),
        ("response.function_call_arguments.delta", .inputDelta),
        ("response.reasoning_summary_text.delta", .summaryDelta),
        ("response.reasoning_text.delta", .thoughtDelta),
        ("response.custom_tool_call_input.delta", .inputDelta),
        ("response.output_item.added", .itemAdded),
        ("response.output_item.done", .itemDone),
        ("response.content_part.done", .partDone),
        ("response.output_text.done", .textDone),
        ("response.output_text.annotation.added", .annotation),
        ("response.function_call_arguments.done", .inputDone),
        ("response.custom_tool_call_input.done", .inputDone),
        ("response.reasoning_summary_text.done", .summaryDone),
        ("response.reasoning_text.done", .thoughtDone),
        ("response.refusal.delta", .refusalDelta),
        ("response.refusal.done", .refusalDone),
        // The names that Open Responses has for reasoning in the open.
        ("response.reasoning.delta", .thoughtDelta),
        ("response.reasoning.done", .thoughtDone),
        ("response.created", .created),
        ("response.in_progress", .inProgress),
        ("response.completed", .finished),
        ("response.incomplete", .finished),
        ("response.done", .finished),
        ("response.failed", .failed),
        ("response.cancelled", .failed),
        ("error", .failed),
    ]
}
