/// Everything a gateway is told: where to listen, which providers there are, what the aliases mean.
///
/// A value of this type is valid: it comes from `load`, which reads `config.json`, or from `init`,
/// and both report every fault at once.
///
/// ```swift
/// let openRouter = Provider(
///     id: "openrouter", preset: .openRouter, key: .present(Secret(key), source: "vault"))
/// let model = try ModelReference("openrouter/anthropic/claude-opus-4.5")
/// let configuration = try Configuration(
///     providers: [openRouter],
///     profiles: [Profile(name: "default", models: [.heavy: model])])
/// ```
public struct Configuration: Sendable, Equatable {
    /// Where the gateway listens.
    public private(set) var listen: Listen
    /// The providers, in the order they were given.
    public private(set) var providers: [Provider]
    /// The profiles, in the order they were given.
    public private(set) var profiles: [Profile]
    /// The name of the profile that says what the aliases mean. It exists, unless there are no
    /// profiles at all.
    public private(set) var activeProfile: String
    /// What one client may ask of the gateway.
    public private(set) var limits: Limits
    /// How the gateway logs.
    public private(set) var log: LogSettings

    /// The profile that is active when nothing else is said.
    public static let defaultProfile = "default"

    /// A configuration built in code. Throws every fault, with the path the file would have.
    public init(
        providers: [Provider], profiles: [Profile] = [],
        activeProfile: String = Configuration.defaultProfile, options: Options = Options()
    ) throws(ConfigurationError) {
        self.init(
            unchecked: options, providers: providers, profiles: profiles,
            activeProfile: activeProfile)
        let faults = FaultList()
        ConfigurationCheck(faults: faults).check(self)
        guard faults.faults.isEmpty else { throw ConfigurationError(faults: faults.faults) }
    }

    /// The parts of a configuration that seldom need a word.
    public struct Options: Sendable, Equatable {
        /// Where the gateway listens.
        public var listen = Listen()
        /// What one client may ask of the gateway.
        public var limits = Limits()
        /// How the gateway logs.
        public var log = LogSettings()

        /// The defaults.
        public init() {}
    }

    /// A configuration nobody has checked yet.
    init(
        unchecked options: Options, providers: [Provider], profiles: [Profile],
        activeProfile: String
    ) {
        listen = options.listen
        limits = options.limits
        log = options.log
        self.providers = providers
        self.profiles = profiles
        self.activeProfile = activeProfile
    }
}

extension Configuration {
    /// The profile the aliases are taken from; nil when there are no profiles.
    public var active: Profile? {
        profiles.first { $0.name == activeProfile }
    }

    /// The built-in demonstration alone: provider `demo`, and every alias on `demo/scripted`. Needs no
    /// network and no key.
    public static let demo = Configuration(
        unchecked: Options(), providers: [], profiles: [], activeProfile: defaultProfile
    ).addingDemo()

    /// This configuration with the built-in provider `demo` added, unless a provider of that name is
    /// there already. Without any profile, the default one is added with every alias on
    /// `demo/scripted`.
    public func addingDemo() -> Configuration {
        var result = self
        let id = Preset.demo.name
        if !providers.contains(where: { $0.id == id }) {
            result.providers.append(Provider(id: id, preset: .demo))
        }
        if profiles.isEmpty {
            let model = ModelReference(provider: id, model: "scripted")
            let models = ModelAlias.allCases.map { ($0, model) }
            result.profiles = [
                Profile(
                    name: activeProfile, models: Dictionary(uniqueKeysWithValues: models))
            ]
        }
        return result
    }

    /// This configuration with other parts in place of its own; nil keeps one. Nothing is checked: the
    /// parts are valid beside each other already.
    func replacing(
        providers: [Provider]? = nil, profiles: [Profile]? = nil, activeProfile: String? = nil
    ) -> Configuration {
        var result = self
        result.providers = providers ?? self.providers
        result.profiles = profiles ?? self.profiles
        result.activeProfile = activeProfile ?? self.activeProfile
        return result
    }

    /// This configuration on another port; 0 lets the system choose.
    public func listening(onPort port: UInt16) -> Configuration {
        var result = self
        result.listen.port = port
        return result
    }
}
