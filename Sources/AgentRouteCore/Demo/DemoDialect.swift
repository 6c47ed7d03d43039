import AgentRouteWire

/// What the demo model needs to know of a wire: how to read a request, and how to write an answer
/// both ways.
protocol DemoDialect {
    /// Reads what matters to the script from a request's body.
    static func read(_ body: JSONValue) throws(DemoRefusal) -> DemoConversation
    /// The answer as one JSON body.
    static func whole(_ answer: DemoAnswer) -> JSONValue
    /// The answer as the wire's stream, from its first event to its terminal one.
    static func stream(_ answer: DemoAnswer, into timeline: inout DemoTimeline)
    /// The body of a 400.
    static func refusal(_ message: String) -> JSONValue
    /// The body that answers a count of tokens.
    static func tokenCount(_ count: Int) -> JSONValue
}

/// Why the demo model cannot answer a request, in words for the client.
struct DemoRefusal: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// A script with what a wire puts around it: names, identifiers and usage.
struct DemoAnswer {
    let script: DemoScript
    let model: String
    let usage: DemoUsage
    /// The request's body, for the fields an answer echoes.
    let body: JSONValue
    /// The model has no clock, and two wires want a time in whole seconds since 1970: 2026-01-01.
    let created = 1_767_225_600
    private let ordinal: UInt64

    init(script: DemoScript, request: DemoRequest, body: JSONValue) {
        self.script = script
        self.body = body
        model = request.model
        ordinal = request.ordinal
        usage = DemoUsage(
            input: DemoUsage.estimate(bytes: request.body.count),
            thinking: script.thinking.map { DemoUsage.estimate(bytes: $0.utf8.count) } ?? 0,
            answer: DemoUsage.estimate(bytes: script.text.utf8.count)
                + (script.call.map { DemoUsage.estimate(bytes: $0.argumentText.utf8.count) } ?? 0))
    }

    /// An identifier: `prefix`, and digits of this answer's own. Only letters, digits and `_`, so
    /// that every client may send it back.
    func identifier(_ prefix: String) -> String {
        let digits = String(ordinal, radix: 16)
        return prefix + "demo" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Token usage of one answer. Estimates, and never 0: a client that divides or budgets by them must
/// not trip.
struct DemoUsage {
    let input: Int
    let thinking: Int
    let answer: Int

    /// All tokens that came out, thinking included.
    var output: Int { thinking + answer }
    var total: Int { input + output }

    /// A quarter of the bytes, at least 1: close to what English text and JSON cost with the
    /// tokenizers in use.
    static func estimate(bytes: Int) -> Int {
        max(1, bytes / 4)
    }
}

/// Collects the frames of a stream.
struct DemoTimeline {
    private(set) var frames: [DemoFrame] = []
    private let pace: Duration

    init(pace: Duration) {
        self.pace = pace
    }

    /// Appends a named server-sent event; `paced` puts the model's pause before it.
    mutating func event(_ name: StaticString, _ data: JSONValue, paced: Bool = false) {
        append(name, data.serialized(), paced: paced)
    }

    /// Appends a server-sent event without a name; `paced` puts the model's pause before it.
    mutating func event(_ data: JSONValue, paced: Bool = false) {
        append(nil, data.serialized(), paced: paced)
    }

    /// Appends a server-sent event without a name whose data is no JSON.
    mutating func event(text: String) {
        append(nil, Array(text.utf8), paced: false)
    }

    private mutating func append(_ name: StaticString?, _ data: [UInt8], paced: Bool) {
        var writer = ByteWriter()
        SSEWriter.event(name: name, data: data.span.bytes, into: &writer)
        frames.append(DemoFrame(delay: paced ? pace : .zero, bytes: writer.bytes))
    }
}

extension JSONValue {
    /// A whole number.
    static func count(_ number: Int) -> JSONValue {
        .number(JSONNumber(number))
    }
}
