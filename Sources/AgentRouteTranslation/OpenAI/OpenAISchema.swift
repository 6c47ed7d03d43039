import AgentRouteWire

/// Schemas as OpenAI's wires take them.
///
/// Source: OpenAI "Structured model outputs", supported schemas.
enum OpenAISchema {
    private static let refused: Set<String> = [
        "allOf", "dependentRequired", "dependentSchemas", "else", "if", "not", "oneOf",
        "patternProperties", "then",
    ]

    /// Whether `schema` may be asked for with `strict`: an object, and all objects in it are closed and
    /// ask for each of their properties.
    static func isStrict(_ schema: JSONValue) -> Bool {
        schema["type"] == "object" && isStrictPart(schema)
    }

    private static func isStrictPart(_ schema: JSONValue) -> Bool {
        guard let members = schema.object, !members.contains(where: { refused.contains($0.key) })
        else { return false }
        let properties = schema["properties"]?.object ?? []
        let isObject = schema["type"] == "object" || schema["properties"] != nil
        if isObject {
            let required = schema["required"]?.array ?? []
            let asksForAll = properties.allSatisfy { required.contains(.string($0.key)) }
            guard asksForAll, schema["additionalProperties"] == false else { return false }
        }
        let named = ["$defs", "definitions"].flatMap { schema[$0]?.object ?? [] }
        let parts = (properties + named).map(\.value) + (schema["anyOf"]?.array ?? [])
        return (parts + [schema["items"]].compactMap(\.self)).allSatisfy(isStrictPart)
    }

    /// A schema of an object, as both wires want it.
    static func parameters(_ schema: JSONValue?) -> JSONValue {
        guard let members = schema?.object, !members.isEmpty else {
            return ["type": "object", "properties": [:]]
        }
        var whole = members
        if schema?["type"] == nil {
            whole.insert(JSONMember(key: "type", value: "object"), at: 0)
        }
        // OpenAI refuses an object that does not say what it holds.
        let says = ["$ref", "allOf", "anyOf", "oneOf", "properties"]
        if !members.contains(where: { says.contains($0.key) }) {
            whole.append(JSONMember(key: "properties", value: [:]))
        }
        return .object(whole)
    }
}
