import AgentRouteWire

/// Reads one entry of `providers`: a preset, the user's own settings, or a preset with some of its
/// settings replaced.
struct ProviderDecoder {
    let context: LoadContext
    let faults: FaultList

    func decode(_ entry: JSONEntries.Entry) -> Provider? {
        let reader = ObjectReader<ProviderKey>(entry.value, at: entry.path, faults: faults)
        guard let reader else {
            // A stand-in, so that a profile that names the provider is not reported as well.
            return Provider(id: entry.name, preset: .demo)
        }
        let preset = reader.choice(.preset, of: Preset.all.map { ($0.name, $0) })
        if preset == .demo { return demo(entry.name, reader) }
        let isBroken = preset == nil && reader.value(.preset) != nil
        var provider = Provider(
            id: entry.name, endpoint: endpoint(reader, preset: preset, optional: isBroken),
            wires: wires(reader, preset: preset, optional: isBroken))
        provider.dialect =
            reader.choice(.dialect, of: Provider.Dialect.all.map { ($0.name, $0) })
            ?? preset?.dialect ?? .openAI
        let authentication = reader.choice(.auth, of: Authentication.all.map { ($0.name, $0) })
        if let authentication {
            for index in provider.wires.indices {
                provider.wires[index].authentication = authentication
            }
        }
        provider.key = key(reader, preset: preset, authentication: authentication)
        provider.headers = headers(reader)
        provider.caFile = caFile(reader)
        provider.timeouts = timeouts(reader)
        provider.isStrict = reader.flag(.strict) ?? false
        return provider
    }

    /// The built-in provider, which has nothing to set.
    private func demo(_ id: String, _ reader: ObjectReader<ProviderKey>) -> Provider {
        for key in reader.keys where key != .preset {
            faults.add(reader.path(key), "has no meaning with the preset demo")
        }
        return Provider(id: id, preset: .demo)
    }

    private func endpoint(
        _ reader: ObjectReader<ProviderKey>, preset: Preset?, optional: Bool
    ) -> Provider.Endpoint {
        if let url = reader.parsed(
            .baseURL, { text throws(InvalidValue) in try BaseURL(text) })
        {
            return .http(url)
        }
        if preset == nil, !optional, reader.value(.baseURL) == nil {
            faults.add(reader.path(.baseURL), "is missing; give it, or a preset")
        }
        return preset?.endpoint ?? .demo
    }

    /// The key: the user's, else that of the preset's environment variables.
    private func key(
        _ reader: ObjectReader<ProviderKey>, preset: Preset?, authentication: Authentication?
    ) -> KeyState {
        let path = reader.path(.apiKey)
        if authentication == Authentication.none {
            if reader.value(.apiKey) != nil {
                faults.add(path, "is given, but auth is none")
            }
            return .notNeeded
        }
        let state: KeyState?
        if reader.value(.apiKey) != nil {
            state = reader.parsed(.apiKey) { text throws(InvalidValue) in
                try KeyState(text, in: context)
            }
        } else {
            state = faults.noting(path) { () throws(InvalidValue) in
                try KeyState(variables: preset?.keyVariables ?? [], in: context)
            }
        }
        return state ?? .notNeeded
    }

    private func headers(_ reader: ObjectReader<ProviderKey>) -> [Provider.Header] {
        guard let value = reader.value(.headers) else { return [] }
        let entries = JSONEntries.read(value, at: reader.path(.headers), faults: faults) ?? []
        return entries.compactMap { entry in
            guard
                let text = JSONEntries.string(entry.value, at: entry.path, faults: faults),
                let value = faults.noting(
                    entry.path, { () throws(InvalidValue) in try headerValue(text) })
            else { return nil }
            return Provider.Header(name: entry.name, value: value)
        }
    }

    /// A header's value, from the environment if it says so. A header cannot be left out in silence,
    /// so a variable that is not set is a fault here.
    private func headerValue(_ text: String) throws(InvalidValue) -> Secret {
        guard text.hasPrefix("env:") else { return Secret(text) }
        let name = try EnvironmentVariable.name(in: text)
        guard let value = context.environment[name] else {
            throw InvalidValue("the environment variable \(name) is not set")
        }
        return Secret(value)
    }

    /// The resolved path of a file that can be read now.
    private func caFile(_ reader: ObjectReader<ProviderKey>) -> String? {
        reader.parsed(.caFile) { text throws(InvalidValue) in
            let path = try context.resolved(text)
            _ = try context.contents(of: path)
            return path
        }
    }

    private func timeouts(_ reader: ObjectReader<ProviderKey>) -> Provider.Timeouts {
        var timeouts = Provider.Timeouts()
        guard let value = reader.value(.timeouts),
            let inner = ObjectReader<TimeoutKey>(
                value, at: reader.path(.timeouts), faults: faults)
        else { return timeouts }
        timeouts.connect = inner.duration(.connect) ?? timeouts.connect
        timeouts.headers = inner.duration(.headers) ?? timeouts.headers
        timeouts.silence = inner.duration(.silence) ?? timeouts.silence
        return timeouts
    }
}

// MARK: - Wires and their paths

extension ProviderDecoder {
    /// What the provider speaks: `wires` or `wire`, else the preset's, each at the path and with the
    /// authentication the preset knows, unless `paths` says otherwise.
    private func wires(
        _ reader: ObjectReader<ProviderKey>, preset: Preset?, optional: Bool
    ) -> [ServedWire] {
        let names = names(reader)
        if names == nil, preset == nil, !optional {
            faults.add(reader.path(.wires), "is missing; give it, or a preset")
        }
        // Without a list the stand-in is every wire, so that `paths` is not reported as well.
        var served =
            names.map { wires in
                wires.map { wire in
                    preset?.wires.first { $0.wire == wire } ?? ServedWire(wire)
                }
            } ?? preset?.wires ?? Wire.all.map { ServedWire($0) }
        apply(reader, to: &served)
        return served
    }

    /// The wires listed by the user; nil if there is no list. A list of which nothing could be read
    /// stands for every wire: its faults are noted.
    private func names(_ reader: ObjectReader<ProviderKey>) -> [Wire]? {
        let choices = Wire.all.map { (name: $0.rawValue, value: $0) }
        if reader.value(.wire) != nil {
            if reader.value(.wires) != nil {
                faults.add(reader.path(.wire), "is given together with wires; keep one of the two")
            }
            return reader.choice(.wire, of: choices).map { [$0] } ?? Wire.all
        }
        guard let list = reader.value(.wires) else { return nil }
        let wires = reader.strings(.wires)?.compactMap { text, path in
            JSONEntries.choice(text, of: choices, at: path, faults: faults)
        }
        let isEmpty = list.array?.isEmpty ?? false
        return wires.flatMap { $0.isEmpty && !isEmpty ? nil : $0 } ?? Wire.all
    }

    /// Puts the paths under `paths` in place of the wires' own.
    private func apply(_ reader: ObjectReader<ProviderKey>, to served: inout [ServedWire]) {
        guard let value = reader.value(.paths) else { return }
        let entries = JSONEntries.read(value, at: reader.path(.paths), faults: faults) ?? []
        for entry in entries {
            guard
                let path = JSONEntries.string(entry.value, at: entry.path, faults: faults)
            else { continue }
            if let index = served.firstIndex(where: { $0.wire.rawValue == entry.name }) {
                served[index].path = path
            } else {
                let names = served.map(\.wire.rawValue)
                let hint = Spelling.hint(for: entry.name, among: names)
                faults.add(entry.path, "is not among the provider's wires\(hint)")
            }
        }
    }
}
