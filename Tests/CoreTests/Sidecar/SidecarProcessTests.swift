import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@Suite("Sidecar process", .serialized, .onOwnThread)
struct SidecarProcessTests {
    @Test("it serves when it is ready and has answered a first request, on loopback, with the key")
    func ready() async throws {
        let fixture = try await SidecarFixture("healthy")
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        let endpoint = try #require(await fixture.endpoint())
        #expect(fixture.notes("request") == ["/v1/messages agentroute-warm-up"])
        let start = try #require(fixture.notes("start").first)
        #expect(start.hasPrefix("\(endpoint.pid) \(endpoint.pid) "), "a group of its own")
        #expect(start.contains("--host 127.0.0.1 --port \(endpoint.port)"))
        await fixture.sidecar.stop()
        #expect(!OtherProcess(endpoint.pid).isAlive)
    }

    @Test("it knows nothing of the user's environment, and its file and log no secret")
    func clean() async throws {
        let fixture = try await SidecarFixture("healthy")
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        await fixture.sidecar.stop()
        let names = Set(
            fixture.notes("environment").first?.split(separator: " ").map(String.init) ?? [])
        // Python itself sets LC_CTYPE.
        #expect(
            names.subtracting(["LC_CTYPE"]) == [
                "PATH", "HOME", "LANG", "LITELLM_MODE", "LITELLM_LOCAL_MODEL_COST_MAP",
                "LITELLM_DONT_SHOW_FEEDBACK_BOX", "LITELLM_MASTER_KEY", "OR_APP_NAME",
                "OR_SITE_URL", "SSL_CERT_FILE", "AGENTROUTE_SECRET_1", "AGENTROUTE_SELF",
            ])
        #expect(fixture.text("litellm.log").contains("the key is <redacted> and <redacted>"))
        #expect(!fixture.text("config.json").contains("sk-lab-secret"))
        #expect(fixture.folder.mode("sidecar/litellm.log") == 0o600)
    }

    @Test("one that does not start is an error of the sidecar's with its last lines")
    func startFailure() async throws {
        let fixture = try await SidecarFixture("exit-7")
        let error = await #expect(throws: AgentRouteError.self) {
            try await fixture.sidecar.serve(SidecarFixture.configuration())
        }
        #expect(error?.origin == .sidecar)
        #expect(error?.code == .startFailed)
        #expect(error?.message.contains("ended with status 7") == true)
        #expect(error?.message.contains("the key is <redacted>") == true)
        #expect(fixture.notes("start").count == 1, "what fails at once would fail again")
        await fixture.sidecar.stop()
    }

    @Test("one that never gets ready is given up and ended")
    func neverReady() async throws {
        let fixture = try await SidecarFixture("mute") { $0.ready = .milliseconds(300) }
        let error = await #expect(throws: AgentRouteError.self) {
            try await fixture.sidecar.serve(SidecarFixture.configuration())
        }
        #expect(error?.message.contains("not ready within") == true)
        await fixture.sidecar.stop()
        let pid = try #require(fixture.notes("start").first?.split(separator: " ").first)
        #expect(!OtherProcess(try #require(Int32(pid))).isAlive)
    }

    @Test("a port that was taken meanwhile costs another try, not the start")
    func portClash() async throws {
        let fixture = try await SidecarFixture("clash", "healthy")
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        #expect(fixture.notes("start").count == 2)
        await fixture.sidecar.stop()
    }

    @Test("one that ends by itself is restarted; requests between are told its last lines")
    func crash() async throws {
        let fixture = try await SidecarFixture("healthy") {
            $0.restarts.firstPause = .milliseconds(20)
        }
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        let first = try #require(await fixture.pid())
        kill(first, SIGKILL)
        #expect(fixture.changes.wait { $0.count >= 3 })
        let changes = fixture.changes.value.dropFirst()
        guard case .unavailable(let message)? = changes.first,
            case .ready(let second)? = changes.last
        else {
            Issue.record("\(changes)")
            return
        }
        #expect(message.contains("was ended by signal 9"))
        #expect(message.contains("the key is"))
        #expect(second != first)
        await fixture.sidecar.stop()
    }

    @Test("one that ends again and again is left alone, and says so")
    func givenUp() async throws {
        let fixture = try await SidecarFixture("healthy", "exit-1") {
            $0.restarts.firstPause = .milliseconds(1)
            $0.restarts.limit = 3
        }
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        kill(try #require(await fixture.pid()), SIGKILL)
        #expect(fixture.changes.wait { $0.last?.isFinal == true })
        #expect(fixture.notes("start").count == 4)
        await fixture.sidecar.stop()
    }

    @Test("a new configuration has its own process, and the old one ends with its last request")
    func replaced() async throws {
        let fixture = try await SidecarFixture("healthy")
        try await fixture.sidecar.serve(SidecarFixture.configuration("lab"))
        var old = await fixture.endpoint()
        let oldPid = try #require(old?.pid)
        try await fixture.sidecar.serve(SidecarFixture.configuration("other"))
        let new = try #require(await fixture.endpoint())
        #expect(new.pid != oldPid)
        #expect(OtherProcess(oldPid).isAlive, "a request may still use it")
        old = nil
        #expect(await OtherProcess(oldPid).ends())
        #expect(OtherProcess(new.pid).isAlive)
        await fixture.sidecar.stop()
    }

    @Test("the same configuration again starts nothing")
    func unchanged() async throws {
        let fixture = try await SidecarFixture("healthy")
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        #expect(fixture.notes("start").count == 1)
        await fixture.sidecar.stop()
    }

    @Test("a configuration that does not start leaves the running one in place")
    func keepsOld() async throws {
        let fixture = try await SidecarFixture("healthy", "exit-1")
        try await fixture.sidecar.serve(SidecarFixture.configuration("lab"))
        let pid = try #require(await fixture.pid())
        await #expect(throws: AgentRouteError.self) {
            try await fixture.sidecar.serve(SidecarFixture.configuration("other"))
        }
        #expect(await fixture.pid() == pid)
        await fixture.sidecar.stop()
    }

    @Test("one that is deaf to SIGTERM is killed with all it has started")
    func deaf() async throws {
        let fixture = try await SidecarFixture("deaf") { $0.terminate = .milliseconds(50) }
        try await fixture.sidecar.serve(SidecarFixture.configuration())
        let pid = try #require(await fixture.pid())
        let child = try #require(fixture.notes("child").first.flatMap { Int32($0) })
        await fixture.sidecar.stop()
        #expect(!OtherProcess(pid).isAlive)
        #expect(await OtherProcess(child).ends())
    }

    @Test("stopping while one starts ends it, and the start fails")
    func stoppedEarly() async throws {
        let fixture = try await SidecarFixture("mute")
        let sidecar = fixture.sidecar
        let start = Task { try await sidecar.serve(SidecarFixture.configuration()) }
        while fixture.notes("start").isEmpty { await Task.yield() }
        await sidecar.stop()
        await #expect(throws: AgentRouteError.self) { try await start.value }
    }
}

extension SidecarFixture {
    /// The process that serves now; from here on `changes` says what becomes of it.
    fileprivate func pid() async -> Int32? {
        await observe()
        return if case .ready(let pid)? = changes.value.last { pid } else { nil }
    }
}

extension SidecarFixture.Change {
    /// The last word of a supervisor that has given up.
    fileprivate var isFinal: Bool {
        if case .unavailable(let message) = self { message.contains("too often") } else { false }
    }
}

/// Another process, a child or not.
struct OtherProcess {
    let pid: Int32

    init(_ pid: Int32) {
        self.pid = pid
    }

    /// Whether it runs; one that has ended and is not reaped does not (proc(5)).
    var isAlive: Bool {
        guard let text = try? AtomicFile.read("/proc/\(pid)/stat") else { return false }
        let rest = String(decoding: text, as: UTF8.self).split(separator: ")").last ?? ""
        return !rest.hasPrefix(" Z")
    }

    /// Whether it has ended within ten seconds.
    func ends() async -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while isAlive, ContinuousClock.now < deadline { await Task.yield() }
        return !isAlive
    }
}
