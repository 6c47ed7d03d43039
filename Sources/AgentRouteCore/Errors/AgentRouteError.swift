/// What went wrong: whose fault it is, and whether to try again.
///
/// ```swift
/// do { port = try await gateway.start() }
/// catch where error.code == .portInUse { print(error.message) }
/// ```
public struct AgentRouteError: Error, Sendable {
    /// What went wrong.
    public let code: Code
    /// Whose fault it is.
    public let origin: Origin
    /// Whether the same request may succeed later.
    public let retry: Retry
    /// A sentence for a person: what failed and what to do. Never holds a secret or a body.
    public let message: String
    /// The error underneath, if there is one.
    public let cause: (any Error)?

    /// An error of these parts.
    public init(
        _ code: Code, origin: Origin, retry: Retry, _ message: String, cause: (any Error)? = nil
    ) {
        self.code = code
        self.origin = origin
        self.retry = retry
        self.message = message
        self.cause = cause
    }

    /// Whose fault an error is.
    public enum Origin: String, Sendable {
        /// The client asked for something that cannot be.
        case client
        /// The provider failed.
        case upstream
        /// The managed sidecar failed.
        case sidecar
        /// This gateway, or how it is configured.
        case gateway
    }

    /// Whether trying again can help.
    public enum Retry: Sendable {
        /// The same request would fail again.
        case useless
        /// The provider has seen nothing of the request.
        case safe
        /// It may succeed, but the provider may have acted on the first one already.
        case possible
    }

    /// What went wrong, with the HTTP status it is told as. New codes may come.
    public struct Code: Hashable, Sendable {
        /// A stable name, as in records and OpenAI's `code`.
        public let name: String
        /// The status of the response, or 0 where no response can be meant.
        public let status: Int
    }
}

extension AgentRouteError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension AgentRouteError.Code {
    /// Not HTTP/1.1 as RFC 9112 has it, or ambiguous.
    public static let malformedRequest = Self(name: "malformed_request", status: 400)
    /// The body is not JSON, or lacks what every request has.
    public static let invalidRequest = Self(name: "invalid_request", status: 400)
    /// No token, or a wrong one.
    public static let unauthorized = Self(name: "unauthorized", status: 401)
    /// The provider's key is not configured.
    public static let providerKeyMissing = Self(name: "provider_key_missing", status: 401)
    /// The request names a host that is not this gateway's.
    public static let foreignHost = Self(name: "foreign_host", status: 403)
    /// The request comes from a web page of another origin.
    public static let foreignOrigin = Self(name: "foreign_origin", status: 403)
    /// No such path.
    public static let notFound = Self(name: "not_found", status: 404)
    /// The model is neither an alias nor one of a configured provider.
    public static let modelNotFound = Self(name: "model_not_found", status: 404)
    /// The path exists for other methods.
    public static let methodNotAllowed = Self(name: "method_not_allowed", status: 405)
    /// The request did not come in time.
    public static let requestTimeout = Self(name: "request_timeout", status: 408)
    /// The body is over the limit.
    public static let bodyTooLarge = Self(name: "request_too_large", status: 413)
    /// The body is compressed.
    public static let unsupportedEncoding = Self(name: "unsupported_encoding", status: 415)
    /// The client expects something of the gateway that it does not know.
    public static let expectationFailed = Self(name: "expectation_failed", status: 417)
    /// A websocket was asked for.
    public static let upgradeRequired = Self(name: "upgrade_required", status: 426)
    /// The request line and header fields are over the limit.
    public static let headTooLarge = Self(name: "head_too_large", status: 431)
    /// Something in the gateway itself.
    public static let internalError = Self(name: "internal_error", status: 500)
    /// The provider does not speak the client's wire.
    public static let wireNotServed = Self(name: "wire_not_served", status: 501)
    /// The provider cannot be reached.
    public static let upstreamUnreachable = Self(name: "upstream_unreachable", status: 502)
    /// The provider's certificate is not trusted, or TLS failed.
    public static let upstreamUntrusted = Self(name: "upstream_untrusted", status: 502)
    /// The provider ended the connection before its answer was whole.
    public static let upstreamCut = Self(name: "upstream_cut", status: 502)
    /// The provider's answer is not HTTP.
    public static let upstreamMalformed = Self(name: "upstream_malformed", status: 502)
    /// The gateway is stopping, or has as many connections as it may.
    public static let unavailable = Self(name: "unavailable", status: 503)
    /// The provider took too long.
    public static let upstreamTimeout = Self(name: "upstream_timeout", status: 504)
    /// Another program listens on the port.
    public static let portInUse = Self(name: "port_in_use", status: 0)
    /// The gateway could not start for another reason.
    public static let startFailed = Self(name: "start_failed", status: 0)
}
