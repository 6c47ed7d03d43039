/// Which header fields cross the gateway, by name alone: compared without case, no allocation.
///
/// A field that `Connection` names must be dropped as well, whatever these rules say: see
/// ``ConnectionTokens``.
@usableFromInline
package enum HeaderRules {
    /// What becomes of a field of the client's request.
    @usableFromInline
    package enum Request: Hashable, Sendable {
        /// It goes to the provider unchanged.
        case forward
        /// It ends here: it belongs to this hop, carries the client's credentials, or is a
        /// browser's.
        case drop
    }

    /// What becomes of a field of the provider's response.
    @usableFromInline
    package enum Response: Hashable, Sendable {
        /// It goes to the client unchanged.
        case forward
        /// It ends here: it belongs to the provider's hop, or would speak for our origin.
        case drop
        /// It frames the body: the relay keeps it or writes its own.
        case framing
    }

    /// The rule for the field `name` of a request.
    ///
    /// `accept-encoding` is dropped so that the provider answers in plain bytes, whose usage can
    /// be observed as they pass.
    package static func request(name: RawSpan) -> Request {
        if name.isEmpty || isHopByHop(name) || isCredential(name) { return .drop }
        let isDropped =
            switch name.byteCount {
            case 4: name.equalsIgnoringCase("host")
            case 6: name.equalsIgnoringCase("expect") || name.equalsIgnoringCase("origin")
            case 7: name.equalsIgnoringCase("referer")
            case 14: name.equalsIgnoringCase("content-length")
            case 15: name.equalsIgnoringCase("accept-encoding")
            default: false
            }
        return isDropped || isBrowserField(name) ? .drop : .forward
    }

    /// The rule for the field `name` of a response.
    package static func response(name: RawSpan) -> Response {
        switch name.byteCount {
        case 0: return .drop
        case 14 where name.equalsIgnoringCase("content-length"): return .framing
        case 17 where name.equalsIgnoringCase("transfer-encoding"): return .framing
        default: return isHopByHop(name) || speaksForOrigin(name) ? .drop : .forward
        }
    }

    /// Fields of one hop: RFC 9110 section 7.6.1, the older RFC 2616 section 13.5.1, and what
    /// HTTP/2 upgrades and proxies add.
    @inline(__always)
    private static func isHopByHop(_ name: RawSpan) -> Bool {
        switch name.byteCount {
        case 2: name.equalsIgnoringCase("te")
        case 7: name.equalsIgnoringCase("trailer") || name.equalsIgnoringCase("upgrade")
        case 8: name.equalsIgnoringCase("trailers")
        case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
        case 14: name.equalsIgnoringCase("http2-settings")
        case 16: name.equalsIgnoringCase("proxy-connection")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        case 18: name.equalsIgnoringCase("proxy-authenticate")
        case 19: name.equalsIgnoringCase("proxy-authorization")
        case 25: name.equalsIgnoringCase("proxy-authentication-info")
        default: false
        }
    }

    /// Fields by which clients of model APIs and clouds prove who they are. The gateway's own
    /// token comes in one of them.
    @inline(__always)
    private static func isCredential(_ name: RawSpan) -> Bool {
        if name.hasSuffixIgnoringCase("-api-key") { return true }
        return switch name.byteCount {
        case 6: name.equalsIgnoringCase("cookie") || name.equalsIgnoringCase("apikey")
        case 7: name.equalsIgnoringCase("cookie2") || name.equalsIgnoringCase("api-key")
        case 8: name.equalsIgnoringCase("x-apikey")
        case 12: name.equalsIgnoringCase("x-auth-token")
        case 13: name.equalsIgnoringCase("authorization")
        case 14: name.equalsIgnoringCase("x-access-token")
        case 15: name.equalsIgnoringCase("x-authorization")
        case 20: name.equalsIgnoringCase("x-amz-security-token")
        default: false
        }
    }

    /// Fields that only a browser sends: they say where a page came from.
    @inline(__always)
    private static func isBrowserField(_ name: RawSpan) -> Bool {
        switch name.byte(at: 0).asciiLowercased {
        case UInt8(ascii: "s"): name.hasPrefixIgnoringCase("sec-")
        case UInt8(ascii: "a"): name.hasPrefixIgnoringCase("access-control-request-")
        default: false
        }
    }

    /// Fields with which a provider would set state or policy for the gateway's own origin.
    @inline(__always)
    private static func speaksForOrigin(_ name: RawSpan) -> Bool {
        switch name.byte(at: 0).asciiLowercased {
        case UInt8(ascii: "a"):
            name.equalsIgnoringCase("alt-svc") || name.hasPrefixIgnoringCase("access-control-")
        case UInt8(ascii: "s"):
            name.equalsIgnoringCase("set-cookie") || name.equalsIgnoringCase("set-cookie2")
                || name.equalsIgnoringCase("strict-transport-security")
        default:
            false
        }
    }
}
