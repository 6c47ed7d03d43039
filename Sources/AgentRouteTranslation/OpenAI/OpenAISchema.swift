import AgentRouteWire

/// Schemas as OpenAI's wires take them.
///
/// Source: OpenAI "Structured model outputs", supported schemas, and what the API says of others.
enum OpenAISchema {
    // MARK: Strict schemas

    /// The members a strict schema may have; any other is refused.
    private static let strictMembers: Set<String> = [
        "$comment", "$defs", "$id", "$ref", "$schema", "additionalProperties", "anyOf", "const",
        "definitions", "description", "enum", "exclusiveMaximum", "exclusiveMinimum", "format",
        "items", "maxItems", "maximum", "minItems", "minimum", "multipleOf", "pattern",
        "properties", "required", "title", "type",
    ]
    private static let strictFormats: Set<String> = [
        "date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uuid",
    ]
    /// How deep objects may stand in one another.
    private static let strictDepth = 10

    /// Whether `schema` may be asked for with `strict`: an object, and all objects in it are closed and
    /// ask for each of their properties, by keywords that are supported.
    static func isStrict(_ schema: JSONValue) -> Bool {
        schema["type"] == "object" && schema["anyOf"] == nil && isStrictPart(schema, depth: 1)
    }

    /// What is written as `strict` of `tool`, whose schema is sent as `schema`.
    ///
    /// A client of the family knows its rules. The others hold a model to every schema, in a way of
    /// their own: where OpenAI would refuse it, the tool is not strict, and said not to be.
    static func strict(
        _ tool: Tool, schema: JSONValue, of client: WireFamily, lost: inout Degradations
    ) -> Bool? {
        guard tool.strict == true, client != .openAI, !isStrict(schema) else { return tool.strict }
        lost.note("tools.\(tool.name.name).strict")
        return nil
    }

    private static func isStrictPart(_ schema: JSONValue, depth: Int) -> Bool {
        guard let members = schema.object, depth <= strictDepth,
            members.allSatisfy({ strictMembers.contains($0.key) })
        else { return false }
        // Nothing may stand beside a reference, and every other schema says what it is for.
        if schema["$ref"] != nil { return members.count == 1 }
        guard schema["type"] != nil || schema["anyOf"] != nil, isClosed(schema) else {
            return false
        }
        if let format = schema["format"], !strictFormats.contains(format.string ?? "") {
            return false
        }
        if isOf("array", schema), schema["items"] == nil { return false }
        let named = ["properties", "$defs", "definitions"].flatMap { schema[$0]?.object ?? [] }
        let parts = named.map(\.value) + (schema["anyOf"]?.array ?? [])
        return (parts + [schema["items"]].compactMap(\.self)).allSatisfy {
            isStrictPart($0, depth: depth + (isOf("object", schema) ? 1 : 0))
        }
    }

    /// Whether `schema` is of no object, or of one with the members it names and no others.
    private static func isClosed(_ schema: JSONValue) -> Bool {
        guard isOf("object", schema) || schema["properties"] != nil else { return true }
        let names = Set((schema["properties"]?.object ?? []).map(\.key))
        let required = (schema["required"]?.array ?? []).map(\.string)
        return schema["additionalProperties"] == false && required.count == names.count
            && required.allSatisfy { $0.map(names.contains) == true }
    }

    private static func isOf(_ type: JSONValue, _ schema: JSONValue) -> Bool {
        schema["type"] == type || schema["type"]?.array?.contains(type) == true
    }

    // MARK: Parameters

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
