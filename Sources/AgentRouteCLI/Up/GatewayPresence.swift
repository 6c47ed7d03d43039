internal import AgentRouteCore
internal import Glibc

/// Whether a gateway of this user runs.
///
/// A running one keeps `gateway.lock` locked for as long as it lives, however it ends: that alone
/// tells, not the number of a process, which may be another's by now.
enum GatewayPresence: Sendable {
    /// None, and none has left anything.
    case none
    /// None, but one has left its state: it was killed.
    case stale(GatewayState)
    /// One that is starting, or ending: it has no state to show.
    case between
    /// This one.
    case running(GatewayState)

    /// Looks.
    static func find(_ directories: Directories) -> GatewayPresence {
        let state = (try? GatewayState.read(from: directories.gatewayStateFile)) ?? nil
        let isLocked: Bool
        do throws(FileError) {
            // Shared, so that two who look do not take each other for a gateway.
            let lock = try FileLock(trying: directories.gatewayLockFile, shared: true)
            lock?.release()
            isLocked = lock == nil
        } catch {
            // A folder that cannot be written has no gateway that could have locked it.
            isLocked = false
        }
        switch (state, isLocked) {
        case (nil, false): return .none
        case (nil, true): return .between
        case (let state?, false): return .stale(state)
        case (let state?, true): return .running(state)
        }
    }

    /// Whether one was killed, and what it left is still there.
    var isStale: Bool {
        if case .stale = self { true } else { false }
    }

    /// The gateway, if one runs.
    var state: GatewayState? {
        if case .running(let state) = self { state } else { nil }
    }

    /// Waits until one runs and has made its links, or until `isOver`; blocks.
    static func awaitReady(
        _ directories: Directories, isOver: () -> Bool
    ) -> GatewayState? {
        while true {
            // Before the look: what is over may have been ended by the one that runs.
            let isLast = isOver()
            let state = find(directories).state
            if let state, state.isReady { return state }
            if isLast, state == nil { return nil }
            usleep(5_000)
        }
    }
}
