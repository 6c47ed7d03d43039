import AgentRouteWire

/// The two spellings of a member's name: JSON's camel case and the snake case of protocol buffers.
/// Google's REST takes both, and its own examples mix them.
enum GeminiNames {
    /// `thought_signature` as `thoughtSignature`.
    static func camel(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        let words = name.split(separator: "_")
        guard let first = words.first else { return name }
        return words.dropFirst().reduce(into: String(first)) { name, word in
            name += word.prefix(1).uppercased() + word.dropFirst()
        }
    }

    /// `thoughtSignature` as `thought_signature`.
    static func snake(_ name: String) -> String {
        name.reduce(into: "") { snake, letter in
            snake += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }
}

extension RequestReader {
    /// The member `name`, in either spelling; nil if there is none or it is null.
    func field(_ name: String) throws(RequestFault) -> RequestReader? {
        if let member = try optional(name) { return member }
        let snake = GeminiNames.snake(name)
        return snake == name ? nil : try optional(snake)
    }

    /// The member `name`, in either spelling.
    func requiredField(_ name: String) throws(RequestFault) -> RequestReader {
        guard let member = try field(name) else {
            throw RequestFault(path(name), "is required")
        }
        return member
    }

    /// The members that are neither in `known` nor empty, by their names in camel case.
    func fields(except known: Set<String>) throws(RequestFault) -> [JSONMember] {
        try members().compactMap { member in
            let name = GeminiNames.camel(member.key)
            return known.contains(name) || member.value.isVoid
                ? nil : JSONMember(key: name, value: member.value)
        }
    }
}

extension JSONValue {
    /// Whether the value says nothing: null, or a container without content.
    fileprivate var isVoid: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .bool, .number, .string: false
        }
    }
}
