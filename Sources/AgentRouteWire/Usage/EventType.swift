/// The events that end a stream, by the name in their `event` line or the `type` in their data.
enum EventType {
    /// Anthropic's `message_stop`.
    case messageStop
    /// The Responses API's `response.completed` and `response.incomplete`.
    case responseEnded
    /// The Responses API's `response.failed`.
    case responseFailed
    /// `error`, on any wire.
    case error

    /// The type named `name`, or nil for all the others.
    init?(_ name: RawSpan) {
        switch name.byteCount {
        case 5 where name.equals("error"): self = .error
        case 12 where name.equals("message_stop"): self = .messageStop
        case 15 where name.equals("response.failed"): self = .responseFailed
        case 18 where name.equals("response.completed"): self = .responseEnded
        case 19 where name.equals("response.incomplete"): self = .responseEnded
        default: return nil
        }
    }

    /// Whether the event says that the exchange failed.
    var isError: Bool {
        self == .error || self == .responseFailed
    }

    /// Whether the event ends a stream of `wire`.
    func ends(_ wire: ObservedWire) -> Bool {
        switch self {
        case .messageStop: wire == .anthropicMessages
        case .responseEnded, .responseFailed: wire == .openAIResponses
        case .error: true
        }
    }
}
