import AgentRouteWire

/// What a model is told of a block it cannot be given.
enum OpaqueNotice {
    /// The longest notice, in bytes of its JSON.
    private static let limit = 8 << 10

    /// `block` in words: its type, and what of it can be read.
    static func text(_ block: OpaqueBlock) -> String {
        let readable = readable(block.value)
        let json = String(decoding: readable.serialized(), as: UTF8.self)
        guard json.utf8.count <= limit else {
            return "[\(block.type): omitted, \(json.utf8.count) bytes]"
        }
        return "[\(block.type): \(json)]"
    }

    /// `value` without what only its provider can read.
    private static func readable(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.filter { !isSealed($0.key) }.map {
                    JSONMember(key: $0.key, value: readable($0.value))
                })
        case .array(let elements): .array(elements.map(readable))
        default: value
        }
    }

    private static func isSealed(_ key: String) -> Bool {
        key.hasPrefix("encrypted_") || key == "cache_control" || key == "signature"
            || key == "type"
    }
}
