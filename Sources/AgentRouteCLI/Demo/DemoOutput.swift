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
            console.say([
                "event": "request", "wire": .string(request.wire), "port": .number(.init(port)),
                "target": .string(request.target), "body": .string(request.body),
            ])
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
            console.say([
                "event": "stream", "elapsed_ms": .number(.init(milliseconds)),
                "line": .string(line),
            ])
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
        let fields = Self.fields(of: record).filter { $0.value != .null }
        if isJSON {
            console.say(.object([JSONMember(key: "event", value: "record")] + fields))
        } else {
            console.say("")
            console.say("The gateway's record:")
            for field in fields {
                let value = String(decoding: field.value.serialized(), as: UTF8.self)
                console.say("  \(field.key): \(field.value.string ?? value)")
            }
        }
    }

    /// Under the names the log uses.
    private static func fields(of record: RequestRecord) -> [JSONMember] {
        func number(_ value: UInt64?) -> JSONValue { value.map { .number(.init($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func time(_ value: Duration?) -> JSONValue {
            value.map { .number(.init($0.wholeMilliseconds)) } ?? .null
        }
        let usage = record.usage
        let fields: KeyValuePairs = [
            "id": number(record.id), "wire": text(record.wire?.rawValue),
            "alias": text(record.alias), "provider": text(record.provider),
            "model": text(record.model), "status": .number(.init(record.status)),
            "outcome": text(record.outcome.rawValue), "error": text(record.error),
            "headers_ms": time(record.timeToHeaders),
            "first_byte_ms": time(record.timeToFirstByte), "total_ms": time(record.total),
            "request_bytes": number(record.requestBytes),
            "response_bytes": number(record.responseBytes),
            "input_tokens": number(usage?.input), "output_tokens": number(usage?.output),
        ]
        return fields.map { JSONMember(key: $0.key, value: $0.value) }
    }
}

extension Duration {
    /// The milliseconds that have passed in full.
    fileprivate var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
