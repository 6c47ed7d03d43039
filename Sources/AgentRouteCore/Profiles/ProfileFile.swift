import AgentRouteWire

/// The form of a profile's file, `{"heavy": "provider/model", "balanced": ..., "fast": ...,
/// "strict": true}`: every key may be left out, comments and trailing commas are allowed.
enum ProfileFile {
    /// The longest file that is read, in bytes.
    static let byteLimit = 65_536

    /// Reads the profile `name` from the text of its file; what is wrong with it is in the entry.
    /// `providers` are the ids that a model may name.
    static func entry(
        _ name: String, path: String, text: [UInt8], providers: [String]
    ) -> ProfileEntry {
        var entry = ProfileEntry(name: name, place: .file(path))
        let faults = FaultList()
        if let fault = ConfigurationName.fault(in: name) {
            faults.add(.root, "the file's name without .json \(fault)")
        }
        do throws(JSONSyntaxError) {
            let document = try JSONValue.parse(text, comments: true)
            let reader = ObjectReader<ProfileKey>(document, at: .root, faults: faults)
            if let reader { read(reader, into: &entry, providers: providers) }
        } catch {
            faults.add(.root, error.description)
        }
        entry.faults = faults.faults
        return entry
    }

    private static func read(
        _ reader: ObjectReader<ProfileKey>, into entry: inout ProfileEntry,
        providers: [String]
    ) {
        for key in reader.keys {
            guard let alias = ModelAlias(rawValue: key.rawValue) else { continue }
            entry.models[alias] = reader.parsed(key) { text throws(InvalidValue) in
                let model = try ModelReference(text)
                try check(model, providers: providers)
                return model
            }
        }
        entry.isStrict = reader.flag(.strict) ?? false
    }

    /// Throws unless the model's provider is one of `providers`.
    static func check(_ model: ModelReference, providers: [String]) throws(InvalidValue) {
        guard providers.contains(model.provider) else {
            let hint = Spelling.hint(for: model.provider, among: providers)
            throw InvalidValue("there is no provider \"\(model.provider)\"\(hint)")
        }
    }

    /// The members of a new file. A `strict` that is nil is left out: the default, false, holds.
    static func members(
        _ models: [ModelAlias: ModelReference], isStrict: Bool?
    ) -> [JSONMember] {
        var members = ModelAlias.allCases.compactMap { alias in
            models[alias].map {
                JSONMember(key: alias.rawValue, value: .string($0.description))
            }
        }
        if let isStrict {
            members.append(JSONMember(key: ProfileKey.strict.rawValue, value: .bool(isStrict)))
        }
        return members
    }

    /// `text` with `changes` put in place of the members of the same name, or behind the others. The
    /// result has no comments. Throws when `text` is no JSON object.
    static func changed(
        _ text: [UInt8], by changes: [JSONMember]
    ) throws(InvalidValue) -> [UInt8] {
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONValue.parse(text, comments: true)
        } catch {
            throw InvalidValue(error.description)
        }
        guard var members = document.object else {
            throw InvalidValue("expected an object, found \(JSONEntries.kind(of: document))")
        }
        for change in changes {
            if let index = members.lastIndex(where: { $0.key == change.key }) {
                members[index].value = change.value
            } else {
                members.append(change)
            }
        }
        return Self.text(members)
    }

    /// The text of a file that holds `members`.
    static func text(_ members: [JSONMember]) -> [UInt8] {
        JSONValue.object(members).serialized(pretty: true) + [0x0A]
    }
}
