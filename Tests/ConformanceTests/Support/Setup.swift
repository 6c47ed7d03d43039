import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

/// A gateway with one provider, `lab`, whose upstream is scripted.
struct Setup: Sendable {
    let wire: WireCase
    let upstream: FakeUpstream
    let gateway: GatewayFixture

    /// The provider's key, never to be seen by a client or a log.
    static let key = "sk-lab-4f1d9c2ab7"

    /// What a test may set beside the defaults. The values are JSON texts.
    struct Options: Sendable {
        var timeouts = #"{"connect":"5s","headers":"10s","silence":"10s"}"#
        var limits = "{}"
        var apiKey = Setup.key
        var providerExtras = ""
        var listenExtras = ""
        /// Another base URL in place of the scripted upstream's.
        var baseURL: String?
        var logDescriptor: Int32?
        var logLevel = "info"
        var logFormat = "logfmt"
    }

    /// Runs `body` with a gateway that serves `wire` from an upstream playing `script`, and stops
    /// both, whatever happens.
    static func run<Success: Sendable>(
        _ wire: WireCase = .chat, options: Options = Options(), greeting: [FakeUpstream.Step] = [],
        script: @escaping FakeUpstream.Script, body: @Sendable (Setup) async throws -> Success
    ) async throws -> Success {
        let upstream = try FakeUpstream(greeting: greeting, sendBuffer: 65_536, script: script)
        defer { upstream.stop() }
        let gateway = try await GatewayFixture.start(
            configuration: configuration(wire, upstream: upstream, options: options),
            logDescriptor: options.logDescriptor)
        do {
            let result = try await body(Setup(wire: wire, upstream: upstream, gateway: gateway))
            await gateway.stop()
            return result
        } catch {
            await gateway.stop()
            throw error
        }
    }

    /// A new connection to the gateway.
    func client(receiveBuffer: Int32? = nil) throws -> RawClient {
        try RawClient(port: gateway.port, receiveBuffer: receiveBuffer)
    }

    /// A valid generation request, with more header fields if wanted.
    func request(
        target: String? = nil, model: String = "agentroute-heavy", fields: [String] = []
    ) -> [UInt8] {
        message("POST", target ?? wire.target, fields: fields, body: wire.body(model: model))
    }

    /// A request with Host, the token and Content-Length.
    func message(
        _ method: String, _ target: String, fields: [String] = [], body: [UInt8] = []
    ) -> [UInt8] {
        let length = body.isEmpty ? [] : ["Content-Length: \(body.count)"]
        let all = ["Host: 127.0.0.1:\(gateway.port)", "Authorization: Bearer \(gateway.token)"]
        return raw("\(method) \(target) HTTP/1.1", all + fields + length, body)
    }

    /// A request of exactly these lines.
    func raw(_ startLine: String, _ fields: [String], _ body: [UInt8] = []) -> [UInt8] {
        Array(([startLine] + fields + ["", ""]).joined(separator: "\r\n").utf8) + body
    }

    /// Sends `request` on a connection of its own and reads the answer.
    func exchange(_ request: [UInt8]) throws -> HTTPResponse {
        let client = try client()
        defer { client.close() }
        client.send(request)
        return try #require(client.readResponse(), "no response head")
    }

    private static func configuration(
        _ wire: WireCase, upstream: FakeUpstream, options: Options
    ) -> String {
        let base = options.baseURL ?? "http://127.0.0.1:\(upstream.port)\(wire.basePath)"
        let model = "lab/\(wire.upstreamModel)"
        return """
            { "listen": { "port": 0 \(options.listenExtras) },
              "providers": { "lab": { "baseURL": "\(base)", "wires": ["\(wire.wire.rawValue)"],
                "apiKey": "\(options.apiKey)", "timeouts": \(options.timeouts) \(options.providerExtras) } },
              "profiles": { "default": { "heavy": "\(model)", "balanced": "\(model)-b",
                "fast": "\(model)-f" } },
              "limits": \(options.limits),
              "log": { "level": "\(options.logLevel)", "format": "\(options.logFormat)" } }
            """
    }
}
