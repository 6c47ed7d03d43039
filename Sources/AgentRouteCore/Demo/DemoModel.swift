import AgentRouteWire

/// A scripted model that answers in every wire, without a network, a key or a clock.
///
/// It thinks, says a fixed short text that names what it saw, and, when the newest user text is an
/// order of the form `write FILE: CONTENT` and a tool that can write files is offered, calls that
/// tool. The next request, which carries the tool's answer, gets a text that reports it.
///
/// A pure value: the caller plays the frames of the response and keeps the time.
///
///     let response = DemoModel().respond(request)
///     for frame in response.frames { wait(frame.delay); send(frame.bytes) }
package struct DemoModel: Sendable {
    private let pace: Duration

    /// - Parameter pace: the pause before each piece of thinking, text or arguments in a stream.
    package init(pace: Duration = .milliseconds(30)) {
        self.pace = pace
    }

    /// Answers `request`. Never fails: a request it cannot answer gets a status of 400 and an error
    /// body in the dialect of the request's wire. Takes time in proportion to the body, and about
    /// that of parsing it.
    package func respond(_ request: DemoRequest) -> DemoResponse {
        let dialect = Self.dialect(of: request.wire)
        switch request.operation {
        case .countTokens:
            return .json(dialect.tokenCount(DemoUsage.estimate(bytes: request.body.count)))
        case .generate(let stream):
            do {
                let answer = try answer(to: request, in: dialect)
                guard stream else { return .json(dialect.whole(answer)) }
                var timeline = DemoTimeline(pace: pace)
                dialect.stream(answer, into: &timeline)
                return DemoResponse(
                    status: 200, contentType: "text/event-stream; charset=utf-8",
                    frames: timeline.frames)
            } catch {
                return .json(dialect.refusal(error.message), status: 400)
            }
        }
    }

    private func answer(
        to request: DemoRequest, in dialect: any DemoDialect.Type
    ) throws(DemoRefusal) -> DemoAnswer {
        let body: JSONValue
        do {
            body = try JSONValue.parse(request.body, comments: false)
        } catch {
            throw DemoRefusal("The body is not JSON: \(error)")
        }
        let conversation = try dialect.read(body)
        let script = DemoScript(for: conversation, wire: request.wire, model: request.model)
        return DemoAnswer(script: script, request: request, body: body)
    }

    /// `Wire` is open for embedders, the demo's dialects are not: a wire of somebody else's is
    /// spoken to in the most widely understood one.
    private static func dialect(of wire: Wire) -> any DemoDialect.Type {
        switch wire {
        case .anthropicMessages: DemoAnthropicMessages.self
        case .openAIResponses: DemoOpenAIResponses.self
        case .gemini: DemoGemini.self
        default: DemoOpenAIChat.self
        }
    }
}

/// One request to the demo model.
package struct DemoRequest: Sendable {
    /// What is asked for.
    package enum Operation: Sendable {
        /// An answer, as a stream of server-sent events or as one JSON body.
        case generate(stream: Bool)
        /// The number of tokens in the request.
        case countTokens
    }

    /// The wire the request came in and the answer is written in.
    package let wire: Wire
    /// What is asked for.
    package let operation: Operation
    /// The name of the model, which the answer carries.
    package let model: String
    /// The request's body: JSON text in UTF-8.
    package let body: [UInt8]
    /// Where the identifiers of the answer come from: two requests whose answers may meet in one
    /// conversation need different ordinals.
    package let ordinal: UInt64

    /// A request from its parts.
    package init(
        wire: Wire, operation: Operation, model: String, body: [UInt8], ordinal: UInt64
    ) {
        self.wire = wire
        self.operation = operation
        self.model = model
        self.body = body
        self.ordinal = ordinal
    }
}

/// The demo model's answer to one request.
package struct DemoResponse: Sendable, Equatable {
    /// The HTTP status: 200, or 400 for a request that cannot be answered.
    package let status: Int
    /// The value of the `content-type` header.
    package let contentType: String
    /// The body, in the order and at the pace it is to be sent: one server-sent event a frame, or
    /// the whole JSON body in one. Never empty.
    package let frames: [DemoFrame]

    static func json(_ value: JSONValue, status: Int = 200) -> DemoResponse {
        DemoResponse(
            status: status, contentType: "application/json",
            frames: [DemoFrame(delay: .zero, bytes: value.serialized())])
    }
}

/// A piece of the demo model's answer.
package struct DemoFrame: Sendable, Equatable {
    /// How long to wait before `bytes` are sent, counted from the frame before.
    package let delay: Duration
    /// The bytes to send.
    package let bytes: [UInt8]
}
