internal import AgentRouteWire

extension ManifestReader {
    /// Notes what is wrong at `path`.
    mutating func fault(_ path: String, _ reason: String) {
        faults.append(.init(path: path, reason: reason))
    }

    /// The members of an object in their order; a key given twice is a fault.
    mutating func object(_ value: JSONValue, at path: String) -> [JSONMember]? {
        guard case .object(let list) = value else {
            fault(path, "must be an object")
            return nil
        }
        var seen: Set<String> = []
        for member in list where !seen.insert(member.key).inserted {
            fault(path.isEmpty ? member.key : "\(path).\(member.key)", "given twice")
        }
        return list
    }

    /// The members of an object by key. A key that is none of `known` is a fault.
    mutating func members<Known: CaseIterable & RawRepresentable<String>>(
        of value: JSONValue, at path: String, known: Known.Type
    ) -> [String: JSONValue]? {
        guard let list = object(value, at: path) else { return nil }
        for member in list where Known(rawValue: member.key) == nil {
            fault(path.isEmpty ? member.key : "\(path).\(member.key)", "unknown key")
        }
        return Dictionary(list.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// The members of the object `key`; nil, with a fault if it is required, where it is missing.
    mutating func section<Known: CaseIterable & RawRepresentable<String>>(
        _ key: String, in root: [String: JSONValue], known: Known.Type, isRequired: Bool
    ) -> [String: JSONValue]? {
        guard let value = root[key] else {
            if isRequired { fault(key, "is missing") }
            return nil
        }
        return members(of: value, at: key, known: known)
    }

    /// The string `key`, not empty.
    mutating func string(
        _ key: String, in members: [String: JSONValue], at path: String = ""
    ) -> String? {
        guard let text = members[key]?.string, !text.isEmpty else {
            let isMissing = members[key] == nil
            fault(path + key, isMissing ? "is missing" : "must be a string that is not empty")
            return nil
        }
        return text
    }

    /// The array of strings `key`; it may be empty.
    mutating func strings(
        _ key: String, in members: [String: JSONValue], at path: String
    ) -> [String] {
        guard let value = members[key] else {
            fault(path + key, "is missing")
            return []
        }
        guard let elements = value.array else {
            fault(path + key, "must be an array of strings")
            return []
        }
        let texts = elements.compactMap(\.string)
        if texts.count < elements.count { fault(path + key, "must be an array of strings") }
        return texts
    }

    /// The path in `text`.
    mutating func path(_ text: String, at place: String) -> ManifestPath? {
        guard let path = ManifestPath(text) else {
            fault(place, "must begin with /, ~/ or ${NAME:-FOLDER}")
            return nil
        }
        return path
    }

    /// The template in a string.
    mutating func template(_ value: JSONValue, at path: String) -> Template? {
        guard let text = value.string else {
            fault(path, "must be a string")
            return nil
        }
        do {
            return try Template(text)
        } catch {
            switch error {
            case .unknownPlaceholder(let name):
                let known = Template.Placeholder.names.map { "{{\($0)}}" }.joined(separator: ", ")
                fault(path, "unknown placeholder {{\(name)}}; known: \(known)")
            case .unclosedPlaceholder:
                fault(path, "a {{ without its }}")
            }
            return nil
        }
    }

    /// A value of any kind with its strings as templates. Recursive: reading has bounded the depth.
    mutating func value(_ value: JSONValue, at path: String) -> TemplateValue? {
        switch value {
        case .null, .bool, .number: return .constant(value)
        case .string: return template(value, at: path).map(TemplateValue.text)
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { self.value($1, at: "\(path)[\($0)]") })
        case .object:
            guard let members = object(value, at: path) else { return nil }
            return .object(
                members.compactMap { member in
                    self.value(member.value, at: "\(path).\(member.key)")
                        .map { .init(key: member.key, value: $0) }
                })
        }
    }
}
