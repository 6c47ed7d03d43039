package import AgentRouteWire

/// Reads a client's body and knows where it is: every fault names its path.
///
///     let messages = try request.required("messages").elements()
///     for message in messages { let role = try message.required("role").string() }
package struct RequestReader: Sendable {
    /// The value read.
    package let value: JSONValue
    /// Where it stands, `messages.3.content`; empty for the body.
    package let path: String

    /// A reader of `value` at `path`.
    package init(_ value: JSONValue, path: String = "") {
        self.value = value
        self.path = path
    }

    /// The fault that the value at this path has.
    package func fault(_ reason: String) -> RequestFault {
        RequestFault(path, reason)
    }

    /// The path of the member or element `name` of this value.
    package func path(_ name: some CustomStringConvertible) -> String {
        path.isEmpty ? "\(name)" : "\(path).\(name)"
    }

    // MARK: Members

    /// The member `key`; nil if there is none or it is null.
    ///
    /// - Throws: A fault if this is no object.
    package func optional(_ key: String) throws(RequestFault) -> RequestReader? {
        guard case .object = value else { throw fault("must be an object, not \(kind)") }
        guard let member = value[key], member != .null else { return nil }
        return RequestReader(member, path: path(key))
    }

    /// The member `key`.
    ///
    /// - Throws: A fault if there is none, it is null, or this is no object.
    package func required(_ key: String) throws(RequestFault) -> RequestReader {
        guard let member = try optional(key) else {
            throw RequestFault(path(key), "is required")
        }
        return member
    }

    /// The members of an object.
    package func members() throws(RequestFault) -> [JSONMember] {
        guard let members = value.object else { throw fault("must be an object, not \(kind)") }
        return members
    }

    /// The elements of an array.
    package func elements() throws(RequestFault) -> [RequestReader] {
        guard let elements = value.array else { throw fault("must be an array, not \(kind)") }
        return elements.enumerated().map { RequestReader($1, path: path($0)) }
    }

    // MARK: Values

    /// The string.
    package func string() throws(RequestFault) -> String {
        guard let text = value.string else { throw fault("must be a string, not \(kind)") }
        return text
    }

    /// The boolean.
    package func bool() throws(RequestFault) -> Bool {
        guard let flag = value.bool else { throw fault("must be true or false, not \(kind)") }
        return flag
    }

    /// The number, by its exact text.
    package func number() throws(RequestFault) -> JSONNumber {
        guard case .number(let number) = value else { throw fault("must be a number, not \(kind)") }
        return number
    }

    /// A whole number of at least `minimum`.
    package func integer(atLeast minimum: Int) throws(RequestFault) -> JSONNumber {
        let number = try number()
        // What is too large for an Int is whole enough, and sent on as it is.
        if let value = number.int {
            guard value >= minimum else { throw fault("must be at least \(minimum)") }
        } else if number.text.contains(where: { ".eE".contains($0) }) || number.text.hasPrefix("-")
        {
            throw fault("must be a whole number of at least \(minimum)")
        }
        return number
    }

    /// The object, as it is.
    package func object() throws(RequestFault) -> JSONValue {
        _ = try members()
        return value
    }

    // MARK: Optional members of one kind

    /// The string `key`; nil if absent or null.
    package func string(_ key: String) throws(RequestFault) -> String? {
        guard let member = try optional(key) else { return nil }
        return try member.string()
    }

    /// The boolean `key`; nil if absent or null.
    package func bool(_ key: String) throws(RequestFault) -> Bool? {
        guard let member = try optional(key) else { return nil }
        return try member.bool()
    }

    /// The number `key`; nil if absent or null.
    package func number(_ key: String) throws(RequestFault) -> JSONNumber? {
        guard let member = try optional(key) else { return nil }
        return try member.number()
    }

    /// The strings of the array `key`; empty if absent or null.
    package func strings(_ key: String) throws(RequestFault) -> [String] {
        var strings: [String] = []
        for element in try optional(key)?.elements() ?? [] { strings.append(try element.string()) }
        return strings
    }

    /// The members whose keys are not in `known`, in their order.
    package func members(except known: Set<String>) throws(RequestFault) -> [JSONMember] {
        try members().filter { !known.contains($0.key) }
    }

    /// What kind of value this is, for messages.
    package var kind: String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Collects the members of an object to be written: nil values leave no member.
package struct ObjectWriter {
    private var members: [JSONMember] = []

    /// No members yet.
    package init() {}

    /// The object.
    package var value: JSONValue { .object(members) }

    /// Whether there is no member.
    package var isEmpty: Bool { members.isEmpty }

    /// Adds the member `key`, unless `value` is nil.
    package mutating func add(_ key: String, _ value: JSONValue?) {
        if let value { members.append(JSONMember(key: key, value: value)) }
    }

    /// Adds the member `key` with a string, unless it is nil.
    package mutating func add(_ key: String, _ text: String?) {
        add(key, text.map { JSONValue.string($0) })
    }

    /// Adds the member `key` with a number, unless it is nil.
    package mutating func add(_ key: String, _ number: JSONNumber?) {
        add(key, number.map { JSONValue.number($0) })
    }

    /// Adds the member `key` with a boolean, unless it is nil.
    package mutating func add(_ key: String, _ flag: Bool?) {
        add(key, flag.map { JSONValue.bool($0) })
    }

    /// Adds the member `key` with a count, unless it is nil.
    package mutating func add(_ key: String, _ count: Int?) {
        add(key, count.map { JSONValue.number(JSONNumber($0)) })
    }

    /// Adds `extras`, but for keys that are there already.
    package mutating func add(_ extras: [JSONMember]) {
        for extra in extras where !members.contains(where: { $0.key == extra.key }) {
            members.append(extra)
        }
    }
}
