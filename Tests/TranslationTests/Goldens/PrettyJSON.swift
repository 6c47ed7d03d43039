import AgentRouteWire

extension JSONValue {
    /// The value over several lines, for people: what fits into a line stands in one.
    func pretty() -> [UInt8] {
        var text = ""
        write(to: &text, indent: "", taken: 0)
        return Array((text + "\n").utf8)
    }

    private static let width = 100

    private func write(to text: inout String, indent: String, taken: Int) {
        let compact = String(decoding: serialized(), as: UTF8.self)
        if indent.count + taken + compact.count <= Self.width {
            text += compact
            return
        }
        let inner = indent + "  "
        switch self {
        case .array(let elements):
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                element.write(to: &text, indent: inner, taken: 1)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += indent + "]"
        case .object(let members):
            text += "{\n"
            for (index, member) in members.enumerated() {
                let key = String(decoding: JSONValue.string(member.key).serialized(), as: UTF8.self)
                text += inner + key + ": "
                member.value.write(to: &text, indent: inner, taken: key.count + 3)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += indent + "}"
        case .null, .bool, .number, .string: text += compact
        }
    }
}
