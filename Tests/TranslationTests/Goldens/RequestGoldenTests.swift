import AgentRouteTranslation
import AgentRouteWire
import Testing

/// A client's request among the golden files: `Fixtures/<wire>/<name>.json`, and beside it
/// `<name>.<upstream>.json` for every provider of another wire.
struct GoldenRequest: Sendable, CustomStringConvertible {
    let client: Wire
    let name: String

    var description: String { "\(client.rawValue)/\(name)" }

    static func all() throws -> [GoldenRequest] {
        try GoldenPair.clients.flatMap { client in
            try Golden.names(in: client.rawValue).compactMap { file in
                let parts = file.split(separator: ".")
                guard parts.count == 2, parts[0] != "faults" else { return nil }
                return GoldenRequest(client: client, name: String(parts[0]))
            }
        }
    }

    /// The client's body.
    func body() throws -> [UInt8] { try Golden.bytes("\(description).json") }

    /// What the line says before it. A case whose name begins with `stream` or `count` is a call of
    /// that kind where the path tells (Gemini) or nothing else does.
    var call: RequestCall {
        var call = RequestCall()
        if client == .gemini {
            call.model = "agentroute-balanced"
            call.streams = name.hasPrefix("stream")
        }
        call.countsTokens = name.hasPrefix("count")
        return call
    }

    /// What `upstream` is sent, and what it cannot be told.
    func translated(_ pair: GoldenPair) throws -> JSONValue {
        let handler = try pair.handler(isNewest: name.hasSuffix("-newest"))
        let request = try handler.translate(body(), call, isStrict: false)
        let lost = request.degradations.map { JSONValue.string($0.name) }
        return ["lost": .array(lost), "body": try JSONValue.parse(request.body)]
    }
}

@Suite("Golden files: requests")
struct RequestGoldenTests {
    @Test(
        "a client's request reaches every provider as written down",
        arguments: try GoldenRequest.all())
    func request(_ request: GoldenRequest) throws {
        for pair in GoldenPair.of(client: request.client) {
            let path = "\(request).\(pair.upstream.rawValue).json"
            try Golden.check(request.translated(pair).pretty(), path)
        }
    }

    @Test("nothing is expected of a case that is not there")
    func orphans() throws {
        for client in GoldenPair.clients {
            let files = try Golden.names(in: client.rawValue)
            for file in files {
                let name = file.split(separator: ".").first.map(String.init) ?? ""
                #expect(files.contains("\(name).json"), "\(client.rawValue)/\(file)")
            }
        }
    }

    /// `faults.json` holds bodies, each with the fault that it has.
    @Test("a bad request is refused with the path of what is wrong", arguments: GoldenPair.clients)
    func faults(_ client: Wire) throws {
        let path = "\(client.rawValue)/faults.json"
        let cases = try #require(try JSONValue.parse(Golden.bytes(path)).array)
        #expect(!cases.isEmpty)
        let found = try cases.map { try told($0, client) }
        try Golden.check(JSONValue.array(found).pretty(), path)
    }

    private func told(_ fault: JSONValue, _ client: Wire) throws -> JSONValue {
        let body = try #require(fault["body"])
        let upstreams = GoldenPair.of(client: client)
        let faults = try Set(upstreams.map { try self.fault(of: body, $0) })
        let only = try #require(faults.count == 1 ? faults.first : nil, "\(faults)")
        return ["fault": only.map { .string($0) } ?? .null, "body": body]
    }

    private func fault(of body: JSONValue, _ pair: GoldenPair) throws -> String? {
        let call = GoldenRequest(client: pair.client, name: "").call
        do {
            _ = try pair.handler().translate(body.serialized(), call, isStrict: false)
            return nil
        } catch let fault as RequestFault {
            return fault.message
        }
    }
}
