internal import AgentRouteWire

/// A JSON value whose strings are templates.
indirect enum TemplateValue: Sendable, Equatable {
    /// A number or a boolean; in the file of a manifest also null.
    case constant(JSONValue)
    /// A string. `{{context.…}}` alone is a number where the format has numbers.
    case text(Template)
    /// An array.
    case array([TemplateValue])
    /// An object, its members in their order.
    case object([Member])

    /// A member of an object.
    struct Member: Sendable, Equatable {
        let key: String
        let value: TemplateValue
    }

    /// The value with every hole filled; nil if one has no value. Members and elements without a
    /// value are left out of what holds them.
    func rendered(_ value: (Template.Placeholder) -> String?) -> JSONValue? {
        switch self {
        case .constant(let constant): constant
        case .text(let template): Self.rendered(template, value)
        case .array(let elements): .array(elements.compactMap { $0.rendered(value) })
        case .object(let members):
            .object(
                members.compactMap { member in
                    member.value.rendered(value).map { JSONMember(key: member.key, value: $0) }
                })
        }
    }

    private static func rendered(
        _ template: Template, _ value: (Template.Placeholder) -> String?
    ) -> JSONValue? {
        guard let text = template.text(value) else { return nil }
        if template.segments.count == 1, case .placeholder(.contextWindow) = template.segments[0],
            let number = Int(text)
        {
            return .number(JSONNumber(number))
        }
        return .string(text)
    }

    /// The placeholders of all its strings.
    var placeholders: [Template.Placeholder] {
        switch self {
        case .constant: []
        case .text(let template): template.placeholders
        case .array(let elements): elements.flatMap(\.placeholders)
        case .object(let members): members.flatMap(\.value.placeholders)
        }
    }
}

/// A value that a manifest wires, and where it goes.
struct Setting: Sendable, Equatable {
    /// Its keys from the root of the settings file on; a variable's name where there is no file.
    let path: [String]
    /// What goes there.
    let value: TemplateValue

    /// Whether it says where the gateway is.
    var isAddress: Bool { value.placeholders.contains(.gatewayURL) }
}
