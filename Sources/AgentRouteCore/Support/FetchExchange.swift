import AgentRouteIO
import AgentRouteWire

/// One request of an `HTTPFetch` and its answer. Loop thread only; its connection keeps it.
final class FetchExchange {
    private let subject: String
    private let head: [UInt8]
    private let limits: HTTPFetch.Limits
    private var done: ((Result<HTTPFetch.Response, AgentRouteError>) -> Void)?
    private var origin: Origin?
    private var timer: LoopTimer?
    private var response: HTTPFetch.Response?
    private var result: Result<HTTPFetch.Response, AgentRouteError>?

    /// An exchange that begins with `start` and calls `done` once.
    init(
        subject: String, head: [UInt8], limits: HTTPFetch.Limits,
        then done: @escaping (Result<HTTPFetch.Response, AgentRouteError>) -> Void
    ) {
        self.subject = subject
        self.head = head
        self.limits = limits
        self.done = done
    }

    /// Connects; everything else follows from that.
    func start(_ base: BaseURL, caFile: String?, on loop: EventLoop) {
        var options = OriginOptions(host: base.host, port: base.port)
        options.connect = limits.connect.milliseconds
        options.headers = limits.total.milliseconds
        options.silence = limits.total.milliseconds
        do throws(IOError) {
            if base.isSecure { options.tls = try TLSContext(caFile: caFile) }
        } catch {
            result = .failure(
                AgentRouteError(
                    .startFailed, origin: .gateway, retry: .useless, "\(subject): \(error)",
                    cause: error))
            return finish()
        }
        let origin = Origin(loop: loop, options: options)
        self.origin = origin
        guard let connection = origin.connect(handler: self, pooled: false) else {
            result = .failure(
                AgentRouteError(
                    .internalError, origin: .gateway, retry: .possible,
                    "no memory for a connection to \(subject)"))
            return finish()
        }
        timer = LoopTimer(loop: loop, after: UInt64(limits.total.milliseconds)) { [unowned self] in
            let error = failure(.upstreamTimeout, "took longer than \(limits.total) to answer")
            end(connection, .failure(error))
        }
    }

    /// Closes, and says `result` when that is done.
    private func end(
        _ connection: ClientConnection, _ result: Result<HTTPFetch.Response, AgentRouteError>
    ) {
        if self.result == nil { self.result = result }
        connection.close()
    }

    private func finish() {
        timer?.cancel()
        timer = nil
        origin?.close()
        let done = done
        self.done = nil
        done?(result ?? .failure(failure(.upstreamCut, "closed the connection")))
    }
}

extension FetchExchange: ClientConnectionHandler {
    func clientConnectionReady(_ connection: ClientConnection, reused: Bool) {
        let request = head
        let bytes = request.span.bytes
        let none = bytes.extracting(0..<0)
        connection.write(head: bytes, before: none, inserted: none, after: none)
        connection.expectResponse(isHead: false)
    }

    func clientConnection(_ connection: ClientConnection, received head: MessageHead) {
        let response = HTTPFetch.Response(head)
        self.response = response
        let encoding = response.value("content-encoding") ?? "identity"
        if !encoding.isEmpty, encoding.lowercased() != "identity" {
            end(
                connection,
                .failure(failure(.upstreamMalformed, "answered compressed, unasked (\(encoding))")))
        }
    }

    func clientConnection(_ connection: ClientConnection, received body: RawSpan) {
        guard let count = response?.body.count else { return }
        guard body.byteCount <= limits.byteCount - count else {
            let problem = "answered with more than \(limits.byteCount) bytes"
            return end(connection, .failure(failure(.upstreamMalformed, problem)))
        }
        body.withUnsafeBytes { response?.body.append(contentsOf: $0) }
    }

    func clientConnectionCompleted(_ connection: ClientConnection) {
        guard let response else { return connection.close() }
        end(connection, .success(response))
    }

    func clientConnectionDrained(_ connection: ClientConnection) {}

    func clientConnection(_ connection: ClientConnection, ended end: ConnectionEnd) {
        self.end(connection, .failure(failure(end)))
    }

    func clientConnectionClosed(_ connection: ClientConnection) {
        finish()
    }
}

// MARK: - What went wrong

extension FetchExchange {
    private func failure(
        _ code: AgentRouteError.Code, _ problem: String, cause: ConnectionEnd? = nil
    ) -> AgentRouteError {
        // A GET changes nothing, so another is safe whatever became of this one.
        AgentRouteError(
            code, origin: .upstream, retry: .safe, "\(subject) \(problem)", cause: cause)
    }

    private func failure(_ end: ConnectionEnd) -> AgentRouteError {
        switch end.reason {
        case .unresolved, .refused:
            failure(.upstreamUnreachable, "cannot be reached: \(end.detail)", cause: end)
        case .tlsUntrusted, .tlsWrongHost, .tlsFailed:
            failure(
                .upstreamUntrusted, "has no trusted TLS connection: \(end.detail)", cause: end)
        case .timeoutConnect, .timeoutHead, .timeoutBody, .timeoutWrite, .timeoutIdle:
            failure(.upstreamTimeout, end.detail, cause: end)
        case .malformed, .headTooLarge, .unknownMethod, .bodyTooLarge:
            failure(
                .upstreamMalformed, "did not answer in sound HTTP/1.1: \(end.detail)", cause: end)
        case .eof, .truncated, .reset, .noMemory:
            failure(.upstreamCut, end.detail, cause: end)
        }
    }
}

extension HTTPFetch.Response {
    /// The start of a response: its status and its fields.
    fileprivate init(_ head: MessageHead) {
        var fields: [Field] = []
        head.withBytes { bytes in
            for index in 0..<head.fieldCount {
                fields.append(
                    Field(
                        name: bytes.extracting(head.nameRange(index)).text.lowercased(),
                        value: bytes.extracting(head.valueRange(index)).text))
            }
        }
        self.init(status: head.status, fields: fields)
    }
}
