internal import AgentRouteCore

/// The sidecar of a user: where it is installed, and how it is started.
struct SidecarSetup {
    /// Installs it, and tells what is there.
    let installer: SidecarInstaller
    private let folder: SidecarFolder
    private let environment: [String: String]

    /// The sidecar in the folders of `workspace`.
    init(_ workspace: Workspace, loop: EventLoop) throws(Failure) {
        folder = SidecarFolder(workspace.directories)
        environment = workspace.environment
        do throws(InvalidValue) {
            installer = SidecarInstaller(
                folder: folder, lock: try .builtIn(), environment: environment, loop: loop)
        } catch {
            throw Failure(.general, code: "sidecar_lock_invalid", error.reason)
        }
    }

    /// How it is started.
    ///
    /// - Throws: When it is not installed, or not as this program wants it.
    func launch() async throws(Failure) -> SidecarLaunch {
        let installation = await installer.status(verifying: false)
        guard installation.state == .ready else {
            throw Failure(
                .gateway, code: "sidecar_missing",
                faults: [
                    Failure.Fault(
                        place: nil,
                        message: "LiteLLM \(installation.version) is not installed: "
                            + installation.state.words)
                ],
                advice: ["Install it: agentroute sidecar install"])
        }
        return SidecarLaunch(
            python: installation.python, folder: folder, environment: environment)
    }
}

extension SidecarInstallation.State {
    /// The name for programs.
    var name: String {
        switch self {
        case .ready: "ready"
        case .missing: "missing"
        case .outdated: "outdated"
        case .broken: "broken"
        }
    }

    /// For people.
    var words: String {
        switch self {
        case .ready: "ready"
        case .missing: "not installed"
        case .outdated: "installed, but with other packages than this version wants"
        case .broken(let reason): "installed, but broken: \(reason)"
        }
    }
}
