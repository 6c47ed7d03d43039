extension AgentRouteError.Code {
    /// The provider does not accept the key.
    package static let providerKeyRefused = Self(name: "provider_key_refused", status: 401)
    /// The provider has had too many requests.
    package static let providerRateLimited = Self(name: "provider_rate_limited", status: 429)
    /// The provider answered with an error of another kind.
    package static let providerFailed = Self(name: "provider_failed", status: 502)
}

extension HTTPFetch.Response {
    /// Throws unless the answer of `provider` is a success (2xx): `providerKeyMissing` when it wants a
    /// key and has been shown none, `providerKeyRefused`, `providerRateLimited` or `providerFailed`.
    /// What the provider said is not repeated: it may hold a part of the key.
    package func check(_ provider: Provider) throws(AgentRouteError) {
        func failure(
            _ code: AgentRouteError.Code, _ retry: AgentRouteError.Retry, _ problem: String
        ) -> AgentRouteError {
            AgentRouteError(
                code, origin: .upstream, retry: retry, "provider \(provider.id) \(problem)")
        }
        switch status {
        case 200..<300: return
        case 401, 403:
            if case .missing(let reason) = provider.key {
                throw failure(.providerKeyMissing, .useless, "wants a key: \(reason)")
            }
            throw failure(
                .providerKeyRefused, .useless, "does not accept the key (status \(status))")
        case 429:
            let wait = value("retry-after").map { ", to be tried again after \($0)" } ?? ""
            throw failure(.providerRateLimited, .safe, "has had too many requests\(wait)")
        case 300..<500:
            throw failure(
                .providerFailed, .useless, "answered with status \(status); is its baseURL right?")
        default:
            throw failure(.providerFailed, .safe, "failed with status \(status)")
        }
    }
}
