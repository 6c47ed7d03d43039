internal import AgentRouteWire

extension LinkRecord {
    /// The format's version; a record of another one is not read.
    private static let version = 1

    /// The record as a JSON text.
    var json: [UInt8] {
        var members: [JSONMember] = [
            .init(key: "version", value: .number(JSONNumber(Self.version))),
            .init(key: "platform", value: .string(platform)),
            .init(key: "path", value: .string(path)),
            .init(key: "format", value: .string(format.rawValue)),
        ]
        switch original {
        case .absent: members.append(.init(key: "created", value: true))
        case .text(let text):
            members.append(
                .init(key: "original", value: .string(String(decoding: text, as: UTF8.self))))
        case .lost: break
        }
        members += [
            .init(key: "fingerprints", value: .array(fingerprints.map(\.json))),
            .init(key: "entries", value: .array(entries.map(\.json))),
            .init(key: "containers", value: .array(containers.map(\.json))),
            .init(key: "files", value: .array(files.map(JSONValue.string))),
            .init(key: "folders", value: .array(folders.map(JSONValue.string))),
        ]
        return JSONValue.object(members).serialized(pretty: true) + [.lineFeed]
    }

    /// The record in `text`; nil if it is none of this version.
    init?(json text: [UInt8]) {
        guard let value = try? JSONValue.parse(text), value["version"]?.int == Self.version,
            let platform = value["platform"]?.string, let path = value["path"]?.string,
            let format = (value["format"]?.string).flatMap(SettingsFormat.init(rawValue:)),
            let fingerprints = Self.all(value["fingerprints"], Fingerprint.init(json:)),
            let entries = Self.all(value["entries"], Entry.init(json:)),
            let containers = Self.all(value["containers"], Container.init(json:)),
            let files = Self.all(value["files"], \.string)
        else { return nil }
        // Records of versions that kept none have none.
        guard let folders = Self.all(value["folders"] ?? .array([]), \.string) else { return nil }
        let original = (value["original"]?.string).map { Original.text(Array($0.utf8)) }
        self.init(
            platform: platform, path: path, format: format,
            original: value["created"]?.bool == true ? .absent : original ?? .lost,
            fingerprints: fingerprints, entries: entries, containers: containers, files: files,
            folders: folders)
    }

    /// Every element of an array; nil if one, or the array, is not what it must be.
    fileprivate static func all<Element>(
        _ value: JSONValue?, _ read: (JSONValue) -> Element?
    ) -> [Element]? {
        guard let values = value?.array else { return nil }
        let elements = values.compactMap(read)
        return elements.count == values.count ? elements : nil
    }
}

extension LinkRecord.Entry {
    fileprivate var json: JSONValue {
        [
            "path": .array(path.map(JSONValue.string)),
            "before": before.map(JSONValue.string) ?? nil,
            "ours": .array(ours.map(JSONValue.string)),
        ]
    }

    fileprivate init?(json: JSONValue) {
        guard let path = LinkRecord.all(json["path"], \.string), !path.isEmpty,
            let ours = LinkRecord.all(json["ours"], \.string), !ours.isEmpty
        else { return nil }
        self.init(path: path, before: json["before"]?.string, ours: ours)
    }
}

extension Container {
    fileprivate var json: JSONValue {
        [
            "path": .array(path.map(JSONValue.string)),
            "interior": interior.map(JSONValue.string) ?? nil,
        ]
    }

    fileprivate init?(json: JSONValue) {
        guard let path = LinkRecord.all(json["path"], \.string) else { return nil }
        self.init(path: path, interior: json["interior"]?.string)
    }
}

extension Fingerprint {
    fileprivate var json: JSONValue {
        ["size": .number(JSONNumber(size)), "hash": .string(String(hash, radix: 16))]
    }

    fileprivate init?(json: JSONValue) {
        guard let size = json["size"]?.int,
            let hash = (json["hash"]?.string).flatMap({ UInt64($0, radix: 16) })
        else { return nil }
        self.init(size: size, hash: hash)
    }
}
