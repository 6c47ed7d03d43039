internal import AgentRouteCore

extension Command {
    /// `agentroute doctor`.
    static let doctor = Command(
        name: "doctor", summary: "check what the gateway and the tools need",
        options: [Option("fix", .none, "mend what can be mended without a decision of yours")],
        mending: .after, job: Doctor.report)
}

/// Checks what `up` needs and what goes wrong in practice.
struct Doctor: Sendable {
    let workspace: Workspace
    let loop: EventLoop

    /// Checks, mends if that is asked, and tells.
    static func report(_ job: Job) async throws(Failure) -> ExitCode {
        let doctor = Doctor(workspace: job.workspace, loop: job.loop)
        if job.invocation.has("fix") { try doctor.mend(job.output) }
        let findings = try await doctor.findings()
        job.output.say(.array(findings.map(\.json)), lines(findings))
        return findings.allSatisfy(\.isOK) ? .ok : .general
    }

    /// Everything, in the order in which one thing needs another.
    private func findings() async throws(Failure) -> [Finding] {
        let toolbox = try Toolbox(workspace)
        let (settings, configuration) = await configurationFindings()
        var findings = settings + fileFindings() + leftoverFindings(toolbox)
        if let configuration { findings += await providerFindings(configuration) }
        findings += await toolFindings(toolbox)
        findings += linkFindings(toolbox)
        findings += await gatewayFindings(configuration?.listen ?? Listen())
        findings += await sidecarFindings()
        return findings + environmentFindings(toolbox)
    }

    /// Mends, in an order in which one repair does not hinder the next.
    private func mend(_ output: Output) throws(Failure) {
        let toolbox = try Toolbox(workspace)
        let rounds: [() -> [Finding]] = [
            fileFindings, { leftoverFindings(toolbox) }, { linkFindings(toolbox) },
        ]
        for findings in rounds {
            for repair in findings().compactMap(\.repair) {
                do throws(Failure) {
                    try repair.run()
                    output.remark(repair.summary)
                } catch {
                    _ = error.report(on: output.console, isJSON: output.isJSON)
                }
            }
        }
    }

    private static func lines(_ findings: [Finding]) -> [String] {
        let table = TextTable(findings.map { [$0.isOK ? "ok" : "FAIL", $0.name, $0.detail] })
        let lines = zip(table.lines(), findings).flatMap { line, finding in
            [line] + (finding.remedy.map { ["      \($0)"] } ?? [])
        }
        let count = findings.count { !$0.isOK }
        return lines + ["", count == 0 ? "All is well." : "\(count) of \(findings.count) failed."]
    }
}
