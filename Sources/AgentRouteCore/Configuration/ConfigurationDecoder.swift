import AgentRouteWire

/// Turns a parsed `config.json` into a configuration and lists everything that is wrong with it.
///
/// A part that cannot be read is noted and its default stands in, so that the rest is still read and
/// checked; with any fault noted, what `decode` returns must not be used.
struct ConfigurationDecoder {
    let context: LoadContext
    let faults = FaultList()

    func decode(_ document: JSONValue) -> Configuration {
        guard let root = ObjectReader<RootKey>(document, at: .root, faults: faults) else {
            return .demo
        }
        _ = root.string(.schema)
        var options = Configuration.Options()
        read(root, .listen) { options.listen = listen($0) }
        read(root, .limits) { options.limits = limits($0) }
        read(root, .log) { options.log = log($0) }
        let providers = ProviderDecoder(context: context, faults: faults)
        let configuration = Configuration(
            unchecked: options,
            providers: entries(root, .providers).compactMap { providers.decode($0) },
            profiles: entries(root, .profiles).compactMap(profile),
            activeProfile: root.string(.activeProfile) ?? Configuration.defaultProfile)
        ConfigurationCheck(faults: faults).check(configuration)
        return configuration
    }

    /// Hands the object under `key` to `body`, if it is there and is an object.
    private func read<Key>(
        _ root: ObjectReader<RootKey>, _ key: RootKey, _ body: (ObjectReader<Key>) -> Void
    ) {
        guard let value = root.value(key) else { return }
        if let reader = ObjectReader<Key>(value, at: root.path(key), faults: faults) {
            body(reader)
        }
    }

    /// The members of the object under `key`, whose names are the user's.
    private func entries(_ root: ObjectReader<RootKey>, _ key: RootKey) -> [JSONEntries.Entry] {
        guard let value = root.value(key) else { return [] }
        return JSONEntries.read(value, at: root.path(key), faults: faults) ?? []
    }

    private func listen(_ reader: ObjectReader<ListenKey>) -> Listen {
        var listen = Listen(
            host: reader.string(.host) ?? Listen().host,
            allowedHosts: reader.strings(.allowedHosts)?.map(\.text) ?? [])
        if let port = reader.integer(.port) {
            if let port = UInt16(exactly: port) {
                listen.port = port
            } else {
                faults.add(reader.path(.port), "expected a number from 0 to 65535")
            }
        }
        return listen
    }

    private func limits(_ reader: ObjectReader<LimitKey>) -> Limits {
        var limits = Limits()
        limits.headBytes = reader.integer(.headBytes) ?? limits.headBytes
        limits.bodyBytes = reader.integer(.bodyBytes) ?? limits.bodyBytes
        limits.connections = reader.integer(.connections) ?? limits.connections
        limits.head = reader.duration(.head) ?? limits.head
        limits.body = reader.duration(.body) ?? limits.body
        limits.idle = reader.duration(.idle) ?? limits.idle
        return limits
    }

    private func log(_ reader: ObjectReader<LogKey>) -> LogSettings {
        var log = LogSettings()
        log.level = reader.choice(.level, of: LogLevel.all.map { ($0.name, $0) }) ?? log.level
        log.format = reader.choice(.format, of: LogFormat.all.map { ($0.name, $0) }) ?? log.format
        return log
    }

    private func profile(_ entry: JSONEntries.Entry) -> Profile? {
        let reader = ObjectReader<ProfileKey>(entry.value, at: entry.path, faults: faults)
        guard let reader else { return nil }
        var models: [ModelAlias: ModelReference] = [:]
        for key in reader.keys {
            guard let alias = ModelAlias(rawValue: key.rawValue) else { continue }
            models[alias] = reader.parsed(key) { text throws(InvalidValue) in
                try ModelReference(text)
            }
        }
        return Profile(
            name: entry.name, models: models, isStrict: reader.flag(.strict) ?? false)
    }
}
