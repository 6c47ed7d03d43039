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
struct ManifestReader {
    /// The keys of a manifest.
    enum Key: String, CaseIterable {
        case schema = "$schema"
        case id, displayName, wire, detect, target, roles, wiring, tune, files, run
    }
    /// The keys of `detect`.
    enum DetectKey: String, CaseIterable { case binary, configPaths }
    /// The keys of `target`.
    enum TargetKey: String, CaseIterable { case type, path }
    /// The values of `target.type`.
    enum TargetType: String, CaseIterable {
        case json
        case jsonEnvironment = "json-env"
        case toml, dotenv
        case processEnvironment = "process-env"
    }
    /// The keys of `tune`.
    enum TuneKey: String, CaseIterable { case wiring, settings }
    /// The keys of `run`.
    enum RunKey: String, CaseIterable { case command, environment, unset }

    var faults: [ManifestError.Fault] = []

    /// The manifest, or nil when a fault left a part of it unknown.
    mutating func read(_ bytes: [UInt8]) -> Manifest? {
        guard let root = root(of: bytes) else { return nil }
        let id = string("id", in: root)
        if let id, !Self.isID(id) {
            fault("id", "must be lower-case letters, digits and hyphens")
        }
        let displayName = string("displayName", in: root)
        let wire = wire(in: root)
        let detection = detection(in: root)
        let target = target(in: root)
        let roles = roles(in: root)
        let files = files(in: root)
        let wiring = wiring(root["wiring"], at: "wiring", for: target, isRequired: true)
        let tuning = tuning(in: root, for: target)
        let run = run(in: root, of: detection)
        guard let id, let displayName, let wire, let detection, let target else { return nil }
        let manifest = Manifest(
            id: id, displayName: displayName, wire: wire, detection: detection, target: target,
            roles: roles, wiring: wiring, tuning: tuning, files: files, run: run)
        check(manifest)
        return manifest
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            byte.isDigit || byte == UInt8(ascii: "-") || (byte.isLetter && byte & 0x20 != 0)
        }
    }

    private mutating func root(of bytes: [UInt8]) -> [String: JSONValue]? {
        do {
            let value = try JSONValue.parse(bytes, comments: false)
            return members(of: value, at: "", known: Key.self)
        } catch {
            fault("", "line \(error.line), column \(error.column): \(error.reason)")
            return nil
        }
    }

    private mutating func wire(in root: [String: JSONValue]) -> Wire? {
        guard let name = string("wire", in: root) else { return nil }
        guard let wire = Wire.all.first(where: { $0.rawValue == name }) else {
            fault("wire", "must be one of \(Wire.all.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return wire
    }

    private mutating func detection(in root: [String: JSONValue]) -> Manifest.Detection? {
        guard let detect = section("detect", in: root, known: DetectKey.self, isRequired: true)
        else { return nil }
        let binary = string("binary", in: detect, at: "detect.")
        let texts = strings("configPaths", in: detect, at: "detect.")
        let paths = texts.enumerated().compactMap { path($1, at: "detect.configPaths[\($0)]") }
        return binary.map { .init(binary: $0, configPaths: paths) }
    }

    private mutating func target(in root: [String: JSONValue]) -> Manifest.Target? {
        guard let target = section("target", in: root, known: TargetKey.self, isRequired: true),
            let name = string("type", in: target, at: "target.")
        else { return nil }
        guard let type = TargetType(rawValue: name) else {
            let names = TargetType.allCases.map(\.rawValue).joined(separator: ", ")
            fault("target.type", "must be one of \(names)")
            return nil
        }
        if type == .processEnvironment {
            if target["path"] != nil { fault("target.path", "has no meaning for process-env") }
            return .processEnvironment
        }
        guard let text = string("path", in: target, at: "target."),
            let path = path(text, at: "target.path")
        else { return nil }
        switch type {
        case .json: return .json(path)
        case .jsonEnvironment: return .jsonEnvironment(path)
        case .toml: return .toml(path)
        case .dotenv: return .dotenv(path)
        case .processEnvironment: return .processEnvironment
        }
    }

    private mutating func roles(in root: [String: JSONValue]) -> [Role] {
        let names = strings("roles", in: root, at: "")
        return names.enumerated().compactMap { index, name in
            guard let role = Role(rawValue: name), names.firstIndex(of: name) == index else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                fault("roles[\(index)]", "must be one of \(known), each once")
                return nil
            }
            return role
        }
    }

    private mutating func files(in root: [String: JSONValue]) -> [Manifest.File] {
        guard let files = root["files"] else { return [] }
        guard let members = object(files, at: "files") else { return [] }
        return members.compactMap { member in
            let path = "files.\(member.key)"
            if !Self.isID(member.key) {
                fault(path, "must be named in lower-case letters, digits and hyphens")
            }
            guard case .object = member.value else {
                fault(path, "must be an object")
                return nil
            }
            return value(member.value, at: path).map { .init(name: member.key, content: $0) }
        }
    }
}
