import AgentRouteWire

/// Reads the thoughts that a client sends back with a message of the model.
enum OpenAIChatReasoningReader {
    /// The blocks of thoughts in `message`, which come before all else in it.
    ///
    /// Seals of this gateway stand in `reasoning_details`, each with the length of its block's
    /// text, so that the joined text of several blocks can be told apart again.
    static func blocks(_ message: RequestReader) throws(RequestFault) -> [Block] {
        let plain = try message.string("reasoning")
        let joined = try message.string("reasoning_content") ?? plain ?? ""
        var sealed: [(seal: ReasoningSeal, length: Int?)] = []
        var foreign: [JSONValue] = []
        for detail in try message.optional("reasoning_details")?.elements() ?? [] {
            let value = try detail.object()
            if value["format"]?.string == OpenAIChatSeal.format, let text = value["data"]?.string {
                sealed.append((ReasoningSeal(envelope: text), value["length"]?.int))
            } else {
                foreign.append(value)
            }
        }
        if !sealed.isEmpty { return split(joined, sealed).map { Block(.reasoning($0)) } }
        if !foreign.isEmpty { return [Block(.reasoning(unsealed(joined, foreign)))] }
        return joined.isEmpty ? [] : [Block(.reasoning(Reasoning(joined)))]
    }

    private static func unsealed(_ joined: String, _ details: [JSONValue]) -> Reasoning {
        let own = details.compactMap { $0["text"]?.string ?? $0["summary"]?.string }.joined()
        let text = String(decoding: JSONValue.array(details).serialized(), as: UTF8.self)
        return Reasoning(joined.isEmpty ? own : joined, seal: .foreign(text))
    }

    private static func split(
        _ joined: String, _ sealed: [(seal: ReasoningSeal, length: Int?)]
    ) -> [Reasoning] {
        let lengths = sealed.compactMap(\.length)
        var rest = Substring(joined)
        var blocks: [Reasoning] = []
        // A client that has changed the text, or does not keep the lengths, has it all in one
        // block.
        let fits =
            lengths.count == sealed.count && lengths.allSatisfy { $0 >= 0 }
            && lengths.reduce(0, { $0.addingReportingOverflow($1).partialValue })
                == joined.unicodeScalars.count
        for (index, one) in sealed.enumerated() {
            guard fits else {
                blocks.append(Reasoning(index == 0 ? joined : "", seal: one.seal))
                continue
            }
            let piece = rest.unicodeScalars.prefix(one.length ?? 0)
            rest = rest[piece.endIndex...]
            blocks.append(Reasoning(String(piece), seal: one.seal))
        }
        return blocks
    }
}

/// The form in which a chat client keeps a seal: an entry of `reasoning_details`.
enum OpenAIChatSeal {
    /// What tells an entry of this gateway from a provider's.
    static let format = "agentroute-v1"

    /// The entry for `seal` of the block of thoughts number `index`, whose text has `length`
    /// Unicode scalars.
    static func detail(
        _ seal: ReasoningSeal, id: String, index: Int, length: Int
    ) -> JSONValue {
        [
            "type": "reasoning.encrypted", "data": .string(seal.envelope),
            "id": .string("rs_\(id)_\(index)"), "format": .string(format),
            "index": .number(JSONNumber(index)), "length": .number(JSONNumber(length)),
        ]
    }
}
