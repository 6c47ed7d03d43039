internal import AgentRouteCore
internal import AgentRoutePlatforms

/// Mends what a gateway that was killed has left, tools that point at its port, and the temporary files
/// of other commands that were. Every command does so, and a watcher the moment it happens.
enum LinkRepair {
    /// Takes back the links of a gateway that is gone. Nothing to do costs a look into our folders and
    /// the tools'.
    ///
    /// - Returns: The ids of the tools that were given their settings back.
    @discardableResult
    static func run(
        _ workspace: Workspace, tell: (String) -> Void
    ) -> [String] {
        let directories = workspace.directories
        let toolbox = try? Toolbox(workspace)
        _ = AbandonedFiles(workspace, toolbox).remove()
        toolbox?.forgetMarks()
        guard case .stale(let state) = GatewayPresence.find(directories), let toolbox else {
            return []
        }
        // A gateway that has been started meanwhile links its own, with the same lock.
        let links = toolbox.unlinkAll(if: { GatewayPresence.find(directories).isStale })
        for failure in links.failures {
            for fault in failure.faults { tell("\(fault.place ?? ""): \(fault.message)") }
        }
        // What could not be mended is tried again by the next command.
        if links.failures.isEmpty { forget(state, directories) }
        let tools = links.done.map(\.id)
        if !tools.isEmpty {
            tell(
                "the gateway with pid \(state.pid) was killed; gave back the settings of "
                    + tools.joined(separator: ", "))
        }
        return tools
    }

    /// Removes the state of a gateway that is gone. With its lock: else it could be the next one's
    /// that goes.
    private static func forget(_ state: GatewayState, _ directories: Directories) {
        guard let lock = try? FileLock(trying: directories.gatewayLockFile) else { return }
        try? state.removeIfOurs(at: directories.gatewayStateFile)
        lock.release()
    }
}
