internal import AgentRouteCore

/// What `demo` shows, for people or for programs.
struct DemoOutput: Sendable {
    /// Where it is shown.
    let console: Console
    /// Whether to write JSON lines.
    let isJSON: Bool

    /// The request goes out.
    func announce(_ request: SampleRequest, port: UInt16) {
        if isJSON {
            console.say(
                JSONLine([
                    "event": .text("request"), "wire": .text(request.wire),
                    "port": .number(Int(port)), "target": .text(request.target),
                    "body": .text(request.body),
                ]))
        } else {
            console.say("POST http://127.0.0.1:\(port)\(request.target) (\(request.wire))")
            console.say(request.body)
            console.say("")
        }
    }

    /// A line of the answer, `elapsed` after the request was sent.
    func show(_ line: String, after elapsed: Duration) {
        let milliseconds = elapsed.wholeMilliseconds
        if isJSON {
            console.say(
                JSONLine([
                    "event": .text("stream"), "milliseconds": .number(milliseconds),
                    "line": .text(line),
                ]))
        } else {
            let time = String(milliseconds)
            let padding = String(repeating: " ", count: max(0, 5 - time.count))
            console.say("\(padding)\(time) ms  \(line)")
        }
    }
}

extension DemoOutput {
    /// What the gateway noted of the exchange.
    func show(_ record: RequestRecord) {
        let fields = Self.fields(of: record).filter { $0.value != .none }
        if isJSON {
            console.say(JSONLine([("event", .text("record"))] + fields))
        } else {
            console.say("")
            console.say("The gateway's record:")
            for (name, value) in fields { console.say("  \(name)=\(value.plain)") }
        }
    }

    private static func fields(of record: RequestRecord) -> [(name: String, value: JSONLine.Value)] {
        func number(_ value: UInt64?) -> JSONLine.Value {
            value.map { .number(Int(clamping: $0)) } ?? .none
        }
        func text(_ value: String?) -> JSONLine.Value { value.map { .text($0) } ?? .none }
        func time(_ value: Duration?) -> JSONLine.Value {
            value.map { .number($0.wholeMilliseconds) } ?? .none
        }
        return [
            ("id", .text(record.id)), ("wire", text(record.wire?.rawValue)),
            ("alias", text(record.alias)), ("provider", text(record.provider)),
            ("model", text(record.model)), ("status", .number(record.status)),
            ("outcome", .text(record.outcome.rawValue)),
            ("headersMilliseconds", time(record.timeToHeaders)),
            ("firstByteMilliseconds", time(record.timeToFirstByte)),
            ("totalMilliseconds", time(record.total)),
            ("requestBytes", number(record.requestBytes)),
            ("responseBytes", number(record.responseBytes)),
            ("inputTokens", number(record.usage?.input)),
            ("outputTokens", number(record.usage?.output)),
        ]
    }
}

extension Duration {
    /// The milliseconds that have passed in full.
    fileprivate var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
