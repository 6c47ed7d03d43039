import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

/// A scripted provider and the catalogue that asks it, at a time of the test's own. The provider stops
/// with this object.
final class CatalogueFixture {
    let folder: StateFolder
    let thread: LoopThread
    let upstream: FakeUpstream
    let clock = Observed<Int64>(1_000_000)

    /// A provider that answers what `script` says.
    init(_ script: @escaping FakeUpstream.Script) throws {
        folder = try StateFolder()
        thread = try LoopThread()
        upstream = try FakeUpstream(script: script)
    }

    /// A provider that answers every request with status 200 and `body`.
    convenience init(answering body: String) throws {
        try self.init { _ in [.text(response(200, body))] }
    }

    deinit {
        upstream.stop()
    }

    var catalogue: ModelCatalogue {
        let clock = clock
        return ModelCatalogue(
            directories: Directories(configuration: folder.path, state: folder.path),
            loop: thread.loop, now: { clock.value })
    }

    /// The provider, speaking `wire` below `path`.
    func provider(
        _ wire: Wire = .openAIChat, path: String = "/v1",
        key: KeyState = .present(Secret("sk-1"), source: "test")
    ) throws -> Provider {
        let base = try BaseURL("http://127.0.0.1:\(upstream.port)\(path)")
        return Provider(id: "lab", endpoint: .http(base), wires: [ServedWire(wire)], key: key)
    }
}

/// A response with a body of a declared length.
func response(_ status: Int, _ body: String, fields: String = "") -> String {
    "HTTP/1.1 \(status) X\r\n\(fields)content-length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// The error `body` throws.
func fetchError(_ body: () async throws -> Void) async -> AgentRouteError? {
    await #expect(throws: AgentRouteError.self) { try await body() }
}
