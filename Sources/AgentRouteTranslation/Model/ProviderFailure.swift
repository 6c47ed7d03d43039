/// What a provider says went wrong, or what is wrong with what it says.
package struct ProviderFailure: Error, Hashable, Sendable {
    /// What clients can act on.
    package enum Kind: Hashable, Sendable {
        /// The request is wrong.
        case invalidRequest
        /// The key is refused.
        case authentication
        /// The account has no credit.
        case billing
        /// The key may not do this.
        case permission
        /// No such model, or no such thing.
        case notFound
        /// The request is too large to be read at all.
        case tooLarge
        /// The prompt is longer than the model's window: tokens asked for, and the most there may be,
        /// where the provider says.
        case contextOverflow(tokens: Int?, limit: Int?)
        /// Too many requests, or tokens, for now.
        case rateLimit
        /// The account's quota is used up.
        case quota
        /// The content is not allowed.
        case contentPolicy
        /// The provider has too much to do.
        case overloaded
        /// The provider took too long.
        case timeout
        /// Anything else that is the provider's.
        case server
    }

    /// What clients can act on.
    package var kind: Kind
    /// The HTTP status: the provider's own, or what one of this kind would have.
    package var status: Int
    /// The provider's own words, or ours about them.
    package var message: String
    /// The provider's own type or status word, `invalid_request_error` say; nil if it gives none.
    package var type: String?
    /// The provider's own code; nil if it gives none.
    package var code: String?
    /// The member it names; nil if it names none.
    package var param: String?
    /// When to come back, in seconds from now, where the provider's body says it.
    package var retryAfter: Int?

    /// A failure of these parts.
    package init(_ kind: Kind, status: Int, message: String) {
        self.kind = kind
        self.status = status
        self.message = message
    }

    /// The provider's answer is no sound one: cut, not JSON, against its wire's grammar.
    package static func malformed(_ message: String) -> ProviderFailure {
        ProviderFailure(.server, status: 502, message: message)
    }

    /// The prompt in Anthropic's words, which Claude Code reads the numbers of; nil if this is no
    /// overflow or the numbers are not known.
    package var promptIsTooLong: String? {
        guard case .contextOverflow(let tokens?, let limit?) = kind else { return nil }
        return "prompt is too long: \(tokens) tokens > \(limit) maximum"
    }
}
