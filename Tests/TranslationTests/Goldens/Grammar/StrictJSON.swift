import AgentRouteWire

/// A reader of JSON that knows its place and takes nothing for granted.
struct StrictJSON {
    /// The value.
    let value: JSONValue
    private let path: String

    init(parsing text: String) throws(GrammarFault) {
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(Array(text.utf8))
        } catch {
            throw GrammarFault("data is not JSON (\(error.reason))")
        }
        path = "$"
    }

    private init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    /// The member `key`, which may be null.
    func member(_ key: String) throws(GrammarFault) -> StrictJSON {
        guard let member = value[key] else { throw GrammarFault("\(path).\(key) is missing") }
        return StrictJSON(member, path: "\(path).\(key)")
    }

    /// The member `key`; nil if it is absent or null.
    func optional(_ key: String) -> StrictJSON? {
        guard let member = value[key], member != .null else { return nil }
        return StrictJSON(member, path: "\(path).\(key)")
    }

    /// The string `key`.
    func string(_ key: String) throws(GrammarFault) -> String {
        guard let text = try member(key).value.string else {
            throw GrammarFault("\(path).\(key) is no string")
        }
        return text
    }

    /// The string `key`, which says something.
    func word(_ key: String) throws(GrammarFault) -> String {
        let text = try string(key)
        try demand(!text.isEmpty, "\(path).\(key) is empty")
        return text
    }

    /// The whole number `key`, not negative.
    func count(_ key: String) throws(GrammarFault) -> Int {
        guard let number = try member(key).value.int, number >= 0 else {
            throw GrammarFault("\(path).\(key) is no count")
        }
        return number
    }

    /// The elements of the array `key`.
    func elements(_ key: String) throws(GrammarFault) -> [StrictJSON] {
        guard let elements = try member(key).value.array else {
            throw GrammarFault("\(path).\(key) is no array")
        }
        return elements.enumerated().map { StrictJSON($1, path: "\(path).\(key)[\($0)]") }
    }

    /// The members' keys.
    func keys() throws(GrammarFault) -> [String] {
        guard let members = value.object else { throw GrammarFault("\(path) is no object") }
        let keys = members.map(\.key)
        try demand(Set(keys).count == keys.count, "\(path) has a member twice")
        return keys
    }

    /// Demands an object of these members and no others.
    func only(_ keys: Set<String>) throws(GrammarFault) {
        for key in try self.keys() where !keys.contains(key) {
            throw GrammarFault("\(path).\(key) is unknown")
        }
    }

    /// Demands that the member `key` is `expected`.
    func expect(_ key: String, is expected: JSONValue) throws(GrammarFault) {
        let found = try member(key).value
        guard found != expected else { return }
        throw GrammarFault("\(path).\(key) is \(Self.text(found)), not \(Self.text(expected))")
    }

    /// Demands that the string `key` is one of `words`, and gives it.
    func word(_ key: String, among words: Set<String>) throws(GrammarFault) -> String {
        let word = try string(key)
        if !words.contains(word) { throw GrammarFault("\(path).\(key) is no known word: \(word)") }
        return word
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }
}

/// Whether `text` is one JSON object, as the arguments of a call have to be.
func isJSONObject(_ text: String) -> Bool {
    (try? JSONValue.parse(Array(text.utf8)))?.object != nil
}

/// Whether `id` is of the letters that all wires take for the id of a call.
func isCallID(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 64
        && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
}
