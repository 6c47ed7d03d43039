internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// A gateway and the links to it, from the start to the end. Lives on the gateway's loop.
///
/// The order is what makes it safe: the lock before anything, the port before the state, the state
/// and the watcher before the first link; and back again. Killed at any point, it leaves either
/// nothing of a tool's changed, or a state that tells the watcher and the next command to mend it.
actor UpSession {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let plan: UpPlan
    private let output: UpOutput
    private let gateway: Gateway
    /// LiteLLM, where that was asked for.
    private let sidecar: SidecarProcess?
    private let lock: FileLock
    private var lifecycle = ServeLifecycle()
    private var signals: [SignalToken] = []
    private var reload: ConfigurationReload?
    private var state: GatewayState?
    private var failure: ExitCode?
    private var users: FileLock?
    private var isWriting = false
    private var isEndDue = false
    private var leaving: CheckedContinuation<ExitCode, Never>?

    /// How long streams may go on after the first signal.
    private static let grace = Duration.seconds(10)

    /// Prepares the gateway of `plan`; nothing happens before `run`.
    ///
    /// - Parameter lock: `gateway.lock`, which the session gives back at its end.
    init(
        _ plan: UpPlan, lock: FileLock, output: UpOutput, logLevel: LogLevel?, loop: EventLoop
    ) {
        self.plan = plan
        self.lock = lock
        self.output = output
        self.loop = loop
        var options = GatewayOptions(logDescriptor: STDERR_FILENO, logLevel: logLevel)
        options.listeningSocket = plan.listeningSocket
        sidecar = plan.sidecar.map { SidecarProcess($0, loop: loop) }
        options.sidecar = sidecar
        gateway = Gateway(
            configuration: plan.configuration, loop: loop, token: plan.token, options: options)
    }

    /// Serves until a signal ends it or the start fails, and returns the program's exit code. Once.
    func run() async -> ExitCode {
        // None of them can be refused; without them the default action ends the program.
        signals = EndingSignals.numbers.compactMap { number in
            try? onSignal(number, loop: loop) { Task { await self.end() } }
        }
        return await withCheckedContinuation { continuation in
            leaving = continuation
            Task { await start() }
        }
    }

    private func start() async {
        do throws(AgentRouteError) {
            let port = try await gateway.start()
            await take(.started(port: port))
        } catch {
            _ = output.fail(Failure(starting: error, on: plan.configuration.listen.port))
            await take(.startFailed)
        }
    }

    private func take(_ event: ServeLifecycle.Event) async {
        switch lifecycle.take(event) {
        case .none: break
        case .announce(let port): await announce(port: port)
        case .drain:
            // What cannot be given back now is tried again, and told, at the end.
            _ = plan.toolbox.unlinkAll()
            output.announceDrain()
            await gateway.drain(grace: Self.grace)
            await take(.drained)
        case .leave(let code):
            await reload?.cancel()
            await sidecar?.stop()
            leave(code)
        }
    }

    // MARK: The start

    private func announce(port: UInt16) async {
        // Before anybody is told that it runs: what changes from then on is not to be missed.
        await follow()
        let configuration = plan.configuration
        let state = GatewayState(
            host: configuration.listen.host, port: port, token: plan.token.secret, pid: getpid(),
            profile: configuration.activeProfile, startedAt: Int64(time(nil)),
            engine: sidecar == nil ? "native" : "litellm", isReady: false,
            isRevived: !plan.revival.isEmpty)
        self.state = state
        do throws(Failure) {
            try await write(state)
            // Ended meanwhile: nothing is to be started or linked any more.
            guard lifecycle.isServing else { return }
            try await serveSidecar(configuration)
            guard lifecycle.isServing else { return }
            let files = UpFiles(plan: plan)
            let (ready, links) = try await writing { () async throws(Failure) in
                try await files.link(state)
            }
            guard lifecycle.isServing else { return }
            self.state = ready
            output.announce(ready, links: links)
        } catch {
            guard lifecycle.isServing else { return }
            failure = output.fail(error)
            await take(.signal)
            return
        }
        for warning in plan.toolbox.warnings { output.warn(warning) }
        if plan.endsUnused { awaitLastUser() }
        StartupCode.dropSoon(loop)
        await reload?.begin()
    }

    /// Tells other commands of the gateway.
    private func write(_ state: GatewayState) async throws(Failure) {
        let directories = plan.workspace.directories
        try await writing { () async throws(Failure) in
            try await UpFiles.tell(of: state, directories)
        }
    }

    /// Runs `work`, which writes files off the loop. What asks for the end meanwhile is heard after it:
    /// what is half done could not be undone.
    private func writing<Result>(
        _ work: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        isWriting = true
        let result: Result
        do throws(Failure) {
            result = try await work()
        } catch {
            isWriting = false
            throw error
        }
        isWriting = false
        if isEndDue { await take(.signal) }
        return result
    }

    /// Starts the sidecar, or the next one beside it where `configuration` has other providers.
    private func serveSidecar(_ configuration: Configuration) async throws(Failure) {
        do throws(AgentRouteError) {
            try await sidecar?.serve(SidecarConfiguration(configuration))
        } catch {
            throw Failure(.gateway, code: error.code.name, error.message)
        }
    }

    // MARK: While it runs

    /// Has the gateway go on with what the files say whenever that changes.
    private func follow() async {
        let output = output
        reload = await .watching(plan, loop: loop, warn: { output.warn($0) }) {
            [weak self] new async throws(Failure) in try await self?.use(new)
        }
    }

    private func use(_ new: Configuration) async throws(Failure) {
        try await serveSidecar(new)
        do throws(AgentRouteError) {
            try await gateway.use(new)
        } catch {
            throw Failure(reloading: error)
        }
        guard var state, state.profile != new.activeProfile, lifecycle.isServing else { return }
        state.profile = new.activeProfile
        self.state = state
        // The change holds whether or not other commands can be told.
        try? await write(state)
        if lifecycle.isServing { output.announceChange(profile: new.activeProfile) }
    }

    /// Ends the gateway when the last `agentroute run` has given the users' lock back.
    private func awaitLastUser() {
        let path = plan.workspace.directories.usersLockFile
        BlockingThread.start {
            let lock = try? FileLock(path: path)
            Task { await self.end(withoutUsers: lock) }
        }
    }

    /// Ends. The users' lock goes with the process: who comes now waits for it, and does not find a
    /// gateway that is going.
    private func end(withoutUsers lock: FileLock?) async {
        users = lock
        await end()
    }

    private func end() async {
        guard !isWriting else {
            isEndDue = true
            return
        }
        await take(.signal)
    }

    // MARK: The end

    private func leave(_ code: ExitCode) {
        for signal in signals { signal.cancel() }
        signals = []
        if let state {
            let links = plan.toolbox.unlinkAll()
            for failure in links.failures { self.failure = output.fail(failure) }
            // What could not be unlinked is left to the next command, which finds the state.
            if links.failures.isEmpty {
                try? state.removeIfOurs(at: plan.workspace.directories.gatewayStateFile)
            }
            output.announceEnd(failure ?? code)
        }
        lock.release()
        users?.release()
        leaving?.resume(returning: failure ?? code)
        leaving = nil
    }
}

extension Failure {
    /// A gateway that could not start.
    init(starting error: AgentRouteError, on port: UInt16) {
        guard error.code == .portInUse else {
            self.init(.gateway, code: error.code.name, error.message)
            return
        }
        let holder = PortHolder.find(port: port).map { "\($0.program) (pid \($0.pid))" }
        self.init(
            .gateway, code: error.code.name,
            "port \(port) is taken by \(holder ?? "another process"); choose another with --port")
    }
}
