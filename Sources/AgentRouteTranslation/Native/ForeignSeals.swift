import AgentRouteWire

/// Takes out of a request on its way to a provider of the same wire what another one issued: reasoning
/// in the gateway's envelopes. The provider would refuse it as an invalid signature, and with it every
/// further turn of the conversation.
package enum ForeignSeals {
    /// Whether `body` may hold an envelope: a search, about 50 ps a byte.
    package static func mayBe(in body: RawSpan) -> Bool {
        body.contains("AgentRouteSeal1x")
    }

    /// `body` without the blocks whose envelopes it holds; nil if it holds none, or is no JSON.
    package static func removed(from body: [UInt8]) -> [UInt8]? {
        guard let value = try? JSONValue.parse(body) else { return nil }
        var isChanged = false
        let result = strip(value, &isChanged)
        return isChanged ? result?.serialized() : nil
    }

    /// `value` without envelopes; nil if it is to go as a whole.
    private static func strip(_ value: JSONValue, _ isChanged: inout Bool) -> JSONValue? {
        switch value {
        case .array(let elements):
            return .array(elements.compactMap { strip($0, &isChanged) })
        case .object(let members):
            return strip(members, &isChanged)
        case .null, .bool, .number, .string: return value
        }
    }

    private static func strip(
        _ members: [JSONMember], _ isChanged: inout Bool
    ) -> JSONValue? {
        var kept: [JSONMember] = []
        for member in members {
            if isEnvelope(member) {
                isChanged = true
                // A Gemini part is more than its signature; every other block is its envelope.
                if member.key.hasPrefix("thought") { continue }
                return nil
            }
            guard let value = strip(member.value, &isChanged) else { continue }
            // A message, or a list of details, of which nothing is left would be refused as empty.
            let isEmptied = value == .array([]) && member.value != .array([])
            if isEmptied, member.key == "content" || member.key == "parts" { return nil }
            if isEmptied, member.key == "reasoning_details" { continue }
            kept.append(JSONMember(key: member.key, value: value))
        }
        let isThought = members.contains { $0.key == "thought" && $0.value == .bool(true) }
        return isThought && kept.count < members.count ? nil : .object(kept)
    }

    private static func isEnvelope(_ member: JSONMember) -> Bool {
        switch member.key {
        case "signature", "data", "encrypted_content", "thoughtSignature", "thought_signature":
            guard let text = member.value.string else { return false }
            if case .issued = ReasoningSeal(envelope: text) { return true }
            return false
        default: return false
        }
    }
}
