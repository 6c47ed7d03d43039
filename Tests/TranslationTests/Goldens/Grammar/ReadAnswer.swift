import AgentRouteWire

/// What a strict client has read in a stream.
struct ReadAnswer: Hashable {
    /// A tool call, as the client would run it.
    struct Call: Hashable {
        /// The tool, after its namespace where it has one.
        let name: String
        /// JSON, or the text of a custom tool.
        let arguments: String
    }

    /// How the stream ended.
    enum End: Hashable {
        /// With its wire's last event: the answer is complete.
        case finished
        /// With its wire's error.
        case failed
    }

    /// All text, refusals included.
    var text = ""
    /// All thoughts.
    var thoughts = ""
    /// What has to come back with them.
    var seals: [String] = []
    /// The released calls, in order.
    var calls: [Call] = []
    /// The wire's word for why it stopped.
    var stop: String?
    /// The wire's counts.
    var usage: JSONValue?
    /// Nil for a stream that broke off.
    var end: End?

    /// Reads `stream` as a client of `wire` would that forgives nothing.
    ///
    /// - Throws: What is against the wire's grammar.
    static func read(_ stream: [UInt8], _ wire: Wire) throws(GrammarFault) -> ReadAnswer {
        switch wire {
        case .anthropicMessages: try read(stream, with: MessagesGrammar())
        case .openAIChat: try read(stream, with: ChatGrammar())
        case .openAIResponses: try read(stream, with: ResponsesGrammar())
        default: try read(stream, with: GeminiGrammar())
        }
    }

    private static func read(
        _ stream: [UInt8], with grammar: some ClientGrammar
    ) throws(GrammarFault) -> ReadAnswer {
        var grammar = grammar
        for event in try ClientEvent.events(of: stream) {
            do throws(GrammarFault) {
                guard grammar.answer.end == nil else { throw GrammarFault("comes after the end") }
                try grammar.read(event)
            } catch {
                throw GrammarFault("\(error.reason), in \(event)")
            }
        }
        return grammar.answer
    }
}

/// The order of the events of one wire.
protocol ClientGrammar {
    /// What has been read.
    var answer: ReadAnswer { get }
    /// Reads the next event.
    mutating func read(_ event: ClientEvent) throws(GrammarFault)
}

/// What is wrong with a stream.
struct GrammarFault: Error, CustomStringConvertible {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    var description: String { reason }
}

/// Throws `reason` unless `condition` holds.
func demand(_ condition: Bool, _ reason: @autoclosure () -> String) throws(GrammarFault) {
    if !condition { throw GrammarFault(reason()) }
}

/// One event of a client's stream.
struct ClientEvent: CustomStringConvertible {
    /// Its name; nil for an event without.
    let name: String?
    /// Its data; nil for a sign of life, which is a comment or a blank line.
    let data: String?

    var description: String { "\(name ?? "-"): \(data ?? "alive")" }

    /// The events of `stream`, which holds nothing but what this product writes: names, one line of
    /// data, comments, LF.
    static func events(of stream: [UInt8]) throws(GrammarFault) -> [ClientEvent] {
        guard let text = String(validating: stream, as: UTF8.self) else {
            throw GrammarFault("the stream is not UTF-8")
        }
        var events: [ClientEvent] = []
        var name: String?
        var data: String?
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = String(Substring(line))
            if line.isEmpty {
                events.append(ClientEvent(name: name, data: data))
                (name, data) = (nil, nil)
            } else if line.hasPrefix("event: "), name == nil, data == nil {
                name = String(line.dropFirst(7))
            } else if line.hasPrefix("data: "), data == nil {
                data = String(line.dropFirst(6))
            } else {
                try demand(line == ": keep-alive" && data == nil, "a stray line: \(line)")
            }
        }
        try demand(name == nil && data == nil, "the last event has no end")
        // What stands behind the last blank line is no event.
        return events.dropLast()
    }

    /// The data as JSON at the root of paths.
    func json() throws(GrammarFault) -> StrictJSON {
        guard let data else { throw GrammarFault("a sign of life has no place here") }
        return try StrictJSON(parsing: data)
    }
}
