internal import AgentRouteCore

/// What a gateway was started with, where its files may change while it runs.
protocol ReloadablePlan: Sendable {
    /// The folders it is read from.
    var workspace: Workspace { get }
    /// What the gateway was started with.
    var configuration: Configuration { get }
    /// What it would be started with now.
    func currentConfiguration(_ loop: EventLoop) async throws(Failure) -> Configuration
}

/// Keeps a running gateway at what the configuration's files say. Lives on the gateway's loop.
///
/// One reload at a time, so that none is overtaken by a later one; what changes meanwhile is read
/// again after it.
actor ConfigurationReload {
    /// What a reload does.
    struct Steps: Sendable {
        /// Says what the gateway would run with now.
        let read: @Sendable () async throws(Failure) -> Configuration
        /// Has the gateway go on with that.
        let use: @Sendable (Configuration) async throws(Failure) -> Void
        /// Tells why it goes on as it was.
        let warn: @Sendable (String) -> Void
        /// Passes the time that a program may take from emptying a file to having it written.
        var settle: @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(100)) }
    }

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let steps: Steps
    private var configuration: Configuration
    private var watch: ConfigurationWatch?
    private var isBusy = true
    private var isOutdated = false

    /// Reloads for a gateway that runs with `configuration`, which is told of changes by ``changed()``.
    init(_ configuration: Configuration, loop: EventLoop, steps: Steps) {
        self.configuration = configuration
        self.loop = loop
        self.steps = steps
    }

    /// Notes from now on what changes in the files of `plan`, and reloads it after ``begin()``.
    static func watching(
        _ plan: some ReloadablePlan, loop: EventLoop, warn: @escaping @Sendable (String) -> Void,
        use: @escaping @Sendable (Configuration) async throws(Failure) -> Void
    ) async -> ConfigurationReload {
        let steps = Steps(
            read: { () async throws(Failure) in try await plan.currentConfiguration(loop) },
            use: use, warn: warn)
        let reload = ConfigurationReload(plan.configuration, loop: loop, steps: steps)
        await reload.watch(plan.workspace.directories)
        return reload
    }

    private func watch(_ directories: Directories) {
        watch = ConfigurationWatch(directories, loop: loop) { Task { await self.changed() } }
    }

    /// Reloads what has changed, and from now on what changes.
    func begin() async {
        isBusy = false
        if isOutdated { await changed() }
    }

    /// The files have changed.
    func changed() async {
        isOutdated = true
        guard !isBusy else { return }
        isBusy = true
        while isOutdated {
            isOutdated = false
            await reload()
        }
        isBusy = false
    }

    /// Stops watching.
    func cancel() {
        watch?.cancel()
        watch = nil
    }

    private func reload() async {
        do throws(Failure) {
            guard let new = try await settled(), new != configuration else { return }
            try await steps.use(new)
            configuration = new
        } catch {
            for fault in error.faults {
                let place = fault.place.map { "\($0): " } ?? ""
                steps.warn("\(place)\(fault.message); the gateway goes on as it was")
            }
        }
    }

    /// What the files say once nobody is at them any more; nil if that is for the next round to read.
    private func settled() async throws(Failure) -> Configuration? {
        do throws(Failure) {
            return try await steps.read()
        } catch {
            // An editor that writes in place has emptied the file first.
            await steps.settle()
            if isOutdated { return nil }
            return try await steps.read()
        }
    }
}

extension Failure {
    /// A gateway that could not go on with another configuration.
    init(reloading error: AgentRouteError) {
        self.init(.gateway, code: error.code.name, error.message)
    }
}
