import AgentRouteIO
import AgentRouteWire

/// Fetches single documents from one server: model lists, the state of a key, a health check. Not for
/// the data path: every request has a connection of its own.
///
/// ```swift
/// let fetch = HTTPFetch(base: base, subject: "provider lab", loop: loop)
/// let response = try await fetch.get("\(base.path)/models", fields: [])
/// ```
package struct HTTPFetch: Sendable {
    /// What a fetch may take.
    package struct Limits: Sendable, Equatable {
        /// For resolving, connecting and TLS together.
        package var connect: Duration = .seconds(10)
        /// From the call to the last byte of the answer.
        package var total: Duration = .seconds(30)
        /// The longest body, in bytes.
        package var byteCount = 8 << 20

        /// 10 s to connect, 30 s for all, 8 MiB.
        package init() {}
    }

    /// An answer, whatever its status.
    package struct Response: Sendable, Equatable {
        /// The status code (RFC 9110 section 15).
        package let status: Int
        /// The header fields in their order, names in lower case.
        package let fields: [Field]
        /// The body, without its framing.
        package internal(set) var body: [UInt8] = []

        /// A header field.
        package struct Field: Sendable, Equatable {
            /// The name, in lower case.
            package let name: String
            /// The value; bytes that are no UTF-8 are replaced.
            package let value: String
        }

        /// The value of the first field called `name`, given in lower case.
        package func value(_ name: String) -> String? {
            fields.first { $0.name == name }?.value
        }
    }

    private let base: BaseURL
    private let subject: String
    private let caFile: String?
    private let loop: EventLoop
    private let limits: Limits

    /// A way to `base`, whose path is not used.
    ///
    /// - Parameters:
    ///   - subject: What messages call the server: `provider lab`.
    ///   - caFile: A PEM file of certificate authorities trusted in place of the system's.
    ///   - loop: Carries the requests; must be running, now or soon. A request over TLS loads the
    ///     trust store on its thread first, tens of milliseconds.
    package init(
        base: BaseURL, subject: String, caFile: String? = nil, loop: EventLoop,
        limits: Limits = Limits()
    ) {
        self.base = base
        self.subject = subject
        self.caFile = caFile
        self.loop = loop
        self.limits = limits
    }

    /// Sends `GET target` and reads the answer to its end. Redirects are not followed.
    ///
    /// - Parameters:
    ///   - target: Path and query in their encoded form (RFC 9112 section 3.2.1).
    ///   - fields: Sent besides `Host`, `User-Agent`, `Accept`, `Accept-Encoding: identity` and
    ///     `Connection: close`; names and values must be what a configuration allows.
    /// - Throws: `upstreamUnreachable`, `upstreamUntrusted`, `upstreamTimeout`, `upstreamCut`, or
    ///   `upstreamMalformed`, also for a body over the limit or a compressed one.
    package func get(
        _ target: String, fields: [Provider.Header] = []
    ) async throws(AgentRouteError) -> Response {
        let head = head(target, fields)
        let result: Result<Response, AgentRouteError> = await withCheckedContinuation { done in
            loop.execute {
                FetchExchange(subject: subject, head: head, limits: limits) {
                    done.resume(returning: $0)
                }.start(base, caFile: caFile, on: loop)
            }
        }
        return try result.get()
    }

    private func head(_ target: String, _ fields: [Provider.Header]) -> [UInt8] {
        let own = [
            ("host", base.authority), ("user-agent", "agentroute/\(Version.current)"),
            ("accept", "application/json"), ("accept-encoding", "identity"),
            ("connection", "close"),
        ]
        var text = "GET \(target) HTTP/1.1\r\n"
        for (name, value) in own where !fields.contains(where: { $0.name.lowercased() == name }) {
            text += "\(name): \(value)\r\n"
        }
        for field in fields { text += "\(field.name): \(field.value.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}
