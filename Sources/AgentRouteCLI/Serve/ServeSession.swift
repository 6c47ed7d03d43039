internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// A gateway in the foreground, from its start to its end. Lives on the gateway's loop.
actor ServeSession {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let plan: ServePlan
    private let output: ServeOutput
    private let gateway: Gateway
    private var lifecycle = ServeLifecycle()
    private var signals: [SignalToken] = []
    private var reload: ConfigurationReload?
    private var state: GatewayState?
    private var lock: FileLock?
    private var isAnnounced = false
    private var leaving: CheckedContinuation<ExitCode, Never>?

    /// How long streams may go on after the first signal.
    private static let grace = Duration.seconds(10)

    /// Prepares the gateway of `plan`; nothing happens before `run`.
    init(_ plan: ServePlan, output: ServeOutput, loop: EventLoop) {
        self.plan = plan
        self.output = output
        self.loop = loop
        let options = GatewayOptions(logDescriptor: STDERR_FILENO, logLevel: plan.logLevel)
        gateway = Gateway(
            configuration: plan.configuration, loop: loop, token: plan.token, options: options)
    }

    /// Serves until a signal ends it or the start fails, and returns the program's exit code. Once.
    func run() async -> ExitCode {
        // None of them can be refused; without them the default action ends the program.
        signals = EndingSignals.numbers.compactMap { number in
            try? onSignal(number, loop: loop) { Task { await self.take(.signal) } }
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
            output.announceDrain()
            await gateway.drain(grace: Self.grace)
            await take(.drained)
        case .leave(let code):
            await reload?.cancel()
            leave(code)
        }
    }

    private func announce(port: UInt16) async {
        // Before anybody is told that it runs: what changes from then on is not to be missed.
        if plan.readsFiles { await follow() }
        leaveState(port: port)
        let announcement = Announcement(
            configuration: plan.configuration, port: port,
            token: plan.token.isChosen ? nil : plan.token.secret.value, manifests: plan.manifests)
        output.announce(announcement, pid: getpid())
        isAnnounced = true
        StartupCode.dropSoon(loop)
        await reload?.begin()
    }

    /// Has the gateway go on with what the files say whenever that changes.
    private func follow() async {
        let output = output
        reload = await .watching(plan, loop: loop, warn: { output.warn($0) }) {
            [weak self] new async throws(Failure) in try await self?.use(new)
        }
    }

    private func use(_ new: Configuration) async throws(Failure) {
        do throws(AgentRouteError) {
            try await gateway.use(new)
        } catch {
            throw Failure(reloading: error)
        }
        guard var state, state.profile != new.activeProfile else { return }
        state.profile = new.activeProfile
        self.state = state
        // The change holds whether or not other commands can be told.
        try? await UpFiles.tell(of: state, plan.workspace.directories)
    }

    /// Tells other commands of this gateway, unless they know of another one.
    private func leaveState(port: UInt16) {
        let directories = plan.workspace.directories
        do throws(FileError) {
            guard let lock = try FileLock(trying: directories.gatewayLockFile) else {
                output.warn("another gateway of yours runs; other commands speak of that one")
                return
            }
            self.lock = lock
            let state = GatewayState(
                host: plan.configuration.listen.host, port: port, token: plan.token.secret,
                pid: getpid(),
                profile: plan.configuration.activeProfile, startedAt: Int64(time(nil)))
            try state.write(to: directories.gatewayStateFile)
            self.state = state
        } catch {
            output.warn("other commands will not find this gateway: \(error)")
        }
    }

    private func leave(_ code: ExitCode) {
        for signal in signals { signal.cancel() }
        signals = []
        if let state {
            // Tools may have been linked to this gateway. Whatever cannot be undone is left to the next
            // command, which finds the state.
            let links = (try? Toolbox(plan.workspace))?.unlinkAll()
            if links?.failures.isEmpty != false {
                try? state.removeIfOurs(at: plan.workspace.directories.gatewayStateFile)
            }
        }
        lock?.release()
        if isAnnounced { output.announceEnd(code) }
        leaving?.resume(returning: code)
        leaving = nil
    }
}
