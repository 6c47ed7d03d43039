internal import AgentRouteWire

extension Manifest {
    /// Reads the manifest in `bytes`, strict JSON. `source` is the file's name, for the faults.
    package init(_ bytes: [UInt8], source: String) throws(ManifestError) {
        var reader = ManifestReader()
        let manifest = reader.read(bytes)
        guard let manifest, reader.faults.isEmpty else {
            throw ManifestError(source: source, faults: reader.faults)
        }
        self = manifest
    }
}

/// Reads one manifest and notes every fault on the way instead of stopping at the first.
private struct ManifestReader {
    private static let keys: Set = ["id", "displayName", "wire", "environment", "command"]

    private(set) var faults: [ManifestError.Fault] = []

    /// The manifest, or nil when a fault left a part of it unknown.
    mutating func read(_ bytes: [UInt8]) -> Manifest? {
        guard let members = members(of: bytes) else { return nil }
        let id = string("id", in: members)
        let displayName = string("displayName", in: members)
        let wire = wire(in: members)
        let environment = environment(in: members)
        let command = command(in: members)
        guard let id, let displayName, let wire else { return nil }
        return Manifest(
            id: id, displayName: displayName, wire: wire, environment: environment, command: command
        )
    }

    private mutating func members(of bytes: [UInt8]) -> [String: JSONValue]? {
        do {
            guard case .object(let list) = try JSONValue.parse(bytes, comments: false) else {
                fault("", "must be an object")
                return nil
            }
            return unique(list, at: "", known: Self.keys)
        } catch {
            fault("", "line \(error.line), column \(error.column): \(error.reason)")
            return nil
        }
    }

    /// `list` by key. A key given twice is a fault, and so is one that `known`, if given, lacks.
    private mutating func unique(
        _ list: [JSONMember], at path: String, known: Set<String>?
    ) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for member in list {
            if let known, !known.contains(member.key) {
                fault(path + member.key, "unknown key")
            }
            if members.updateValue(member.value, forKey: member.key) != nil {
                fault(path + member.key, "given twice")
            }
        }
        return members
    }

    private mutating func string(_ key: String, in members: [String: JSONValue]) -> String? {
        guard let text = members[key]?.string, !text.isEmpty else {
            fault(key, members[key] == nil ? "is missing" : "must be a string that is not empty")
            return nil
        }
        return text
    }

    private mutating func wire(in members: [String: JSONValue]) -> Wire? {
        guard let name = string("wire", in: members) else { return nil }
        guard let wire = Wire.all.first(where: { $0.rawValue == name }) else {
            let names = Wire.all.map(\.rawValue).joined(separator: ", ")
            fault("wire", "must be one of \(names)")
            return nil
        }
        return wire
    }

    private mutating func environment(in members: [String: JSONValue]) -> [Manifest.Variable] {
        guard case .object(let list) = members["environment"] else {
            fault("environment", members["environment"] == nil ? "is missing" : "must be an object")
            return []
        }
        _ = unique(list, at: "environment.", known: nil)
        return list.compactMap { member in
            let path = "environment.\(member.key)"
            guard isVariableName(member.key) else {
                fault(path, "is no name of an environment variable")
                return nil
            }
            return template(member.value, at: path).map { .init(name: member.key, value: $0) }
        }
    }

    private mutating func command(in members: [String: JSONValue]) -> [Template] {
        guard case .array(let words) = members["command"], !words.isEmpty else {
            let present = members["command"] != nil
            fault("command", present ? "must be an array that is not empty" : "is missing")
            return []
        }
        return words.enumerated().compactMap { template($1, at: "command[\($0)]") }
    }

    private mutating func template(_ value: JSONValue, at path: String) -> Template? {
        guard let text = value.string else {
            fault(path, "must be a string")
            return nil
        }
        do {
            return try Template(text)
        } catch {
            switch error {
            case .unknownPlaceholder(let name):
                let known = Template.Placeholder.allCases.map { "{{\($0.rawValue)}}" }
                    .joined(separator: ", ")
                fault(path, "unknown placeholder {{\(name)}}; known: \(known)")
            case .unclosedPlaceholder:
                fault(path, "a {{ without its }}")
            }
            return nil
        }
    }

    /// POSIX.1-2024, 3.216 Name: letters, digits and underscores, no digit first.
    private func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 95, 97...122: true
            default: false
            }
        }
    }

    private mutating func fault(_ path: String, _ reason: String) {
        faults.append(.init(path: path, reason: reason))
    }
}
