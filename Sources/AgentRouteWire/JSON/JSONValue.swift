/// A JSON text in memory: exact numbers, members in order, duplicate keys kept.
///
///     let event: JSONValue = ["type": "ping", "index": 0]
///     event["type"]?.string == "ping"
package enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object([JSONMember])

    /// The value of the last member named `key`; nil if there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        object?.last { $0.key == key }?.value
    }

    /// The string, if it is one.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The integer, if it is a whole number that fits.
    package var int: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// The number as a double, if it is one and fits.
    package var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The boolean, if it is one.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, if it is an array.
    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members in their order, if it is an object.
    package var object: [JSONMember]? {
        if case .object(let value) = self { value } else { nil }
    }
}

/// A member of a JSON object.
package struct JSONMember: Hashable, Sendable {
    /// The key, escapes undone.
    package var key: String
    /// The value.
    package var value: JSONValue

    /// The member `key` with `value`.
    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension JSONValue: ExpressibleByStringInterpolation {
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    /// A whole number.
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
}

extension JSONValue: ExpressibleByFloatLiteral {
    /// A number; null where the literal is too large for a double.
    package init(floatLiteral value: Double) {
        self = JSONNumber(value).map(JSONValue.number) ?? .null
    }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    /// `true` or `false`.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByNilLiteral {
    /// `null`.
    package init(nilLiteral: ()) { self = .null }
}

extension JSONValue: ExpressibleByArrayLiteral {
    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// An object, members in the order written.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember(key: $0.0, value: $0.1) })
    }
}
