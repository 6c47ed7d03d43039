import AgentRouteWire

/// The rules a configuration keeps, whether it was read or built in code.
struct ConfigurationCheck {
    let faults: FaultList

    func check(_ configuration: Configuration) {
        check(configuration.listen)
        checkProviders(configuration.providers)
        checkProfiles(configuration)
        check(configuration.limits)
    }

    private func check(_ listen: Listen) {
        let path = JSONPath.root.key(RootKey.listen.rawValue)
        if AddressLiteral(listen.host) == nil {
            faults.add(
                path.key(ListenKey.host.rawValue),
                "expected an IPv4 or IPv6 address, or localhost")
        }
        for (index, host) in listen.allowedHosts.enumerated() {
            // A URL's authority is just what a Host field holds.
            guard let url = try? BaseURL("http://\(host)"), url.path.isEmpty, !host.hasSuffix("/")
            else {
                faults.add(
                    path.key(ListenKey.allowedHosts.rawValue).index(index),
                    "expected a host name, with a port if need be")
                continue
            }
        }
    }

    private func check(_ limits: Limits) {
        let path = JSONPath.root.key(RootKey.limits.rawValue)
        let sizes: [(LimitKey, Int, ClosedRange<Int>)] = [
            (.headBytes, limits.headBytes, Limits.headByteRange),
            (.bodyBytes, limits.bodyBytes, Limits.bodyByteRange),
            (.connections, limits.connections, Limits.connectionRange),
        ]
        for (key, value, range) in sizes where !range.contains(value) {
            faults.add(
                path.key(key.rawValue),
                "expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        let deadlines: [(LimitKey, Duration)] = [
            (.head, limits.head), (.body, limits.body), (.idle, limits.idle),
        ]
        for (key, value) in deadlines { check(value, at: path.key(key.rawValue)) }
    }

    private func check(_ duration: Duration, at path: JSONPath) {
        if duration <= .zero { faults.add(path, "must be longer than zero") }
    }

    private func check(name: String, at path: JSONPath) {
        if let fault = ConfigurationName.fault(in: name) { faults.add(path, fault) }
    }
}

// MARK: - Profiles

extension ConfigurationCheck {
    private func checkProfiles(_ configuration: Configuration) {
        let path = JSONPath.root.key(RootKey.profiles.rawValue)
        let ids = configuration.providers.map(\.id)
        var seen: Set<String> = []
        for profile in configuration.profiles {
            let place = path.key(profile.name)
            check(name: profile.name, at: place)
            if !seen.insert(profile.name).inserted {
                faults.add(place, "the profile is given more than once")
            }
            for alias in ModelAlias.allCases {
                guard let model = profile.models[alias], !ids.contains(model.provider) else {
                    continue
                }
                let hint = Spelling.hint(for: model.provider, among: ids)
                faults.add(
                    place.key(alias.rawValue), "there is no provider \"\(model.provider)\"\(hint)")
            }
        }
        checkActive(configuration.activeProfile, among: configuration.profiles.map(\.name))
    }

    private func checkActive(_ active: String, among names: [String]) {
        let path = JSONPath.root.key(RootKey.activeProfile.rawValue)
        if names.contains(active) { return }
        if !names.isEmpty {
            faults.add(
                path,
                "there is no profile \"\(active)\"; expected one of "
                    + names.joined(separator: ", "))
        } else if active != Configuration.defaultProfile {
            faults.add(path, "there is no profile \"\(active)\": there are no profiles")
        }
    }
}

// MARK: - Providers

extension ConfigurationCheck {
    private func checkProviders(_ providers: [Provider]) {
        let path = JSONPath.root.key(RootKey.providers.rawValue)
        var seen: Set<String> = []
        for provider in providers {
            let place = path.key(provider.id)
            check(name: provider.id, at: place)
            if !seen.insert(provider.id).inserted {
                faults.add(place, "the provider is given more than once")
            }
            check(provider.wires, at: place)
            check(provider.headers, at: place.key(ProviderKey.headers.rawValue))
            if case .present(let key, let source) = provider.key, !key.isVisibleASCII {
                faults.add(
                    place.key(ProviderKey.apiKey.rawValue),
                    "the key (\(source)) is empty or has a character that no key has")
            }
            let timeouts = place.key(ProviderKey.timeouts.rawValue)
            check(provider.timeouts.connect, at: timeouts.key(TimeoutKey.connect.rawValue))
            check(provider.timeouts.headers, at: timeouts.key(TimeoutKey.headers.rawValue))
            check(provider.timeouts.silence, at: timeouts.key(TimeoutKey.silence.rawValue))
        }
    }

    private func check(_ wires: [ServedWire], at place: JSONPath) {
        let path = place.key(ProviderKey.wires.rawValue)
        if wires.isEmpty { faults.add(path, "is empty; name at least one wire") }
        var seen: Set<Wire> = []
        for (index, served) in wires.enumerated() {
            if !Wire.all.contains(served.wire) {
                faults.add(path.index(index), "there is no wire \"\(served.wire.rawValue)\"")
            } else if !seen.insert(served.wire).inserted {
                faults.add(path.index(index), "the wire is given more than once")
            }
            if let text = served.path {
                let paths = place.key(ProviderKey.paths.rawValue)
                _ = faults.noting(paths.key(served.wire.rawValue)) { () throws(InvalidValue) in
                    try RequestPath.check(text, for: served.wire)
                }
            }
        }
    }

    private func check(_ headers: [Provider.Header], at path: JSONPath) {
        var seen: Set<String> = []
        for header in headers {
            let place = path.key(header.name)
            let name = header.name.lowercased()
            if !HeaderField.isToken(header.name) {
                faults.add(place, "is no header name")
            } else if Self.ownedHeaders.contains(name) {
                faults.add(place, "is set by the gateway itself and cannot be configured")
            } else if !seen.insert(name).inserted {
                faults.add(place, "the header is given more than once")
            }
            if !HeaderField.isFieldValue(header.value.value) {
                faults.add(place, "the value has a line end or other character no header may have")
            }
        }
    }

    /// What the connection itself is made of (RFC 9110 section 7.6.1, RFC 9112 section 6): another
    /// value would break the framing or the routing of the request.
    private static let ownedHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive",
        "proxy-connection", "te", "trailer", "upgrade", "expect",
    ]
}
