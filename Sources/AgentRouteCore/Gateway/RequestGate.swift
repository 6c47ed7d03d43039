import AgentRouteIO
import AgentRouteWire

/// Who may come in: the checks of a request's head before anything else is done with it, in the order
/// Host, Origin, token, path. Decides only; see `ClientSession+Head.swift` for what follows.
///
/// Host and Origin keep web pages out: a page whose name was rebound to 127.0.0.1 shows its own name
/// as Host, and a page's request shows its Origin. They cost a comparison for each field name.
final class RequestGate {
    /// What becomes of a request.
    enum Verdict {
        case admitted(Endpoint)
        /// `allow` is for an `Allow` field.
        case refused(AgentRouteError, Wire, allow: String?)
    }

    private let token: SessionToken
    private let names: [Name]
    /// The port listened on, known after the bind.
    var port: UInt16 = 0 {
        didSet { ownPort = Array(":\(port)".utf8) }
    }
    private var ownPort: [UInt8] = []

    init(token: SessionToken, listen: Listen) {
        self.token = token
        let bound = listen.host.contains(":") ? "[\(listen.host)]" : listen.host
        let isWildcard = listen.host == "0.0.0.0" || listen.host == "::"
        let own = ["127.0.0.1", "localhost", "[::1]"] + (isWildcard ? [] : [bound])
        names =
            own.map { Name(text: Array($0.utf8), standsAlone: false) }
            + listen.allowedHosts.map {
                Name(text: Array($0.lowercased().utf8), standsAlone: true)
            }
    }

    /// A name that Host may hold.
    private struct Name {
        let text: [UInt8]
        /// Without our port, too.
        let standsAlone: Bool
    }

    /// The fields that decide, found in one pass.
    private struct Fields {
        var hostCount = 0
        var host: Range<Int>?
        var isForeignOrigin = false
        var showsToken = false
        var showsAnything = false
        var encoding: Range<Int>?
        var expectsMore = false
    }

    func admit(_ head: MessageHead) -> Verdict {
        head.withBytes { bytes in
            let target = bytes.extracting(head.targetRange)
            let match = Endpoint.match(
                method: bytes.extracting(head.methodRange), target: target)
            let fields = find(in: head, bytes)
            let wire = match.dialect
            if let error = hostFault(fields, head, bytes, target: target) {
                return .refused(error, wire, allow: nil)
            }
            if case .matched(.health) = match { return .admitted(.health) }
            guard fields.showsToken else {
                return .refused(Self.tokenFault(fields.showsAnything), wire, allow: nil)
            }
            if fields.expectsMore {
                let error = AgentRouteError(
                    .expectationFailed, origin: .client, retry: .useless,
                    "Expect: only 100-continue is known here")
                return .refused(error, wire, allow: nil)
            }
            return endpoint(match, head, bytes.extracting(fields.encoding ?? 0..<0))
        }
    }

    private func find(in head: MessageHead, _ bytes: RawSpan) -> Fields {
        var fields = Fields()
        for index in 0..<head.fieldCount {
            let name = bytes.extracting(head.nameRange(index))
            let value = head.valueRange(index)
            switch name.byteCount {
            case 4 where name.equalsIgnoringCase("host"):
                fields.hostCount += 1
                fields.host = value
            case 6 where name.equalsIgnoringCase("origin"):
                if !isOwnOrigin(bytes.extracting(value)) { fields.isForeignOrigin = true }
            case 13 where name.equalsIgnoringCase("authorization"):
                let credentials = Self.bearer(bytes.extracting(value))
                check(bytes.extracting(value).extracting(credentials), &fields)
            case 9 where name.equalsIgnoringCase("x-api-key"),
                14 where name.equalsIgnoringCase("x-goog-api-key"):
                check(bytes.extracting(value), &fields)
            case 6 where name.equalsIgnoringCase("expect"):
                fields.expectsMore = !bytes.extracting(value).equalsIgnoringCase("100-continue")
            case 16 where name.equalsIgnoringCase("content-encoding"):
                fields.encoding = value
            default:
                break
            }
        }
        return fields
    }

    private func check(_ candidate: RawSpan, _ fields: inout Fields) {
        guard candidate.byteCount > 0 else { return }
        fields.showsAnything = true
        if token.matches(candidate) { fields.showsToken = true }
    }

    /// Where the credentials of `Authorization: Bearer ...` stand (RFC 6750 section 2.1); nowhere for
    /// other schemes.
    private static func bearer(_ value: RawSpan) -> Range<Int> {
        let scheme: StaticString = "bearer "
        guard value.hasPrefixIgnoringCase(scheme) else { return 0..<0 }
        var start = scheme.utf8CodeUnitCount
        while start < value.byteCount, value.byte(at: start) == 0x20 { start += 1 }
        return start..<value.byteCount
    }

    private static func tokenFault(_ showsAnything: Bool) -> AgentRouteError {
        AgentRouteError(
            .unauthorized, origin: .client, retry: .useless,
            showsAnything
                ? "the token is not this gateway's; it changes with every start unless "
                    + "AGENTROUTE_TOKEN sets it"
                : "no token: send it as Authorization: Bearer, x-api-key or x-goog-api-key")
    }

    // MARK: Host and Origin

    /// RFC 9112 section 3.2: exactly one Host; HTTP/1.0 may have none. An absolute target's authority
    /// counts as well.
    private func hostFault(
        _ fields: Fields, _ head: MessageHead, _ bytes: RawSpan, target: RawSpan
    ) -> AgentRouteError? {
        if fields.hostCount > 1 || (fields.hostCount == 0 && head.minorVersion > 0) {
            return AgentRouteError(
                .malformedRequest, origin: .client, retry: .useless,
                fields.hostCount > 1 ? "more than one Host field" : "no Host field")
        }
        var isForeign = !isOwnOrPath(target)
        if let host = fields.host, !isOwn(bytes.extracting(host)) { isForeign = true }
        if isForeign {
            return AgentRouteError(
                .foreignHost, origin: .client, retry: .useless,
                "the Host is not this gateway's; names besides the loopback ones are allowed by "
                    + "listen.allowedHosts")
        }
        if fields.isForeignOrigin {
            return AgentRouteError(
                .foreignOrigin, origin: .client, retry: .useless,
                "requests of web pages are refused")
        }
        return nil
    }

    /// Whether `host` is an allowed name with our port, or, where that is HTTP's own, without; or an
    /// entry of `allowedHosts` as it stands.
    private func isOwn(_ host: RawSpan) -> Bool {
        for name in names where host.byteCount >= name.text.count {
            let start = host.extracting(0..<name.text.count)
            guard start.equalsIgnoringCase(name.text.span.bytes) else { continue }
            let rest = host.extracting(name.text.count..<host.byteCount)
            if rest.byteCount == 0, name.standsAlone || port == 80 { return true }
            if rest.equalsIgnoringCase(ownPort.span.bytes) { return true }
        }
        return false
    }

    private func isOwnOrPath(_ target: RawSpan) -> Bool {
        guard target.hasPrefixIgnoringCase("http") else { return true }
        return isOwnOrigin(target)
    }

    /// Whether a URL's authority is ours.
    private func isOwnOrigin(_ url: RawSpan) -> Bool {
        var start = 0
        if url.hasPrefixIgnoringCase("http://") { start = 7 }
        if url.hasPrefixIgnoringCase("https://") { start = 8 }
        guard start > 0 else { return false }
        var end = start
        while end < url.byteCount, !Self.endsAuthority(url.byte(at: end)) { end += 1 }
        return isOwn(url.extracting(start..<end))
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    // MARK: What is asked for

    private func endpoint(
        _ match: Endpoint.Match, _ head: MessageHead, _ encoding: RawSpan
    ) -> Verdict {
        switch match {
        case .notFound where ModelPath(head)?.isRead == true: return .admitted(.models)
        case .notFound(let wire):
            return .refused(
                AgentRouteError(
                    .notFound, origin: .client, retry: .useless,
                    "there is nothing at this path; see /v1/models, /v1/messages, "
                        + "/v1/chat/completions, /v1/responses and /v1beta/models/MODEL:METHOD"),
                wire, allow: nil)
        case .methodNotAllowed(let allow, let wire):
            if wire == .openAIResponses, head.wantsUpgrade {
                return .refused(
                    AgentRouteError(
                        .upgradeRequired, origin: .client, retry: .useless,
                        "no websockets here: send the request by POST"), wire, allow: nil)
            }
            return .refused(
                AgentRouteError(
                    .methodNotAllowed, origin: .client, retry: .useless,
                    "this path takes \(allow)"), wire, allow: allow)
        case .matched(let endpoint):
            if encoding.byteCount > 0, !encoding.equalsIgnoringCase("identity") {
                return .refused(
                    AgentRouteError(
                        .unsupportedEncoding, origin: .client, retry: .useless,
                        "the body has a content-encoding; send it uncompressed"),
                    endpoint.wire ?? .openAIChat, allow: nil)
            }
            return .admitted(endpoint)
        }
    }
}

extension Endpoint.Match {
    /// The wire errors are told in.
    fileprivate var dialect: Wire {
        switch self {
        case .matched(let endpoint): endpoint.wire ?? .openAIChat
        case .methodNotAllowed(_, let wire), .notFound(let wire): wire
        }
    }
}
