import AgentRouteWire

/// Reads one object of a configuration whose keys are the cases of `Key`. Every fault goes to the
/// list and the read yields nil, so that the caller's default stands in and reading goes on.
struct ObjectReader<Key: CaseIterable & RawRepresentable<String>> {
    let path: JSONPath
    let faults: FaultList
    private let members: [String: JSONValue]

    /// The object in `value`; nil, with the fault noted, if it is none.
    init?(_ value: JSONValue, at path: JSONPath, faults: FaultList) {
        guard let entries = JSONEntries.read(value, at: path, faults: faults) else { return nil }
        let known = Key.allCases.map(\.rawValue)
        for entry in entries where !known.contains(entry.name) {
            let hint = Spelling.hint(for: entry.name, among: known)
            faults.add(path.key(entry.name), "unknown key\(hint)")
        }
        self.path = path
        self.faults = faults
        members = Dictionary(entries.map { ($0.name, $0.value) }) { _, last in last }
    }

    func path(_ key: Key) -> JSONPath { path.key(key.rawValue) }

    func value(_ key: Key) -> JSONValue? { members[key.rawValue] }

    /// The keys that are there, in the order of the cases.
    var keys: [Key] { Key.allCases.filter { members[$0.rawValue] != nil } }

    func string(_ key: Key) -> String? {
        value(key).flatMap { JSONEntries.string($0, at: path(key), faults: faults) }
    }

    /// The value of `key` as `convert` reads its text.
    func parsed<Value>(
        _ key: Key, _ convert: (String) throws(InvalidValue) -> Value
    ) -> Value? {
        guard let text = string(key) else { return nil }
        return faults.noting(path(key)) { () throws(InvalidValue) in try convert(text) }
    }

    /// A duration; the check that it is longer than zero is the configuration's.
    func duration(_ key: Key) -> Duration? {
        guard let value = value(key) else { return nil }
        guard value.string != nil else {
            faults.add(
                path(key),
                "expected a duration such as \"10s\", found \(JSONEntries.kind(of: value))")
            return nil
        }
        return parsed(key) { text throws(InvalidValue) in
            try Duration(configurationText: text)
        }
    }

    /// A whole number.
    func integer(_ key: Key) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.int else {
            faults.add(
                path(key), "expected a whole number, found \(JSONEntries.kind(of: value))")
            return nil
        }
        return Int(number)
    }

    /// True or false.
    func flag(_ key: Key) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else {
            faults.add(
                path(key), "expected true or false, found \(JSONEntries.kind(of: value))")
            return nil
        }
        return flag
    }

    /// One of `choices`, by its name.
    func choice<Value>(_ key: Key, of choices: [(name: String, value: Value)]) -> Value? {
        guard let text = string(key) else { return nil }
        return JSONEntries.choice(text, of: choices, at: path(key), faults: faults)
    }

    /// The elements of an array of strings, each with its path.
    func strings(_ key: Key) -> [(text: String, path: JSONPath)]? {
        guard let value = value(key) else { return nil }
        guard let array = value.array else {
            faults.add(
                path(key), "expected an array of strings, found \(JSONEntries.kind(of: value))")
            return nil
        }
        return array.enumerated().compactMap { index, element in
            let place = path(key).index(index)
            return JSONEntries.string(element, at: place, faults: faults).map { ($0, place) }
        }
    }
}

/// What reading an object of any keys, and its values, has in common.
enum JSONEntries {
    struct Entry {
        let name: String
        let value: JSONValue
        let path: JSONPath
    }

    /// The members of an object in their order, each name once; nil, with the fault noted, if `value`
    /// is no object. A name given twice is a fault: one of the two would be lost.
    static func read(_ value: JSONValue, at path: JSONPath, faults: FaultList) -> [Entry]? {
        guard let members = value.object else {
            faults.add(path, "expected an object, found \(kind(of: value))")
            return nil
        }
        var seen: Set<String> = []
        var entries: [Entry] = []
        for member in members {
            let place = path.key(member.key)
            guard seen.insert(member.key).inserted else {
                faults.add(place, "the key is given more than once")
                continue
            }
            entries.append(Entry(name: member.key, value: member.value, path: place))
        }
        return entries
    }

    static func string(_ value: JSONValue, at path: JSONPath, faults: FaultList) -> String? {
        guard let text = value.string else {
            faults.add(path, "expected a string, found \(kind(of: value))")
            return nil
        }
        return text
    }

    static func choice<Value>(
        _ text: String, of choices: [(name: String, value: Value)], at path: JSONPath,
        faults: FaultList
    ) -> Value? {
        if let choice = choices.first(where: { $0.name == text }) { return choice.value }
        let names = choices.map(\.name)
        let hint = Spelling.hint(for: text, among: names)
        faults.add(path, "expected one of \(names.joined(separator: ", "))\(hint)")
        return nil
    }

    /// The kind of `value`, never its content: it may be a secret.
    static func kind(of value: JSONValue) -> String {
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
