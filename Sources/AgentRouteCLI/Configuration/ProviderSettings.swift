internal import AgentRouteCore

/// The settings of one provider.
struct ProviderSettings {
    /// The provider as it holds.
    let provider: Provider
    /// Its key.
    let key: KeyAnswer
    /// What `config.json` has of it; nil without a `config.json`.
    let entry: JSONValue?
    /// The path of `config.json`, if there is one.
    let file: String?

    /// Every setting, in the order of the keys.
    var settings: [Setting] {
        var settings = [endpoint, setting([.wires, .wire], "wires", .array(wires))]
        settings += provider.wires.compactMap { served in
            served.path.map { path in
                Setting(
                    key: "\(prefix)paths.\(served.wire.rawValue)", value: .string(path),
                    source: isWritten([.paths], served.wire.rawValue) ? .file : .standard,
                    origin: isWritten([.paths], served.wire.rawValue) ? file : preset)
            }
        }
        settings.append(setting([.dialect], "dialect", .string(provider.dialect.name)))
        settings.append(apiKey)
        settings += provider.headers.map { header in
            Setting(
                key: "\(prefix)headers.\(header.name)", value: Setting.redacted, source: .file,
                origin: file)
        }
        if let caFile = provider.caFile {
            settings.append(setting([.caFile], "caFile", .string(caFile)))
        }
        settings += timeouts
        let strict = isWritten([.strict])
        settings.append(
            Setting(
                key: "\(prefix)strict", value: .bool(provider.isStrict),
                source: strict ? .file : .standard, origin: strict ? file : nil))
        return settings
    }

    private var prefix: String { "\(RootKey.providers.rawValue).\(provider.id)." }

    /// What the settings come from that nobody has written.
    private var preset: String? {
        guard let entry else { return "preset \(provider.id)" }
        return entry[ProviderKey.preset.rawValue]?.string.map { "preset \($0)" }
    }

    private var endpoint: Setting {
        switch provider.endpoint {
        case .http(let url): setting([.baseURL], "baseURL", .string(url.description))
        case .demo: setting([.preset], "preset", .string(Preset.demo.name))
        }
    }

    private var wires: [JSONValue] { provider.wires.map { .string($0.wire.rawValue) } }

    private var apiKey: Setting {
        let path = "\(prefix)apiKey"
        let source: Setting.Source =
            switch key.source {
            case .environment: .environment
            case .keyring: .keyring
            case .file: .file
            case .none: .standard
            }
        switch key.state {
        case .present(_, let origin):
            return Setting(key: path, value: Setting.redacted, source: source, origin: origin)
        case .missing, .notNeeded:
            return Setting(key: path, value: nil, source: .standard, origin: nil)
        }
    }

    private var timeouts: [Setting] {
        let values: [(TimeoutKey, Duration)] = [
            (.connect, provider.timeouts.connect), (.headers, provider.timeouts.headers),
            (.silence, provider.timeouts.silence),
        ]
        return values.map { key, value in
            let written = isWritten([.timeouts], key.rawValue)
            return Setting(
                key: "\(prefix)timeouts.\(key.rawValue)", value: .string(value.configurationText),
                source: written ? .file : .standard, origin: written ? file : nil)
        }
    }

    /// A setting that any of `keys` writes.
    private func setting(_ keys: [ProviderKey], _ name: String, _ value: JSONValue) -> Setting {
        let written = isWritten(keys)
        return Setting(
            key: prefix + name, value: value, source: written ? .file : .standard,
            origin: written ? file : preset)
    }

    /// Whether one of `keys`, or what is called `inner` in it, is in the file.
    private func isWritten(_ keys: [ProviderKey], _ inner: String? = nil) -> Bool {
        keys.contains { key in
            guard let value = entry?[key.rawValue] else { return false }
            return inner.map { value[$0] != nil } ?? true
        }
    }
}
