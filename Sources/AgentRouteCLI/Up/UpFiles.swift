internal import AgentRouteCore
internal import AgentRoutePlatforms

/// What `up` does to the user's files until it is ready. Each write is synced to the disk, which takes
/// milliseconds: it is done off the loop, which serves meanwhile.
struct UpFiles: Sendable {
    let plan: UpPlan

    /// Tells other commands of the gateway.
    @concurrent
    static func tell(of state: GatewayState, _ directories: Directories) async throws(Failure) {
        try write(state, directories)
    }

    /// Tells other commands of the gateway. Blocks.
    static func write(_ state: GatewayState, _ directories: Directories) throws(Failure) {
        do throws(FileError) {
            try state.write(to: directories.gatewayStateFile)
        } catch {
            throw Failure(.gateway, code: "state_failed", "\(error)")
        }
    }

    /// Starts the watcher, links the tools, and tells other commands that all is ready.
    ///
    /// - Returns: The state that was told, and the ids of the tools.
    @concurrent
    func link(
        _ state: GatewayState
    ) async throws(Failure) -> (state: GatewayState, links: [String]) {
        try startWatcher()
        let request = LinkRequest(
            state, contextWindows: plan.contextWindows(), isTuned: plan.isTuned)
        var links: [String] = []
        for platform in platforms where try plan.toolbox.link(platform, request).path != nil {
            links.append(platform.id)
        }
        var state = state
        state.isReady = true
        try Self.write(state, plan.workspace.directories)
        return (state, links)
    }

    private func startWatcher() throws(Failure) {
        // A service makes no links, and those to it stay.
        if plan.listeningSocket != nil { return }
        let words = ["watch"] + plan.revival.flatMap { ["--revive", $0] }
        guard Background.start(words, environment: plan.workspace.environment) != nil else {
            throw Failure(
                .gateway, code: "watcher_failed",
                "the watcher that would mend links could not be started")
        }
    }

    private var platforms: [ManifestPlatform] {
        switch plan.linking {
        case .none: []
        case .named(let platforms): platforms
        case .found:
            plan.toolbox.platforms.filter { platform in
                platform.id == "claude-code"
                    || (platform.hasSettingsFile && platform.detect().isFound)
            }
        }
    }
}
