/// A stable model name that clients ask for; the active profile says which model it is.
///
/// The raw value is the tier's name in a profile.
public enum ModelAlias: String, Sendable, CaseIterable {
    /// The strongest model.
    case heavy
    /// The model for most work.
    case balanced
    /// The quick and cheap model.
    case fast

    /// The name clients use: `agentroute-heavy` and so on.
    public var name: String { "agentroute-" + rawValue }

    /// A second name for the same thing: Claude Code's model menu shows only ids that begin with
    /// `claude`.
    public var claudeName: String { "claude-" + name }

    /// The alias that goes by `name`, in either form.
    public init?(name: String) {
        guard let alias = Self.allCases.first(where: { $0.name == name || $0.claudeName == name })
        else { return nil }
        self = alias
    }
}

/// A model of a configured provider, written `provider/model`; the first slash ends the provider.
public struct ModelReference: Sendable, Hashable, CustomStringConvertible {
    /// The provider's id.
    public let provider: String
    /// The provider's own name of the model, slashes included.
    public let model: String

    /// Reads `provider/model`.
    public init(_ text: String) throws(InvalidValue) {
        guard let slash = text.firstIndex(of: "/") else {
            throw InvalidValue("expected provider/model, found no slash")
        }
        let model = text[text.index(after: slash)...]
        guard slash > text.startIndex else {
            throw InvalidValue("expected provider/model, found no provider before the slash")
        }
        guard !model.isEmpty else {
            throw InvalidValue("expected provider/model, found no model after the slash")
        }
        guard !model.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw InvalidValue("has a space or control character in the model's name")
        }
        provider = String(text[..<slash])
        self.model = String(model)
    }

    /// A reference to a model known to exist.
    init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    /// `provider/model`.
    public var description: String { "\(provider)/\(model)" }
}

/// Which model each alias stands for, under a name.
public struct Profile: Sendable, Equatable {
    /// The profile's name: letters, digits, `.`, `_`, `-`.
    public var name: String
    /// The models; an alias that is left out answers with an error that names the profile.
    public var models: [ModelAlias: ModelReference]
    /// Whether a request for one of its aliases of which something cannot be expressed in the
    /// provider's wire is refused, and not sent without it.
    public var isStrict: Bool

    /// A profile; `Configuration` checks the name and that the providers exist.
    public init(name: String, models: [ModelAlias: ModelReference], isStrict: Bool = false) {
        self.name = name
        self.models = models
        self.isStrict = isStrict
    }
}
