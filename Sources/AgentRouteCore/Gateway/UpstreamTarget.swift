import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

/// A provider as the gateway reaches it: what is the same for every request, worked out once, and its
/// connections. Loop thread only.
final class UpstreamTarget {
    /// What a request in one wire needs.
    struct Lane {
        let wire: Wire
        /// The habits of a chat wire.
        let dialect: Dialect
        /// The path, or Gemini's template.
        let path: String
        /// The authentication field, ready to write (`name: value` and line end); empty for none. A
        /// secret.
        let credentials: [UInt8]

        /// What follows the path where tokens are to be counted. Gemini has a verb for that.
        var countPath: String {
            wire == .openAIResponses ? "/input_tokens" : "/count_tokens"
        }
    }

    let id: String
    let isDemo: Bool
    /// The value of Host.
    let authority: String
    /// The configured fields, ready to write. A secret.
    let headers: [UInt8]
    /// Their names: the client's fields of these names are left out.
    let headerNames: [[UInt8]]
    let lanes: [Lane]
    /// What cannot be expressed to it is an error.
    let isStrict: Bool
    /// Why there is no key; nil if there is one or none is needed.
    let keyFault: String?
    /// Nil for the demo.
    let origin: Origin?

    init(_ provider: Provider, loop: EventLoop) throws(AgentRouteError) {
        id = provider.id
        isStrict = provider.isStrict
        var key: Secret?
        switch provider.key {
        case .present(let secret, _):
            key = secret
            keyFault = nil
        case .missing(let reason): keyFault = reason
        case .notNeeded: keyFault = nil
        }
        lanes = provider.wires.map { served in
            let field = key.flatMap { served.authentication.field(for: $0) }
            return Lane(
                wire: served.wire, dialect: Dialect(provider.dialect, of: served.wire),
                path: provider.path(for: served.wire) ?? "",
                credentials: field.map { Array("\($0.name): \($0.value)\r\n".utf8) } ?? [])
        }
        headerNames = provider.headers.map { Array($0.name.utf8) }
        headers = provider.headers.flatMap { Array("\($0.name): \($0.value.value)\r\n".utf8) }
        guard case .http(let base) = provider.endpoint else {
            isDemo = true
            authority = ""
            origin = nil
            return
        }
        isDemo = false
        authority = base.authority
        origin = try Self.origin(provider, base, loop)
    }

    private static func origin(
        _ provider: Provider, _ base: BaseURL, _ loop: EventLoop
    ) throws(AgentRouteError) -> Origin {
        var options = OriginOptions(host: base.host, port: base.port)
        options.connect = provider.timeouts.connect.milliseconds
        options.headers = provider.timeouts.headers.milliseconds
        options.silence = provider.timeouts.silence.milliseconds
        if base.isSecure {
            do throws(IOError) {
                options.tls = try TLSContext(caFile: provider.caFile)
            } catch {
                throw AgentRouteError(
                    .startFailed, origin: .gateway, retry: .useless,
                    "providers.\(provider.id): \(error)", cause: error)
            }
        }
        return Origin(loop: loop, options: options)
    }

    /// How it is spoken to in `wire`; nil if it does not speak it.
    func lane(_ wire: Wire) -> Lane? {
        lanes.first { $0.wire == wire }
    }

    /// Whether a configured field has this name.
    func sets(_ name: RawSpan) -> Bool {
        headerNames.contains { $0.span.bytes.equalsIgnoringCase(name) }
    }

    func close() {
        origin?.close()
    }
}

extension Dialect {
    /// The habits that a provider's `dialect` gives its `wire`.
    fileprivate init(_ dialect: Provider.Dialect, of wire: Wire) {
        self = wire == .openAIChat && dialect == .openRouter ? .openRouter : .plain
    }
}
