import AgentRouteWire

/// Brings JSON schemas into the subset Anthropic takes. What is beyond it is told the model in the
/// description, where it can still be followed.
///
/// Source: Anthropic's guide to structured outputs.
enum AnthropicSchema {
    /// A schema, and whether it holds the model to less than the one it was made of.
    typealias Result = (schema: JSONValue, isWeaker: Bool)

    // MARK: The input of a tool

    private static let combinators = ["anyOf", "oneOf", "allOf"]

    /// `schema` as the input of a tool: of type object, and without alternatives at its top.
    static func toolInput(_ schema: JSONValue?) -> Result {
        let members = schema?.object ?? []
        guard let type = schema?["type"] else {
            return withoutAlternatives(members.filter { $0.key != "type" }, isWeaker: false)
        }
        let isObject = type == "object" || type.array?.contains("object") == true
        let rest = isObject ? members.filter { $0.key != "type" } : []
        return withoutAlternatives(rest, isWeaker: !isObject)
    }

    private static func withoutAlternatives(_ members: [JSONMember], isWeaker: Bool) -> Result {
        let object = JSONMember(key: "type", value: "object")
        let alternatives = members.filter { combinators.contains($0.key) }
        guard !alternatives.isEmpty else { return (.object([object] + members), isWeaker) }
        // Every property of every alternative is allowed, none of them is asked for.
        var properties = members.last { $0.key == "properties" }?.value.object ?? []
        for branch in alternatives.flatMap({ $0.value.array ?? [] }) {
            for property in branch["properties"]?.object ?? []
            where !properties.contains(where: { $0.key == property.key }) {
                properties.append(property)
            }
        }
        let rest = members.filter { !combinators.contains($0.key) && $0.key != "properties" }
        let all = [object, JSONMember(key: "properties", value: .object(properties))] + rest
        return (.object(all), true)
    }

    // MARK: Schemas that are enforced

    private static let kept: Set<String> = [
        "$ref", "const", "description", "enum", "required", "title", "type",
    ]
    private static let ignored: Set<String> = [
        "$comment", "$id", "$schema", "additionalProperties", "examples",
    ]
    private static let formats: Set<String> = [
        "date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid",
    ]

    /// `schema` for structured output and strict tools: objects are closed, limits of numbers, texts
    /// and lists are words.
    static func strict(_ schema: JSONValue) -> Result {
        guard let members = schema.object else { return (schema, false) }
        var strict: [JSONMember] = []
        var words: [String] = []
        var isWeaker = false
        for member in members {
            let key = member.key == "oneOf" ? "anyOf" : member.key
            guard !ignored.contains(key) else { continue }
            guard let value = value(key, member.value, &isWeaker) else {
                words.append("\(key): \(text(member.value))")
                continue
            }
            strict.append(JSONMember(key: key, value: value))
        }
        if isObject(schema) {
            // A map of any keys becomes an object of none: that cannot be said in words only.
            if let values = schema["additionalProperties"], values != false {
                isWeaker = isWeaker || values.object != nil
            }
            strict.append(JSONMember(key: "additionalProperties", value: false))
        }
        guard !words.isEmpty else { return (.object(strict), isWeaker) }
        return (.object(described(strict, words)), true)
    }

    private static func isObject(_ schema: JSONValue) -> Bool {
        schema["type"] == "object" || schema["type"]?.array?.contains("object") == true
            || schema["properties"] != nil
    }

    /// The value of `key` in the subset; nil if the subset lacks it.
    private static func value(
        _ key: String, _ value: JSONValue, _ isWeaker: inout Bool
    ) -> JSONValue? {
        switch key {
        case "properties", "$defs", "definitions":
            guard let members = value.object else { return value }
            return .object(
                members.map { JSONMember(key: $0.key, value: nested($0.value, &isWeaker)) })
        case "anyOf", "allOf":
            guard let branches = value.array else { return nil }
            return .array(branches.map { nested($0, &isWeaker) })
        case "items": return nested(value, &isWeaker)
        case "format" where formats.contains(value.string ?? ""): return value
        case "minItems" where value == 0 || value == 1: return value
        case let key where kept.contains(key): return value
        default: return nil
        }
    }

    private static func nested(_ schema: JSONValue, _ isWeaker: inout Bool) -> JSONValue {
        let result = strict(schema)
        isWeaker = isWeaker || result.isWeaker
        return result.schema
    }

    private static func described(_ members: [JSONMember], _ words: [String]) -> [JSONMember] {
        let limits = "{\(words.joined(separator: ", "))}"
        let own = members.last { $0.key == "description" }?.value.string
        let text = own.map { "\($0) \(limits)" } ?? limits
        return members.filter { $0.key != "description" }
            + [JSONMember(key: "description", value: .string(text))]
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }
}
