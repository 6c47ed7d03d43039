package import AgentRouteIO

/// Keeps a LiteLLM running: starts it, restarts it when it has ended by itself, replaces it when its
/// configuration changes, ends it.
///
/// ```swift
/// let sidecar = SidecarProcess(launch, loop: loop)
/// try await sidecar.serve(SidecarConfiguration(configuration))
/// await sidecar.observe { availability in /* on the loop's thread */ }
/// // ...
/// await sidecar.stop()
/// ```
///
/// Its processes end with this one, however that ends, and with the thread that runs the loop.
package actor SidecarProcess {
    private let loop: EventLoop
    private let surroundings: SidecarInstance.Surroundings
    private var restarts: SidecarRestarts

    /// What the running one was told, or the one to be started again.
    private var configuration: SidecarConfiguration?
    private var current: (instance: SidecarInstance, endpoint: SidecarEndpoint)?
    /// Why there is none.
    private var fault = AgentRouteError.sidecar(.unavailable, "is not started yet")
    /// Every process that has not ended.
    private var instances: [ObjectIdentifier: SidecarInstance] = [:]
    private var observer: (@Sendable (SidecarAvailability) -> Void)?
    private var restartTimer: LoopTimer?
    private var isStopped = false
    private var isChanging = false
    private var turns: [CheckedContinuation<Void, Never>] = []

    /// A supervisor that does nothing yet.
    ///
    /// - Parameters:
    ///   - loop: Runs the supervisor and carries its requests; must be running, now or soon.
    package init(
        _ launch: SidecarLaunch, loop: EventLoop, timing: SidecarTiming = SidecarTiming()
    ) {
        self.loop = loop
        surroundings = SidecarInstance.Surroundings(
            loop: loop, launch: launch, timing: timing,
            logFile: SidecarLogFile(path: launch.folder.logFile))
        restarts = SidecarRestarts(timing.restarts)
    }

    /// The loop: everything happens on its thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Starts a LiteLLM of this configuration, or has one take the place of another: the new one is
    /// started beside the old, gets the requests from when it is ready, and the old one ends when it
    /// has answered its own. Returns when the new one is ready; at once if nothing is different.
    ///
    /// - Throws: `startFailed` with what LiteLLM wrote last. A LiteLLM that was there is kept then.
    package func serve(_ configuration: SidecarConfiguration) async throws(AgentRouteError) {
        await takeTurn()
        defer { giveTurn() }
        if configuration == self.configuration, current != nil { return }
        let instance = try await bringUp(configuration)
        if isStopped { throw .sidecar(.startFailed, "was stopped") }
        self.configuration = configuration
        restarts = SidecarRestarts(surroundings.timing.restarts)
        use(instance, configuration)
    }

    /// Has `observer` told whether there is a LiteLLM: now, and at each change. It is called on the
    /// loop's thread and takes the place of the one before.
    package func observe(_ observer: @escaping @Sendable (SidecarAvailability) -> Void) {
        self.observer = observer
        publish()
    }

    /// Ends every process. Returns when they have ended; nothing is started again.
    package func stop() async {
        isStopped = true
        restartTimer?.cancel()
        restartTimer = nil
        current = nil
        fault = .sidecar(.unavailable, "was stopped")
        publish()
        observer = nil
        let running = Array(instances.values)
        for instance in running { instance.stop() }
        for instance in running { await instance.waitForEnd() }
    }

    // MARK: Starting

    /// A LiteLLM that is ready. Another port is tried when a program was quicker to take the first.
    private func bringUp(
        _ configuration: SidecarConfiguration
    ) async throws(AgentRouteError) -> SidecarInstance {
        try await SidecarFiles.write(configuration, for: surroundings.launch.folder)
        var triesLeft = 3
        while true {
            if isStopped { throw .sidecar(.startFailed, "was stopped") }
            let instance = try SidecarInstance(surroundings, configuration) { [weak self] id in
                self?.assumeIsolated { $0.ended(id) }
            }
            instances[ObjectIdentifier(instance)] = instance
            do throws(AgentRouteError) {
                try await instance.becomeReady()
                return instance
            } catch {
                instance.stop()
                triesLeft -= 1
                if triesLeft == 0 || !instance.lostItsPort { throw error }
            }
        }
    }

    private func use(_ instance: SidecarInstance, _ configuration: SidecarConfiguration) {
        current?.instance.retire()
        let bound = LoopBound(instance, loop: loop)
        let endpoint = SidecarEndpoint(port: instance.port, key: instance.key, pid: instance.pid) {
            [loop] in loop.execute { bound.withValue { $0.stop() } }
        }
        restartTimer?.cancel()
        restartTimer = nil
        current = (instance, endpoint)
        publish()
        // It may have ended on the way here, when nobody missed it.
        if instances[ObjectIdentifier(instance)] == nil { lost(instance) }
    }

    private func publish() {
        let state: SidecarAvailability.State =
            if let current { .ready(current.endpoint) } else { .unavailable(fault) }
        observer?(
            SidecarAvailability(state: state, providers: configuration?.providers ?? []))
    }

    // MARK: Starting again

    private func ended(_ id: ObjectIdentifier) {
        guard let instance = instances.removeValue(forKey: id), current?.instance === instance
        else { return }
        lost(instance)
    }

    /// The one that served has ended.
    private func lost(_ instance: SidecarInstance) {
        current = nil
        let served = Duration.milliseconds(loop.now - (instance.readyAt ?? loop.now))
        failed(instance.failure(instance.end, .unavailable), served: served)
    }

    private func failed(_ error: AgentRouteError, served: Duration) {
        guard !isStopped else { return }
        fault = error
        switch restarts.ended(at: .milliseconds(loop.now), served: served) {
        case .giveUp:
            fault = .sidecar(
                .unavailable, "has failed too often and is not started again: \(error.message)")
        case .restart(let pause):
            restartTimer?.cancel()
            restartTimer = LoopTimer(loop: loop, after: UInt64(pause.milliseconds)) { [weak self] in
                guard let self else { return }
                Task { await self.revive() }
            }
        }
        publish()
    }

    private func revive() async {
        await takeTurn()
        defer { giveTurn() }
        guard let configuration, current == nil, !isStopped else { return }
        do throws(AgentRouteError) {
            let instance = try await bringUp(configuration)
            if !isStopped { use(instance, configuration) }
        } catch {
            failed(error, served: .zero)
        }
    }

    // MARK: One change at a time

    private func takeTurn() async {
        guard isChanging else {
            isChanging = true
            return
        }
        await withCheckedContinuation { turns.append($0) }
    }

    /// To the next who waits for it: nobody else can take it in between.
    private func giveTurn() {
        if turns.isEmpty { isChanging = false } else { turns.removeFirst().resume() }
    }
}
