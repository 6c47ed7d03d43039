internal import AgentRouteCore

extension Command {
    /// `agentroute service install`.
    static let serviceInstall = Command(
        name: "service install", summary: "have the gateway started for you, from now on",
        job: ServiceChange.install)

    /// `agentroute service uninstall`.
    static let serviceUninstall = Command(
        name: "service uninstall", summary: "take the service back, and the links to it",
        job: ServiceChange.uninstall)

    /// `agentroute service status`.
    static let serviceStatus = Command(
        name: "service status", summary: "say whether the service is installed and at work",
        job: ServiceChange.status)
}

/// The commands about the gateway as a service.
enum ServiceChange {
    /// Writes the files and has the service manager take them up, if it can be told.
    static func install(_ job: Job) async throws(Failure) -> ExitCode {
        let manager = try ServiceManager.ofThisSystem(job.workspace.environment)
        if let state = GatewayPresence.find(job.workspace.directories).state, !manager.isInstalled {
            throw Failure(alreadyRunning: state)
        }
        let unit = try ServiceUnit(job.workspace, program: Background.program)
        // Tools that are linked show the same token to every gateway to come.
        _ = try StableToken.make(job.workspace)
        for file in manager.files(unit) { try write(file, in: manager.folder) }
        let fault = await ServiceManager.run(
            manager.enabling, environment: job.workspace.environment, on: job.loop)
        var lines = ["Installed: \(manager.paths.joined(separator: ", "))"]
        if fault == nil { lines.append("The gateway is started when a tool asks for it.") }
        lines.append("Link tools once, and they stay linked: agentroute link claude-code")
        report(job, manager, isInstalled: true, isActive: fault == nil, lines)
        if let fault { remind(job, of: manager.enabling, because: fault) }
        try await warnOfKeys(job)
        return .ok
    }

    /// Has the service manager drop the gateway, removes the files and gives the tools their settings
    /// back: nothing would answer them any more.
    static func uninstall(_ job: Job) async throws(Failure) -> ExitCode {
        let manager = try ServiceManager.ofThisSystem(job.workspace.environment)
        let wasInstalled = manager.isInstalled
        let environment = job.workspace.environment
        var fault: String?
        if wasInstalled {
            fault = await ServiceManager.run(
                manager.disabling, environment: environment, on: job.loop)
        }
        for path in manager.paths { try remove(path) }
        if wasInstalled, fault == nil {
            _ = await ServiceManager.run(
                manager.forgetting, environment: environment, on: job.loop)
        }
        let links = wasInstalled ? try Toolbox(job.workspace).unlinkAll(including: true) : .init()
        for failure in links.failures {
            _ = failure.report(on: job.output.console, isJSON: job.output.isJSON)
        }
        let tools = links.done.map(\.id).joined(separator: ", ")
        report(
            job, manager, isInstalled: false, isActive: false,
            [wasInstalled ? "The service is gone." : "No service was installed."]
                + (tools.isEmpty ? [] : ["Gave back the settings of \(tools)."]))
        if let fault { remind(job, of: manager.disabling, because: fault) }
        return links.failures.isEmpty ? .ok : .link
    }

    /// Says how it stands.
    static func status(_ job: Job) async throws(Failure) -> ExitCode {
        let manager = try ServiceManager.ofThisSystem(job.workspace.environment)
        let isInstalled = manager.isInstalled
        var fault: String?
        if isInstalled {
            fault = await ServiceManager.run(
                [manager.asking], environment: job.workspace.environment, on: job.loop)
        }
        let isActive = isInstalled && fault == nil
        let state = isActive ? "at work" : "not at work (\(fault ?? ""))"
        report(
            job, manager, isInstalled: isInstalled, isActive: isActive,
            isInstalled
                ? ["A \(manager.name) service is installed and \(state)."]
                : ["No service is installed; install one with: agentroute service install"])
        return .ok
    }
}

// MARK: - Parts

extension ServiceChange {
    private static func report(
        _ job: Job, _ manager: ServiceManager, isInstalled: Bool, isActive: Bool, _ lines: [String]
    ) {
        job.output.say(
            [
                "installed": .bool(isInstalled), "active": .bool(isActive),
                "manager": .string(manager.name),
                "files": .array(isInstalled ? manager.paths.map(JSONValue.string) : []),
            ], lines)
    }

    private static func remind(_ job: Job, of commands: [[String]], because fault: String) {
        job.output.warn(fault)
        job.output.remark("where your services run, say:")
        for command in commands { job.output.console.note("  " + command.joined(separator: " ")) }
    }

    /// A service has not the variables of this shell.
    private static func warnOfKeys(_ job: Job) async throws(Failure) {
        let configuration = try await job.workspace.resolved(job.loop)
        guard let profile = configuration.active else {
            job.output.warn(
                "there is no profile yet, so the gateway will not start; make one "
                    + "with: agentroute profiles create")
            return
        }
        let used = Set(profile.models.values.map(\.provider))
        let choice = try KeyChoice(job.workspace)
        let answers = await job.workspace.keyStore(job.loop)
            .answers(choice.plans.filter { used.contains($0.provider) }, of: choice)
        for (plan, answer) in answers where answer.source == .environment {
            job.output.warn(
                "the service will not see the environment variable with the key of "
                    + "\(plan.provider); keep the key with: agentroute key set --stdin "
                    + "--provider \(plan.provider)")
        }
    }

    private static func write(_ file: ServiceFile, in folder: String) throws(Failure) {
        do throws(FileError) {
            try AtomicFile.write(
                path: "\(folder)/\(file.name)", bytes: Array(file.text.utf8), mode: 0o644)
        } catch {
            throw Failure(.general, code: "service_failed", "\(error)")
        }
    }

    private static func remove(_ path: String) throws(Failure) {
        do throws(FileError) {
            try AtomicFile.remove(path)
        } catch {
            throw Failure(.general, code: "service_failed", "\(error)")
        }
    }
}
