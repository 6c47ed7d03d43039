import AgentRouteWire
import Testing

@Suite("HeaderRules")
struct HeaderRulesTests {
    private static let hopByHop = [
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Trailers", "Upgrade",
        "Proxy-Authenticate", "Proxy-Authorization", "HTTP2-Settings", "Proxy-Authentication-Info",
    ]
    private static let credentials = [
        "Authorization", "x-api-key", "X-Goog-Api-Key", "api-key", "ApiKey", "x-apikey",
        "x-litellm-api-key", "Cookie", "Cookie2", "X-Auth-Token", "X-Access-Token",
        "X-Authorization", "x-amz-security-token", "Proxy-Authorization",
    ]
    private static let gone = [
        "Host", "Content-Length", "Transfer-Encoding", "Expect", "Origin", "Referer",
        "Accept-Encoding", "Sec-Fetch-Mode", "sec-ch-ua", "Sec-WebSocket-Key",
        "Access-Control-Request-Method", "",
    ]
    private static let kept = [
        "anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access",
        "User-Agent", "x-stainless-retry-count", "X-Claude-Code-Session-Id", "session-id",
        "Accept", "Content-Type", "Content-Encoding", "X-Forwarded-For", "Forwarded", "x-app",
        "openai-organization", "OpenAI-Beta", "x-codex-turn-metadata", "x-anything", "Hosts",
        "tea", "x-host", "Traceparent", "Sect", "x-api-keys", "authorizations", "x", "Priority",
    ]

    @Test("a request loses what belongs to this hop", arguments: hopByHop)
    func requestHop(name: String) {
        #expect(withBytes(name) { HeaderRules.request(name: $0) } == .drop)
    }

    @Test("the client's credentials never reach the provider", arguments: credentials)
    func requestCredential(name: String) {
        for spelling in [name, name.lowercased(), name.uppercased()] {
            #expect(withBytes(spelling) { HeaderRules.request(name: $0) } == .drop)
        }
    }

    @Test("a request loses framing, host and what a browser adds", arguments: gone)
    func requestGone(name: String) {
        #expect(withBytes(name) { HeaderRules.request(name: $0) } == .drop)
    }

    @Test("every other request field goes on", arguments: kept)
    func requestKept(name: String) {
        #expect(withBytes(name) { HeaderRules.request(name: $0) } == .forward)
    }

    @Test(
        "a response loses hop fields, cookies and policies for our origin",
        arguments: hopByHop + [
            "Set-Cookie", "set-cookie2", "Alt-Svc", "Strict-Transport-Security",
            "Access-Control-Allow-Origin", "access-control-expose-headers", "",
        ])
    func responseDropped(name: String) {
        #expect(withBytes(name) { HeaderRules.response(name: $0) } == .drop)
    }

    @Test("the framing of a response is the relay's business")
    func responseFraming() {
        #expect(withBytes("Content-Length") { HeaderRules.response(name: $0) } == .framing)
        #expect(withBytes("TRANSFER-ENCODING") { HeaderRules.response(name: $0) } == .framing)
    }

    @Test(
        "what a client reads from a response goes on",
        arguments: [
            "Content-Type", "Content-Encoding", "content-security-policy", "request-id",
            "x-request-id", "retry-after", "retry-after-ms", "x-should-retry",
            "x-ratelimit-remaining-tokens", "anthropic-ratelimit-requests-reset",
            "anthropic-organization-id", "openai-processing-ms", "Server", "Via", "Date", "cf-ray",
            "Cache-Control", "WWW-Authenticate", "Vary", "alt-svcs", "access-controls",
        ])
    func responseKept(name: String) {
        #expect(withBytes(name) { HeaderRules.response(name: $0) } == .forward)
    }
}

@Suite("ConnectionTokens")
struct ConnectionTokensTests {
    private func contains(_ name: String, in value: String) -> Bool {
        withBytes(name) { name in
            withBytes(value) { ConnectionTokens.contains(name, in: $0) }
        }
    }

    @Test(
        "a listed field is found whatever the case, the blanks and its place",
        arguments: [
            "x-private", "close, X-Private", "X-PRIVATE,close", " \tx-private\t ,keep-alive",
            ",,x-private,,", "a,b , x-private",
        ])
    func listed(value: String) {
        #expect(contains("X-Private", in: value))
    }

    @Test(
        "a part of a name, or an empty list, lists nothing",
        arguments: [
            "", " ", ",", "x-privat", "x-private-too", "x private", "close", "not-x-private",
        ])
    func unlisted(value: String) {
        #expect(!contains("x-private", in: value))
    }
}

@Suite("HeaderField")
struct HeaderFieldTests {
    @Test("a token names a field", arguments: ["x-team", "X", "a1!#$%&'*+-.^_`|~"])
    func token(name: String) {
        #expect(HeaderField.isToken(name))
    }

    @Test("nothing else does", arguments: ["", "a b", "a:", "é", "a\r\nb", "(x)", "a\u{0}", "x@y"])
    func noToken(name: String) {
        #expect(!HeaderField.isToken(name))
    }

    @Test("visible text is a value", arguments: ["", "a", "a b\tc", "ünï", "\"q\", x=1"])
    func value(text: String) {
        #expect(HeaderField.isFieldValue(text))
    }

    @Test(
        "a value that could end the line, or begins or ends blank, is refused",
        arguments: [
            "a\r\nx: y", "a\nb", "a\rb", "a\u{0}", "\u{7F}", " a", "a ", "\ta", "a\t", "\u{1B}[0m",
        ])
    func noValue(text: String) {
        #expect(!HeaderField.isFieldValue(text))
    }
}
