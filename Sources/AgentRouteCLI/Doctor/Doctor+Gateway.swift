internal import AgentRouteCore
internal import AgentRoutePlatforms

extension Doctor {
    /// What gateways and commands that were killed have left.
    func leftoverFindings(_ toolbox: Toolbox) -> [Finding] {
        let name = "leftovers"
        if case .stale(let state) = GatewayPresence.find(workspace.directories) {
            let workspace = workspace
            return [
                .mendable(
                    name, "the gateway with pid \(state.pid) was killed",
                    Repair(summary: "cleaned up after the gateway with pid \(state.pid)") {
                        () throws(Failure) in
                        LinkRepair.run(workspace) { _ in }
                        guard !GatewayPresence.find(workspace.directories).isStale else {
                            throw Failure(
                                .link, code: "repair_failed",
                                "not every tool could be given its settings back; see: "
                                    + "agentroute down")
                        }
                    })
            ]
        }
        let files = AbandonedFiles(workspace, toolbox)
        guard !files.paths.isEmpty else { return [.fine(name, "none")] }
        let list = files.paths.joined(separator: ", ")
        return [
            .mendable(
                name, "temporary files of commands that were killed: \(list)",
                Repair(summary: "removed \(list)") { () throws(Failure) in
                    guard files.remove() else {
                        throw Failure(.general, code: "repair_failed", "cannot remove \(list)")
                    }
                })
        ]
    }

    /// The gateway if one runs, else whether one could listen; and the service.
    func gatewayFindings(_ listen: Listen) async -> [Finding] {
        let manager = try? ServiceManager.ofThisSystem(workspace.environment)
        let isService = manager?.isInstalled == true
        var findings: [Finding] = []
        switch GatewayPresence.find(workspace.directories) {
        case .running(let state): findings.append(await health(state))
        case .between: findings.append(.fine("gateway", "starting or ending"))
        case .none, .stale:
            findings.append(.fine("gateway", "not running"))
            findings.append(await portFinding(listen, isService: isService))
        }
        if isService, let manager { findings.append(serviceFinding(manager)) }
        return findings
    }

    /// Whether the gateway answers, and not only holds its port.
    private func health(_ state: GatewayState) async -> Finding {
        let text = "port \(state.port), profile \(state.profile), pid \(state.pid)"
        var limits = HTTPFetch.Limits()
        limits.total = .seconds(2)
        if let base = try? BaseURL(state.url) {
            let fetch = HTTPFetch(
                base: base, subject: "the gateway", loop: loop, limits: limits)
            let response = try? await fetch.get("/healthz")
            if response?.status == 200 { return .fine("gateway", "runs: \(text)") }
        }
        return .wrong(
            "gateway", "does not answer: \(text)",
            remedy: "agentroute down && agentroute up --detach")
    }

    private func portFinding(_ listen: Listen, isService: Bool) async -> Finding {
        let port = listen.port
        if let holder = PortHolder.find(port: port) {
            if isService, ["systemd", "launchd"].contains(holder.program) {
                return .fine("port", "\(port) is held by \(holder.program) for the gateway")
            }
            return .wrong(
                "port", "\(port) is taken by \(holder.program) (pid \(holder.pid))",
                remedy: "end that program, or say: agentroute up --port N")
        }
        guard let error = await refusal(of: listen) else {
            return .fine("port", "\(port) is free")
        }
        return .wrong(
            "port", "\(listen.host) port \(port) cannot be listened on: \(error.text)",
            remedy: "agentroute up --port N, or another listen in config.json")
    }

    /// Why the system does not let a gateway listen; nil if it does.
    private func refusal(of listen: Listen) async -> IOError? {
        let loop = loop
        return await withCheckedContinuation { done in
            loop.execute {
                do throws(IOError) {
                    try Listener(
                        loop: loop, host: listen.host, port: listen.port,
                        limits: ConnectionLimits()
                    ) { _ in nil }.close()
                    done.resume(returning: nil)
                } catch {
                    done.resume(returning: error)
                }
            }
        }
    }

    private func serviceFinding(_ manager: ServiceManager) -> Finding {
        let remedy = "agentroute service install"
        guard let unit = try? ServiceUnit(workspace, program: Background.program) else {
            return .fine("service", "not checked: the configuration cannot be read")
        }
        for file in manager.files(unit) {
            let bytes = try? AtomicFile.read("\(manager.folder)/\(file.name)")
            guard bytes != Array(file.text.utf8) else { continue }
            return .wrong(
                "service", "\(manager.folder)/\(file.name) is of another program or port",
                remedy: remedy)
        }
        return .fine("service", "\(manager.paths.joined(separator: ", "))")
    }
}
