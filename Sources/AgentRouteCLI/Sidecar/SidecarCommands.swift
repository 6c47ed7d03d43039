internal import AgentRouteCore

extension Command {
    /// `agentroute sidecar install`.
    static let sidecarInstall = Command(
        name: "sidecar install", summary: "install LiteLLM for `up --engine litellm`"
    ) { job async throws(Failure) in
        let setup = try SidecarSetup(job.workspace, loop: job.loop)
        let output = job.output
        do throws(AgentRouteError) {
            let installation = try await setup.installer.install { output.remark($0) }
            tell(installation, on: output)
            return .ok
        } catch {
            throw Failure(.gateway, code: error.code.name, error.message)
        }
    }

    /// `agentroute sidecar status`.
    static let sidecarStatus = Command(
        name: "sidecar status", summary: "say whether LiteLLM is installed and can be imported"
    ) { job async throws(Failure) in
        let setup = try SidecarSetup(job.workspace, loop: job.loop)
        let installation = await setup.installer.status(verifying: true)
        tell(installation, on: job.output)
        return installation.state == .ready ? .ok : .gateway
    }

    /// `agentroute sidecar logs`.
    static let sidecarLogs = Command(
        name: "sidecar logs", summary: "print the log of LiteLLM",
        options: [
            Option("follow", .none, "go on with what is written from now on"),
            Option("lines", .number("N", upTo: 1_000_000), "begin with the last N lines (20)"),
        ]
    ) { job async throws(Failure) in
        let path = SidecarFolder(job.workspace.directories).logFile
        return try await LogReport.print(path, writer: "agentroute up --engine litellm", job)
    }

    private static func tell(_ installation: SidecarInstallation, on output: Output) {
        let bytes = installation.byteCount.map { JSONValue.number(.init($0)) }
        output.say(
            [
                "state": .string(installation.state.name),
                "version": .string(installation.version), "path": .string(installation.path),
                "python": installation.pythonVersion.map(JSONValue.string) ?? .null,
                "bytes": bytes ?? .null,
            ],
            [
                "LiteLLM \(installation.version): \(installation.state.words)",
                "  \(installation.path)",
            ])
    }
}
