internal import AgentRouteCore
internal import AgentRoutePlatforms

extension Doctor {
    /// The tools that are installed, and their versions. Starts each, side by side.
    func toolFindings(_ toolbox: Toolbox) async -> [Finding] {
        let tools = toolbox.platforms.compactMap { platform in
            platform.detect().binary.map { (platform: platform, binary: $0) }
        }
        guard !tools.isEmpty else {
            return [
                .wrong(
                    "tools", "none is installed",
                    remedy: "install one, or another way to it is: agentroute serve")
            ]
        }
        return await withTaskGroup(of: (Int, Finding).self) { group in
            for (index, tool) in tools.enumerated() {
                group.addTask { (index, await version(of: tool.platform.id, tool.binary)) }
            }
            var findings: [Int: Finding] = [:]
            for await (index, finding) in group { findings[index] = finding }
            return findings.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private func version(of id: String, _ binary: String) async -> Finding {
        let run: ProgramRun
        do throws(IOError) {
            run = try await ProgramRun.run(
                ProgramRun.Program(
                    file: binary, arguments: ["--version"], environment: workspace.environment,
                    timeout: .seconds(5)), on: loop)
        } catch {
            return .wrong(
                "tool \(id)", "\(binary) cannot be started: \(error.text)",
                remedy: "\(binary) --version")
        }
        switch run.end {
        case .timedOut:
            return .wrong(
                "tool \(id)", "\(binary) --version took more than 5 s",
                remedy: "\(binary) --version")
        case .exited(.status(0)):
            let line = String(decoding: run.output, as: UTF8.self)
                .split(separator: "\n").first.map { String($0.prefix(80)) }
            return .fine("tool \(id)", "\(line ?? "no version said"), \(binary)")
        case .exited:
            return .wrong(
                "tool \(id)", "\(binary) --version fails", remedy: "\(binary) --version")
        }
    }

    /// How the tools' settings stand. Those of a tool that is neither here nor linked are passed over.
    func linkFindings(_ toolbox: Toolbox) -> [Finding] {
        let request = GatewayPresence.find(workspace.directories).state.map { LinkRequest($0) }
        let recorded = toolbox.recorded
        return toolbox.platforms.filter { platform in
            platform.hasSettingsFile
                && (platform.detect().isFound || recorded.contains(platform.id))
        }.map { link(of: $0, toolbox, request) }
    }

    private func link(
        of platform: ManifestPlatform, _ toolbox: Toolbox, _ request: LinkRequest?
    ) -> Finding {
        let name = "link \(platform.id)"
        let status: LinkStatus
        do throws(LinkError) {
            status = try platform.status(request)
        } catch {
            return .wrong(
                name, error.description,
                remedy: "correct the file, then say: agentroute link \(platform.id)")
        }
        let path = status.path ?? ""
        let linking = "agentroute link \(platform.id)"
        switch status.state {
        case .notLinked: return .fine(name, "not linked, \(path)")
        case .linked: return linked(platform, toolbox, path, isRunning: request != nil)
        case .foreign:
            return .wrong(
                name, "\(path) leads somewhere else, and not by a link of ours", remedy: linking)
        case .edited:
            let keys = status.keys.filter { $0.state == .edited || $0.state == .missing }
            let list = keys.map(\.name).joined(separator: ", ")
            return .wrong(name, "changed since the link in \(path): \(list)", remedy: linking)
        case .stale:
            return .mendable(
                name, "\(path) leads to an earlier gateway",
                Repair(summary: "linked \(platform.displayName) to the gateway that runs") {
                    () throws(Failure) in
                    guard let request else { return }
                    _ = try toolbox.link(platform, request, stays: toolbox.stays(platform.id))
                })
        }
    }

    private func linked(
        _ platform: ManifestPlatform, _ toolbox: Toolbox, _ path: String, isRunning: Bool
    ) -> Finding {
        let name = "link \(platform.id)"
        if isRunning || ServiceUnit.isInstalled(workspace.environment) {
            return .fine(name, "linked, \(path)")
        }
        guard toolbox.stays(platform.id) else {
            return .mendable(
                name, "\(path) leads to a gateway that is gone",
                Repair(summary: "gave \(platform.displayName) its settings back") {
                    () throws(Failure) in
                    _ = try toolbox.unlink(platform.id)
                })
        }
        return .wrong(
            name, "linked, and no gateway runs", remedy: "agentroute up --detach --no-link")
    }
}
