package import AgentRouteWire

/// The part of a model's reasoning that only its issuer can read, and that has to come back to it
/// unchanged: a signature, encrypted thoughts, OpenRouter's `reasoning_details`.
package enum ReasoningSeal: Hashable, Sendable {
    /// Issued through this gateway: by whom, and what has to come back.
    case issued(by: ReasoningIssuer, payload: JSONValue)
    /// As the client sent it, from a time without this gateway or from a pass-through: it is not known
    /// who issued it.
    case foreign(String)
}

/// Who issued reasoning: it is of use to nobody else.
package struct ReasoningIssuer: Hashable, Sendable {
    /// The provider's id in the configuration.
    package let provider: String
    /// The provider's name of the model.
    package let model: String
    /// The wire the payload is written in.
    package let wire: Wire

    /// The issuer of what `upstream` answers.
    package init(_ upstream: Upstream) {
        provider = upstream.id
        model = upstream.model
        wire = upstream.wire
    }

    init(provider: String, model: String, wire: Wire) {
        self.provider = provider
        self.model = model
        self.wire = wire
    }
}

// MARK: - The envelope

extension ReasoningSeal {
    /// What an envelope begins with. Letters, digits and `_` alone, so that it is valid in every
    /// field of every wire, base64 included.
    package static let mark = "AgentRouteSeal1"

    /// The seal as one string, for the field that a client returns verbatim: Anthropic's `signature`
    /// and `data`, Responses' `encrypted_content`, chat's `reasoning_details`, Gemini's
    /// `thoughtSignature`. Valid base64.
    package var envelope: String {
        switch self {
        case .foreign(let text): return text
        case .issued(let issuer, let payload):
            let content: JSONValue = [
                "p": .string(issuer.provider), "m": .string(issuer.model),
                "w": .string(issuer.wire.rawValue), "d": payload,
            ]
            return Self.mark + "x" + Base64.encode(content.serialized())
        }
    }

    /// The seal in what a client returned.
    package init(envelope text: String) {
        guard let seal = Self.open(text) else {
            self = .foreign(text)
            return
        }
        self = seal
    }

    private static func open(_ text: String) -> ReasoningSeal? {
        guard text.hasPrefix(mark),
            let bytes = Base64.decode(text.utf8.dropFirst(mark.utf8.count + 1)),
            let content = try? JSONValue.parse(bytes), let provider = content["p"]?.string,
            let model = content["m"]?.string, let wire = content["w"]?.string,
            let payload = content["d"]
        else { return nil }
        let issuer = ReasoningIssuer(
            provider: provider, model: model, wire: Wire(rawValue: wire))
        return .issued(by: issuer, payload: payload)
    }
}
