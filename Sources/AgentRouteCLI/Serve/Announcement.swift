internal import AgentRouteCore
internal import AgentRoutePlatforms

/// What `serve` tells once, when the gateway listens.
struct Announcement {
    /// The configuration the gateway runs with.
    let configuration: Configuration
    /// The port it listens on.
    let port: UInt16
    /// The session token; nil when it came from the environment and need not be shown.
    let token: String?
    /// The tools to explain.
    let manifests: [Manifest]

    /// For people.
    var lines: [String] {
        let tokenLine = token ?? "the value of \(SessionToken.variable)"
        var lines = [
            "AgentRoute \(Version.current) listens on \(url)", "Token: \(tokenLine)", "",
            "Profile \(configuration.activeProfile):",
        ]
        let width = ModelAlias.allCases.map(\.name.count).max() ?? 0
        for alias in ModelAlias.allCases {
            let padding = String(repeating: " ", count: width - alias.name.count)
            lines.append("  \(alias.name)\(padding)  \(model(of: alias) ?? "no model")")
        }
        for manifest in manifests {
            lines += ["", "\(manifest.displayName):"]
            lines += manifest.rendered(with: substitutions).map { "  \($0)" }
        }
        return lines + [
            "", "Ctrl-C ends the gateway, a second one without waiting for its streams.",
        ]
    }

    /// For programs.
    func json(pid: Int32) -> JSONValue {
        let aliases = ModelAlias.allCases.compactMap { alias in
            model(of: alias).map { JSONMember(key: alias.name, value: .string($0)) }
        }
        return [
            "event": "listening", "host": .string(configuration.listen.host),
            "port": .number(.init(port)), "token": token.map(JSONValue.string) ?? nil,
            "pid": .number(.init(pid)), "profile": .string(configuration.activeProfile),
            "aliases": .object(aliases),
        ]
    }

    /// Where a client on this machine finds the gateway.
    var url: String { configuration.listen.url(port: port) }

    private func model(of alias: ModelAlias) -> String? {
        configuration.active?.models[alias]?.description
    }

    private var substitutions: Substitutions {
        Substitutions(
            gatewayURL: url,
            token: token.map(Substitutions.Token.literal) ?? .variable(SessionToken.variable),
            roles: .init(
                heavy: ModelAlias.heavy.name, balanced: ModelAlias.balanced.name,
                fast: ModelAlias.fast.name))
    }
}
