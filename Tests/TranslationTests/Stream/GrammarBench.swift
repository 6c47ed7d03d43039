import AgentRouteWire

@testable import AgentRouteTranslation

/// Feeds a grammar and keeps what leaves, in short words.
struct GrammarBench {
    static let upstream = Upstream(id: "lab", wire: .openAIChat, model: "m")

    /// What leaves for `events`, one word or two each: `open0 text`, `+Hello`, `close0`,
    /// `call1 write {"a":1}`, `finish tool_use`.
    static func output(
        _ events: [StreamEvent], tools: ToolMap = ToolMap(), hidesReasoning: Bool = false,
        mayEndWithThoughts: Bool = true
    ) -> [String] {
        var grammar = grammar(
            AnthropicMessagesCodec(), tools: tools, hidesReasoning: hidesReasoning,
            mayEndWithThoughts: mayEndWithThoughts)
        return words(events, &grammar)
    }

    /// What leaves for `events`, in the order of the client's wire, which is that of `client`, and
    /// what is lost.
    static func output(
        _ events: [StreamEvent], to client: some Codec, callLimit: Int? = nil
    ) -> (words: [String], lost: [String]) {
        var grammar = grammar(
            client, callLimit: callLimit, mayEndWithThoughts: client.answersMayEndWithThoughts)
        let words = words(events, &grammar)
        return (words, grammar.lost.list.map(\.name))
    }

    private static func grammar(
        _ client: some Codec, tools: ToolMap = ToolMap(), callLimit: Int? = nil,
        hidesReasoning: Bool = false, mayEndWithThoughts: Bool
    ) -> StreamGrammar {
        StreamGrammar(
            rules: GrammarRules(
                issuer: ReasoningIssuer(upstream), adapt: client.adapted, tells: client.tells,
                joinedTexts: client.joinedTexts, callLimit: callLimit,
                hidesReasoning: hidesReasoning, mayEndWithThoughts: mayEndWithThoughts),
            start: AnswerStart(id: nil, model: "m"), tools: tools, id: "x")
    }

    private static func words(
        _ events: [StreamEvent], _ grammar: inout StreamGrammar
    ) -> [String] {
        var words: [String] = []
        for event in events { grammar.add(event) { words.append(word($0)) } }
        return words
    }

    /// A map that declares functions of these names, each of which requires a member.
    static func tools(_ names: String...) -> ToolMap {
        var map = ToolMap()
        for name in names {
            map.declare(
                ToolName(name), as: name, form: .function, schema: ["required": ["a"]])
        }
        return map
    }

    private static func word(_ event: OutputEvent) -> String {
        switch event {
        case .start(let start): "start \(start.id ?? "-") \(start.model)"
        case .open(let index, let kind): "open\(index) \(kind)"
        case .delta(_, let piece): "+\(piece)"
        case .citation(_, let citation): "cite \(citation.url)"
        case .close(let index, let seal): "close\(index)\(seal == nil ? "" : " sealed")"
        case .toolCall(let index, let call):
            "call\(index) \(call.id) \(call.name.name) \(text(call.input))"
        case .opaque(let index, let block): "opaque\(index) \(block.type)"
        case .finish(let stop, let usage): "finish \(stop) \(usage.output ?? -1)"
        case .fail(let failure): "fail \(failure.status)"
        }
    }

    private static func text(_ input: ToolCall.Input) -> String {
        switch input {
        case .json(let text): text
        case .text(let text): "text:\(text)"
        }
    }
}
