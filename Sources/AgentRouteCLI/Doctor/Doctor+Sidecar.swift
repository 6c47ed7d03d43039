internal import AgentRouteCore

extension Doctor {
    /// Whether the sidecar works, where one is installed: nobody has to have one. Loads it, which takes
    /// some seconds.
    func sidecarFindings() async -> [Finding] {
        guard let setup = try? SidecarSetup(workspace, loop: loop) else { return [] }
        let installation = await setup.installer.status(verifying: true)
        let detail = "LiteLLM \(installation.version) is \(installation.state.words)"
        switch installation.state {
        case .missing: return []
        case .ready: return [.fine("sidecar", "\(detail), \(installation.path)")]
        case .outdated, .broken:
            return [.wrong("sidecar", detail, remedy: "agentroute sidecar install")]
        }
    }
}
