import AgentRouteIO
import AgentRouteWire

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One LiteLLM, from its start to its end. Loop thread only; it lives at least until its process has
/// ended and all its output is read.
final class SidecarInstance {
    let port: UInt16
    let key: Secret
    private(set) var pid: Int32 = 0
    /// How it ended; nil while it runs.
    private(set) var exit: ChildProcess.Exit?
    /// Whether it was told to end.
    private(set) var isStopping = false
    /// When it was ready, on the loop's clock.
    private(set) var readyAt: UInt64?

    private let loop: EventLoop
    private let timing: SidecarTiming
    private let log: SidecarLog
    private var child: ChildProcess?
    private var timer: LoopTimer?
    private var isClosed = false
    private var waiters: [() -> Void] = []

    /// What instances of one supervisor have in common.
    struct Surroundings {
        let loop: EventLoop
        let launch: SidecarLaunch
        let timing: SidecarTiming
        let logFile: SidecarLogFile
    }

    /// Starts a process on a free port. The configuration's file is written already.
    ///
    /// - Parameter onEnd: Called once with its identity, when it has ended by itself or not, with all
    ///   its output read.
    init(
        _ surroundings: Surroundings, _ configuration: SidecarConfiguration,
        onEnd: @escaping (ObjectIdentifier) -> Void
    ) throws(AgentRouteError) {
        loop = surroundings.loop
        timing = surroundings.timing
        do throws(InvalidValue) {
            key = try SessionToken.random().secret
        } catch {
            throw .sidecar(.startFailed, "has no key: \(error)", cause: error)
        }
        log = SidecarLog(
            surroundings.logFile, secrets: [key] + configuration.secrets.values)
        do throws(IOError) {
            port = try Self.freePort(loop)
            try start(surroundings.launch, configuration, onEnd)
        } catch {
            throw .sidecar(.startFailed, "cannot be started: \(error)", cause: error)
        }
    }

    private func start(
        _ launch: SidecarLaunch, _ configuration: SidecarConfiguration,
        _ onEnd: @escaping (ObjectIdentifier) -> Void
    ) throws(IOError) {
        // The child drops its closures when it has ended and its outputs are closed: the token goes
        // with the last of them.
        let token = ClosingToken { [self] in
            guard pid != 0 else { return }
            closed()
            onEnd(ObjectIdentifier(self))
        }
        let child = try ChildProcess.start(
            loop: loop, file: launch.python, arguments: launch.arguments(port: port),
            environment: launch.environment(configuration, port: port, key: key),
            directory: launch.folder.home,
            onOutput: { [log] output, bytes in
                withExtendedLifetime(token) { log.write(bytes, of: output) }
            },
            onExit: { [self] exit in withExtendedLifetime(token) { ended(exit) } })
        pid = child.pid
        self.child = child
    }

    /// Ends it: SIGTERM to its group, on which LiteLLM finishes what it has begun, and SIGKILL if that
    /// takes too long. Safe to call twice.
    func stop() {
        guard !isStopping, exit == nil else { return }
        isStopping = true
        timer?.cancel()
        child?.signal(SIGTERM)
        timer = LoopTimer(loop: loop, after: UInt64(timing.terminate.milliseconds)) { [self] in
            child?.signal(SIGKILL)
        }
    }

    /// Ends it when its requests have had their time, at the latest.
    func retire() {
        guard !isStopping, exit == nil else { return }
        timer?.cancel()
        timer = LoopTimer(loop: loop, after: UInt64(timing.drain.milliseconds)) { [self] in stop() }
    }

    /// Returns when it has ended.
    func waitForEnd() async {
        guard !isClosed else { return }
        await withCheckedContinuation { done in waiters.append { done.resume() } }
    }

    private func ended(_ exit: ChildProcess.Exit) {
        self.exit = exit
        timer?.cancel()
        timer = nil
        // Whatever it has started ends with it.
        kill(-pid, SIGKILL)
    }

    private func closed() {
        log.end()
        isClosed = true
        child = nil
        for waiter in waiters { waiter() }
        waiters = []
    }

    /// A port that nobody listens on, and not 4000: LiteLLM leaves that one for another of its own
    /// choice when it is taken, and says so nowhere but in its log.
    private static func freePort(_ loop: EventLoop) throws(IOError) -> UInt16 {
        while true {
            let listener = try Listener(
                loop: loop, host: "127.0.0.1", port: 0, limits: ConnectionLimits()
            ) { _ in nil }
            listener.close()
            if listener.port != 4000 { return listener.port }
        }
    }
}

// MARK: - Becoming ready

extension SidecarInstance {
    /// Waits until it answers, and lets it load what it loads with its first request.
    func becomeReady() async throws(AgentRouteError) {
        let began = EventLoop.nanoseconds()
        let patience = UInt64(timing.ready.nanoseconds)
        while !(await isHealthy()) {
            guard exit == nil else {
                await waitForEnd()
                throw failure(isStopping ? "was stopped" : "did not start: it \(end)")
            }
            guard EventLoop.nanoseconds() - began < patience else {
                throw failure("was not ready within \(timing.ready)")
            }
            await pause(timing.poll)
        }
        try await warmUp()
        readyAt = loop.now
    }

    /// Whether it has ended because another program took its port before it could.
    var lostItsPort: Bool {
        exit != nil
            && log.lastLines.contains {
                $0.contains("Errno 98") || $0.lowercased().contains("address already in use")
            }
    }

    /// How it ended, behind its name.
    var end: String {
        switch exit {
        case .status(let status)?: "ended with status \(status)"
        case .signal(let number)?: "was ended by signal \(number)"
        case nil: "has not ended"
        }
    }

    /// An error with its last lines.
    func failure(
        _ problem: String, _ code: AgentRouteError.Code = .startFailed
    ) -> AgentRouteError {
        .sidecar(code, problem, lines: log.lastLines)
    }

    /// Its own health check, and a look at whether it is the one we started: only that one knows the
    /// key.
    private func isHealthy() async -> Bool {
        guard exit == nil, await status(of: request("GET", "/health/readiness")) == 200 else {
            return false
        }
        return await status(of: request("GET", "/v1/models")) == 200
    }

    private func warmUp() async throws(AgentRouteError) {
        let body: JSONValue = [
            "model": .string(SidecarConfiguration.warmUpModel), "max_tokens": 1, "stream": true,
            "messages": [["role": "user", "content": "ok"]],
        ]
        let request = request("POST", "/v1/messages", body: body.serialized())
        let status = await status(of: request, within: timing.ready)
        guard status == 200 else {
            let answer = status.map { "with status \($0)" } ?? "with nothing"
            throw failure("answered its first request \(answer)")
        }
    }

    private func request(_ method: String, _ target: String, body: [UInt8] = []) -> [UInt8] {
        let head = """
            \(method) \(target) HTTP/1.1\r
            host: 127.0.0.1:\(port)\r
            authorization: Bearer \(key.value)\r
            content-type: application/json\r
            content-length: \(body.count)\r
            connection: close\r
            \r

            """
        return Array(head.utf8) + body
    }

    /// The status of the answer to `request`; nil if none came.
    private func status(of request: [UInt8], within limit: Duration = .seconds(5)) async -> Int? {
        var limits = HTTPFetch.Limits()
        limits.total = limit
        let result: Result<HTTPFetch.Response, AgentRouteError> = await withCheckedContinuation {
            done in
            FetchExchange(subject: "the sidecar", head: request, limits: limits) {
                done.resume(returning: $0)
            }.start(
                BaseURL(secure: false, host: "127.0.0.1", port: port), caFile: nil, on: loop)
        }
        return try? result.get().status
    }

    private func pause(_ time: Duration) async {
        var timer: LoopTimer?
        await withCheckedContinuation { done in
            timer = LoopTimer(loop: loop, after: UInt64(time.milliseconds)) { done.resume() }
        }
        timer?.cancel()
    }
}
