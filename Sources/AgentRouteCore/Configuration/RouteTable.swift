#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a request for a model goes.
package struct Route: Sendable, Equatable {
    /// The provider's place in `Configuration.providers`.
    package let providerIndex: Int
    /// The provider's id.
    package let provider: String
    /// The provider's own name of the model.
    package let model: String
    /// The alias the client asked for, in its plain form (`agentroute-heavy`); nil if it named the
    /// model itself.
    package let alias: String?
}

/// A model name that leads nowhere.
package struct RouteFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with the name.
    package enum Kind: Sendable, Equatable {
        /// The name is empty, or ends at the slash.
        case empty
        /// The active profile gives the alias no model.
        case unassigned
        /// No provider has the name before the slash.
        case unknownProvider
        /// The name is neither an alias nor `provider/model`.
        case unknown
    }

    /// What is wrong with the name.
    package let kind: Kind
    /// A sentence for the client's user, with the names that would work.
    package let description: String
}

/// The routes of a configuration, worked out once.
package struct RouteTable: Sendable {
    /// An alias as clients see it.
    package struct Alias: Sendable, Equatable {
        /// The alias.
        package let alias: ModelAlias
        /// Where it leads; nil if the active profile gives it no model.
        package let route: Route?
    }

    /// Every alias, in the order of the tiers.
    package let aliases: [Alias]
    private let providers: [String]
    private let profile: String
    private static let longContextMark = "[1m]"
    private let exact: [(name: [UInt8], route: Route)]

    /// The routes of `configuration`, whose active profile says what the aliases mean.
    package init(_ configuration: Configuration) {
        let ids = configuration.providers.map(\.id)
        func route(_ reference: ModelReference, _ alias: ModelAlias?) -> Route? {
            ids.firstIndex(of: reference.provider).map {
                Route(
                    providerIndex: $0, provider: reference.provider, model: reference.model,
                    alias: alias?.name)
            }
        }
        aliases = ModelAlias.allCases.map { alias in
            let reference = configuration.active?.models[alias]
            return Alias(alias: alias, route: reference.flatMap { route($0, alias) })
        }
        providers = ids
        profile = configuration.activeProfile
        // One that ends in the mark is left to the other look-up, which takes the mark off.
        let references = Set(configuration.profiles.flatMap(\.models.values)).filter {
            !$0.model.hasSuffix(Self.longContextMark)
        }
        exact =
            aliases.flatMap { entry in
                guard let route = entry.route else { return [([UInt8], Route)]() }
                return [entry.alias.name, entry.alias.claudeName].map { (Array($0.utf8), route) }
            }
            + references.compactMap { reference in
                route(reference, nil).map { (Array(reference.description.utf8), $0) }
            }
    }

    /// The route of a name that is, byte for byte, an alias with a model or a `provider/model` of some
    /// profile; nil for any other, which may still have a route. Allocates nothing.
    package func resolve(_ name: RawSpan) -> Route? {
        // By index, so that only the names are touched on the way to the one that matches.
        for index in exact.indices where exact[index].name.count == name.byteCount {
            // SAFETY: both buffers hold `byteCount` bytes, and neither outlives this call.
            let isEqual = name.withUnsafeBytes { left in
                exact[index].name.withUnsafeBytes { right in
                    guard let left = left.baseAddress, let right = right.baseAddress else {
                        return false
                    }
                    return memcmp(left, right, name.byteCount) == 0
                }
            }
            if isEqual { return exact[index].route }
        }
        return nil
    }

    /// The route of `name`: an alias of the active profile, or `provider/model`, where the first slash
    /// ends the provider. A trailing `[1m]`, Claude Code's mark for a long context, is ignored.
    package func resolve(_ name: String) throws(RouteFault) -> Route {
        let mark = Self.longContextMark
        let name = name.hasSuffix(mark) ? String(name.dropLast(mark.count)) : name
        if name.isEmpty { throw fault(.empty, "the model is empty") }
        if let alias = ModelAlias(name: name) {
            if let route = aliases.first(where: { $0.alias == alias })?.route { return route }
            throw fault(.unassigned, "profile \"\(profile)\" has no \(alias.rawValue) model")
        }
        guard let slash = name.firstIndex(of: "/") else {
            throw fault(.unknown, "there is no model \(Self.quoted(name))")
        }
        let provider = String(name[..<slash])
        let model = String(name[name.index(after: slash)...])
        guard let index = providers.firstIndex(of: provider) else {
            throw fault(
                .unknownProvider,
                "there is no provider \(Self.quoted(provider)) for model \(Self.quoted(name))")
        }
        if model.isEmpty { throw fault(.empty, "the model after \"\(provider)/\" is empty") }
        return Route(providerIndex: index, provider: provider, model: model, alias: nil)
    }

    /// A fault that ends with what may be asked for instead.
    private func fault(_ kind: RouteFault.Kind, _ problem: String) -> RouteFault {
        let names = aliases.map { entry in
            let meaning = entry.route.map { "\($0.provider)/\($0.model)" } ?? "not set"
            return "\(entry.alias.name) (\(meaning))"
        }
        let list = names.joined(separator: ", ")
        let known =
            providers.isEmpty
            ? "no provider is configured"
            : "provider/model with one of the providers \(providers.joined(separator: ", "))"
        return RouteFault(kind: kind, description: "\(problem); use \(list), or \(known)")
    }

    /// A client's text for a message: quoted, escaped and not too long.
    private static func quoted(_ text: String) -> String {
        let limit = 100
        return text.count > limit
            ? (text.prefix(limit) + "...").debugDescription : text.debugDescription
    }
}
