import AgentRouteWire

/// Google's `Schema`, a relative of OpenAPI 3.0's, and JSON Schema.
enum GeminiSchema {
    /// The JSON Schema that says what `schema` says: types in small letters, `nullable` as a type,
    /// properties in the order asked for. A JSON Schema stays what it is.
    static func jsonSchema(_ schema: JSONValue) -> JSONValue {
        guard let members = schema.object else { return schema }
        var result: [JSONMember] = []
        var isNullable = false
        var order: [String] = []
        for member in members {
            let name = GeminiNames.camel(member.key)
            switch name {
            case "nullable": isNullable = member.value.bool == true
            case "propertyOrdering": order = (member.value.array ?? []).compactMap(\.string)
            // How Google marks a string with an `enum`.
            case "format" where member.value == "enum": continue
            default: result += keyword(name, member)
            }
        }
        if !order.isEmpty { sortProperties(of: &result, by: order) }
        if isNullable { allowNull(in: &result) }
        return .object(result)
    }

    private static func keyword(_ name: String, _ member: JSONMember) -> [JSONMember] {
        let value = member.value
        switch name {
        case "type": return type(value).map { [JSONMember(key: name, value: $0)] } ?? []
        case "items", "additionalProperties", "not":
            return [JSONMember(key: name, value: jsonSchema(value))]
        case "properties", "$defs", "definitions":
            return [JSONMember(key: name, value: mapped(value))]
        case "defs": return [JSONMember(key: "$defs", value: mapped(value))]
        case "anyOf", "oneOf", "allOf", "prefixItems":
            let schemas = value.array.map { JSONValue.array($0.map(jsonSchema)) }
            return [JSONMember(key: name, value: schemas ?? value)]
        case "ref":
            let path = value.string.map { text in
                text.hasPrefix("#/defs/") ? "#/$defs/" + text.dropFirst(7) : text
            }
            return [JSONMember(key: "$ref", value: path.map { .string($0) } ?? value)]
        case "example": return [JSONMember(key: "examples", value: [value])]
        case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
            return [JSONMember(key: name, value: count(value))]
        case "title", "description", "format", "enum", "default", "pattern", "minimum", "maximum",
            "required":
            return [JSONMember(key: name, value: value)]
        // JSON Schema's own, which keep their spelling.
        default: return [member]
        }
    }

    private static func type(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .string("TYPE_UNSPECIFIED"): nil
        case .string(let name): .string(name.lowercased())
        case .array(let names): .array(names.compactMap(type))
        default: value
        }
    }

    /// Counts are 64-bit integers, which JSON of protocol buffers writes as strings.
    private static func count(_ value: JSONValue) -> JSONValue {
        guard let number = value.string.flatMap({ Int($0) }) else { return value }
        return .number(JSONNumber(number))
    }

    private static func mapped(_ value: JSONValue) -> JSONValue {
        guard let members = value.object else { return value }
        return .object(members.map { JSONMember(key: $0.key, value: jsonSchema($0.value)) })
    }

    private static func sortProperties(of schema: inout [JSONMember], by order: [String]) {
        guard let index = schema.firstIndex(where: { $0.key == "properties" }),
            let properties = schema[index].value.object
        else { return }
        let first = order.compactMap { name in properties.first { $0.key == name } }
        let rest = properties.filter { !order.contains($0.key) }
        schema[index].value = .object(first + rest)
    }

    private static func allowNull(in schema: inout [JSONMember]) {
        for index in schema.indices {
            switch (schema[index].key, schema[index].value) {
            case ("type", .string(let name)): schema[index].value = [.string(name), "null"]
            case ("type", .array(let names)) where !names.contains("null"),
                ("anyOf", .array(let names)) where schema.allSatisfy({ $0.key != "type" }):
                let null: JSONValue = schema[index].key == "type" ? "null" : ["type": "null"]
                schema[index].value = .array(names + [null])
            case ("enum", .array(let values)) where !values.contains(.null):
                schema[index].value = .array(values + [.null])
            default: continue
            }
        }
    }
}

// MARK: - What Google takes

extension GeminiSchema {
    /// `schema` for `parametersJsonSchema` and `responseJsonSchema`: JSON Schema but for the name of
    /// its dialect, and with nothing beside a reference.
    static func accepted(_ schema: JSONValue) -> JSONValue {
        guard let members = schema.object else { return schema }
        let result = members.filter { $0.key != "$schema" }.map { member in
            JSONMember(key: member.key, value: accepted(member.value, of: member.key))
        }
        return .object(lonelyReference(result))
    }

    private static func accepted(_ value: JSONValue, of keyword: String) -> JSONValue {
        switch keyword {
        case "items", "additionalProperties", "not": return accepted(value)
        case "properties", "$defs", "definitions":
            guard let members = value.object else { return value }
            return .object(
                members.map { JSONMember(key: $0.key, value: accepted($0.value)) })
        case "anyOf", "oneOf", "allOf", "prefixItems":
            return value.array.map { .array($0.map(accepted)) } ?? value
        default: return value
        }
    }

    /// Puts a reference that has a description beside it, as Pydantic writes it, into an `anyOf`.
    private static func lonelyReference(_ schema: [JSONMember]) -> [JSONMember] {
        guard let reference = schema.first(where: { $0.key == "$ref" }),
            schema.contains(where: { !$0.key.hasPrefix("$") }),
            !schema.contains(where: { $0.key == "anyOf" })
        else { return schema }
        return schema.map { member in
            guard member.key == "$ref" else { return member }
            return JSONMember(key: "anyOf", value: [.object([reference])])
        }
    }
}
