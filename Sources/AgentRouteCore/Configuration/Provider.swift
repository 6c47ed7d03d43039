public import AgentRouteWire

/// A provider of models: where it is, what it speaks, how a request to it is authenticated.
///
/// A provider is plain data; `Configuration.init` checks it.
///
/// ```swift
/// var lab = Provider(
///     id: "lab", endpoint: .http(try BaseURL("http://127.0.0.1:9000/v1")),
///     wires: [ServedWire(.openAIChat)], key: .present(Secret(key), source: "vault"))
/// lab.timeouts.headers = .seconds(60)
/// ```
public struct Provider: Sendable, Equatable {
    /// Where requests go.
    public enum Endpoint: Sendable, Equatable {
        /// The scripted model inside the gateway; needs no network and no key.
        case demo
        /// A server spoken to over HTTP/1.1, with TLS when the URL is https.
        case http(BaseURL)
    }

    /// The name that stands before the slash of `provider/model`: letters, digits, `.`, `_`, `-`.
    public var id: String
    /// Where requests go.
    public var endpoint: Endpoint
    /// What the provider speaks, preferred first; at least one, none twice.
    public var wires: [ServedWire]
    /// The dialect of its chat wire.
    public var dialect = Dialect.openAI
    /// Its key, or why there is none.
    public var key: KeyState
    /// Fields set on every request, in place of the client's fields of the same name.
    public var headers: [Header] = []
    /// A PEM file of certificate authorities trusted for this provider, in place of the system's.
    public var caFile: String?
    /// How long the gateway waits for it.
    public var timeouts = Timeouts()
    /// Whether a request of which something cannot be expressed in the provider's wire is refused, and
    /// not sent without it.
    public var isStrict = false

    /// A provider with default dialect, headers and timeouts, which can be set afterwards.
    public init(id: String, endpoint: Endpoint, wires: [ServedWire], key: KeyState = .notNeeded) {
        self.id = id
        self.endpoint = endpoint
        self.wires = wires
        self.key = key
    }

    /// A provider as the preset describes it.
    public init(id: String, preset: Preset, key: KeyState = .notNeeded) {
        self.init(id: id, endpoint: preset.endpoint, wires: preset.wires, key: key)
        dialect = preset.dialect
    }
}

extension Provider {
    /// A header field of every request to a provider. Its value may be a credential, so it is kept
    /// as one.
    public struct Header: Sendable, Equatable {
        /// The field name (RFC 9110 section 5.1).
        public var name: String
        /// The field value (RFC 9110 section 5.5).
        public var value: Secret

        /// A field; `Configuration` checks name and value.
        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// How long the gateway waits for a provider. Every one is longer than zero.
    public struct Timeouts: Sendable, Equatable {
        /// Until the connection stands, TLS included.
        public var connect: Duration
        /// From the end of the request to the end of the response's head.
        public var headers: Duration
        /// Between two pieces of the response's body.
        public var silence: Duration

        /// The defaults: 10, 600 and 300 seconds.
        public init(
            connect: Duration = .seconds(10), headers: Duration = .seconds(600),
            silence: Duration = .seconds(300)
        ) {
            self.connect = connect
            self.headers = headers
            self.silence = silence
        }
    }

    /// The habits of a chat wire.
    public struct Dialect: Hashable, Sendable {
        /// The name the configuration uses.
        public let name: String

        /// OpenAI's own, the default.
        public static let openAI = Dialect(name: "openai")
        /// OpenRouter's: `reasoning_details`, comments while waiting, usage after the finish chunk.
        public static let openRouter = Dialect(name: "openrouter")
        /// Every dialect.
        public static let all = [openAI, openRouter]
    }
}

/// A wire a provider speaks: at which path, and how a request is authenticated there.
public struct ServedWire: Sendable, Equatable {
    /// The wire.
    public var wire: Wire
    /// The path after the base URL's; nil for the wire's own (`ServedWire.path(after:)`). Gemini's
    /// holds the placeholders `{model}` and `{verb}`.
    public var path: String?
    /// Where the key goes.
    public var authentication: Authentication

    /// `wire` at its own path with its own authentication, unless told otherwise.
    public init(_ wire: Wire, path: String? = nil, authentication: Authentication? = nil) {
        self.wire = wire
        self.path = path
        self.authentication = authentication ?? .default(for: wire)
    }

    /// The full path of a request to `base`: its prefix and this wire's path. A base without a
    /// version gets `/v1` for Anthropic's wire, whose clients are given base URLs without it.
    public func path(after base: BaseURL) -> String {
        if let path { return base.path + path }
        switch wire {
        case .anthropicMessages:
            return base.path + (base.hasVersion ? "/messages" : "/v1/messages")
        case .openAIResponses: return base.path + "/responses"
        case .gemini: return base.path + "/models/{model}:{verb}"
        default: return base.path + "/chat/completions"
        }
    }
}

/// Where the key of a provider goes in a request.
public struct Authentication: Hashable, Sendable {
    /// The name the configuration uses.
    public let name: String

    /// `Authorization: Bearer KEY` (RFC 6750).
    public static let bearer = Authentication(name: "bearer")
    /// `x-api-key: KEY`, Anthropic's field.
    public static let xAPIKey = Authentication(name: "x-api-key")
    /// `x-goog-api-key: KEY`, Google's field.
    public static let xGoogAPIKey = Authentication(name: "x-goog-api-key")
    /// No credentials.
    public static let none = Authentication(name: "none")
    /// Every way.
    public static let all = [bearer, xAPIKey, xGoogAPIKey, none]

    /// What the wire's own vendor asks for.
    public static func `default`(for wire: Wire) -> Authentication {
        switch wire {
        case .anthropicMessages: xAPIKey
        case .gemini: xGoogAPIKey
        default: bearer
        }
    }

    /// The field that carries `key`, or nil when there is none to send. The value is a credential.
    package func field(for key: Secret) -> (name: String, value: String)? {
        switch self {
        case .bearer: ("authorization", "Bearer " + key.value)
        case .xAPIKey, .xGoogAPIKey: (name, key.value)
        default: nil
        }
    }
}

extension Provider {
    /// The entry of `wire`, or nil if the provider does not speak it.
    public func served(_ wire: Wire) -> ServedWire? {
        wires.first { $0.wire == wire }
    }

    /// The request path for `wire`, base path included; nil if the provider does not speak it or is
    /// the demo. Gemini's is a template for `RequestPath.gemini`.
    public func path(for wire: Wire) -> String? {
        guard case .http(let base) = endpoint else { return nil }
        return served(wire)?.path(after: base)
    }
}
