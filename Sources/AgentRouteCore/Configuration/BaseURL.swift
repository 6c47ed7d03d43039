#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a provider is: scheme, host, port and the path every request path is appended to.
///
/// The form is that of RFC 3986 without user information, query and fragment. A trailing slash of
/// the path is dropped, the host is lower case.
///
/// ```swift
/// let url = try BaseURL("https://openrouter.ai/api/v1/")
/// url.host        // "openrouter.ai"
/// url.port        // 443
/// url.path        // "/api/v1"
/// ```
public struct BaseURL: Sendable, Hashable {
    /// Whether the scheme is https.
    public let isSecure: Bool
    /// A host name or an address literal, an IPv6 one without its brackets.
    public let host: String
    /// The port, the scheme's own when the text names none.
    public let port: UInt16
    /// The path prefix: empty, or beginning with a slash and not ending with one.
    public let path: String

    /// Reads `text`. Throws with the reason; the reason never repeats the text, which may hold a
    /// password.
    public init(_ text: String) throws(InvalidValue) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("must be visible ASCII without spaces")
        }
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst("https://".count)
        } else if text.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst("http://".count)
        } else {
            throw InvalidValue("must begin with http:// or https://")
        }
        if rest.contains("?") { throw InvalidValue("must not have a query (?)") }
        if rest.contains("#") { throw InvalidValue("must not have a fragment (#)") }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") {
            throw InvalidValue("must not carry a user or password; use apiKey or headers")
        }
        let (host, port) = try Self.split(authority)
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        path = try Self.prefix(rest.dropFirst(authority.count))
    }

    /// A URL of the preset table, whose parts are known to be well formed.
    init(secure isSecure: Bool = true, host: String, port: UInt16 = 443, path: String = "") {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
    }

    /// The value of the `Host` field: brackets around IPv6, no port when it is the scheme's own
    /// (RFC 9110 section 7.2).
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether a segment of the path is a version (`v1`, `v1beta`, `v2alpha1`).
    package var hasVersion: Bool {
        path.split(separator: "/").contains { segment in
            guard segment.first == "v" else { return false }
            let rest = segment.dropFirst().drop { $0.isASCII && $0.isNumber }
            guard rest.count < segment.count - 1 else { return false }
            return rest.isEmpty || rest.hasPrefix("alpha") || rest.hasPrefix("beta")
        }
    }
}

extension BaseURL: CustomStringConvertible {
    /// The URL in its normal form.
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }
}

extension BaseURL {
    /// Splits an authority into host and port.
    private static func split(
        _ authority: Substring
    ) throws(InvalidValue) -> (host: String, port: UInt16?) {
        if authority.hasPrefix("[") {
            let literal = authority.dropFirst().prefix { $0 != "]" }
            let rest = authority.dropFirst(literal.count + 1)
            guard rest.hasPrefix("]"), AddressLiteral(String(literal)) == .ipv6 else {
                throw InvalidValue("has no IPv6 address between its brackets")
            }
            return (literal.lowercased(), try port(rest.dropFirst()))
        }
        let name = authority.prefix { $0 != ":" }
        guard !name.isEmpty else { throw InvalidValue("has no host") }
        guard name.utf8.allSatisfy(isHostByte) else {
            throw InvalidValue("has a character in its host that no host name has")
        }
        return (name.lowercased(), try port(authority.dropFirst(name.count)))
    }

    /// Reads `:443`, or nothing.
    private static func port(_ text: Substring) throws(InvalidValue) -> UInt16? {
        if text.isEmpty { return nil }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits), port > 0
        else {
            throw InvalidValue("has a port that is not a number from 1 to 65535")
        }
        return port
    }

    /// Checks a path prefix and drops the slashes at its end.
    private static func prefix(_ text: Substring) throws(InvalidValue) -> String {
        var path = text
        while path.hasSuffix("/") { path.removeLast() }
        if path.isEmpty { return "" }
        return try RequestPath.checked(String(path))
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// The family of an address written as text.
enum AddressLiteral: Equatable {
    case ipv4
    case ipv6

    /// The family of `text`, or nil if it is no address literal.
    init?(_ text: String) {
        var address = in6_addr()
        if inet_pton(AF_INET6, text, &address) == 1 {
            self = .ipv6
        } else if inet_pton(AF_INET, text, &address) == 1 {
            self = .ipv4
        } else {
            return nil
        }
    }
}
