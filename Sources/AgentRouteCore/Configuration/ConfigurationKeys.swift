// The keys of `config.json`. The decoder can read no other, so whatever else a document holds is an
// unknown key; a test holds `docs/config.schema.json` to the same lists.

/// The keys of the document itself.
package enum RootKey: String, CaseIterable {
    case schema = "$schema"
    case listen, providers, profiles, activeProfile, limits, log
}

/// The keys of `listen`.
package enum ListenKey: String, CaseIterable {
    case host, port, allowedHosts
}

/// The keys of a provider.
package enum ProviderKey: String, CaseIterable {
    case preset, baseURL, wires, wire, paths, dialect, auth, apiKey, headers, caFile, timeouts
    case strict
}

/// The keys of a profile: the tiers, and what holds for all of them.
package enum ProfileKey: String, CaseIterable {
    case heavy, balanced, fast, strict
}

/// The keys of a provider's `timeouts`.
package enum TimeoutKey: String, CaseIterable {
    case connect, headers, silence
}

/// The keys of `limits`.
package enum LimitKey: String, CaseIterable {
    case headBytes, bodyBytes, connections, head, body, idle
}

/// The keys of `log`.
package enum LogKey: String, CaseIterable {
    case level, format
}
