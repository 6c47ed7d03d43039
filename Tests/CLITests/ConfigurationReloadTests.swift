import AgentRouteCore
import AgentRouteTesting
import Synchronization
import Testing

@testable import AgentRouteCLI

/// What a reload is told by the files, one answer after the other, and what came of it.
private final class Scene: Sendable {
    private struct State {
        var answers: [Result<Configuration, Failure>]
        var used: [Configuration] = []
        var warnings: [String] = []
        var pauses = 0
        var inPause: (@Sendable () async -> Void)?
    }

    private let state: Mutex<State>

    init(_ answers: Result<Configuration, Failure>...) {
        state = Mutex(State(answers: answers))
    }

    var used: [Configuration] { state.withLock(\.used) }
    var warnings: [String] { state.withLock(\.warnings) }
    var pauses: Int { state.withLock(\.pauses) }

    /// Has `body` run in the first pause.
    func inPause(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.inPause = body }
    }

    var steps: ConfigurationReload.Steps {
        .init(
            read: { () async throws(Failure) in try self.answer().get() },
            use: { new async throws(Failure) in self.state.withLock { $0.used.append(new) } },
            warn: { text in self.state.withLock { $0.warnings.append(text) } },
            settle: { await self.pause() })
    }

    /// The last one stays.
    private func answer() -> Result<Configuration, Failure> {
        state.withLock { $0.answers.count > 1 ? $0.answers.removeFirst() : $0.answers[0] }
    }

    private func pause() async {
        let body = state.withLock { state in
            state.pauses += 1
            defer { state.inPause = nil }
            return state.inPause
        }
        await body?()
    }
}

@Suite("A configuration that changes under a gateway")
struct ConfigurationReloadTests {
    private static let half = Failure(.general, code: "configuration_invalid", "half a file")
    private static let other = Configuration.demo.listening(onPort: 7)

    /// Lets the files change once under a gateway that runs the demonstration.
    private func change(_ scene: Scene) async throws {
        let loop = try EventLoop()
        let thread = WorkerThread { loop.run() }
        defer {
            loop.stop()
            thread.join()
        }
        let reload = ConfigurationReload(.demo, loop: loop, steps: scene.steps)
        await reload.changed()
        #expect(scene.used.isEmpty && scene.pauses == 0, "nothing before it begins")
        scene.inPause { await reload.changed() }
        await reload.begin()
    }

    @Test("a file that was read half written is read again, and nothing is said")
    func halfWritten() async throws {
        let scene = Scene(.failure(Self.half), .success(Self.other))
        try await change(scene)
        #expect(scene.used == [Self.other])
        #expect(scene.warnings == [] && scene.pauses == 1)
    }

    @Test("a file that stays broken is told of once, and the gateway goes on as it was")
    func broken() async throws {
        let scene = Scene(.failure(Self.half))
        try await change(scene)
        #expect(scene.used == [])
        #expect(scene.warnings == ["half a file; the gateway goes on as it was"])
        #expect(scene.pauses == 2, "it changed in the first one")
    }

    @Test("a file that says the same as before changes nothing")
    func same() async throws {
        let scene = Scene(.success(.demo))
        try await change(scene)
        #expect(scene.used == [] && scene.pauses == 0)
    }
}
