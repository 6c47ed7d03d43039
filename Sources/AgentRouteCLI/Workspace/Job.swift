internal import AgentRouteCore

/// One run of a command that works on the user's files: what it was told, and what it works with.
struct Job: Sendable {
    /// The words of the command line.
    let invocation: Invocation
    /// The user's files.
    let workspace: Workspace
    /// Where the command speaks.
    let output: Output
    /// The descriptor of what it is given on standard input.
    let input: Int32
    /// Runs for as long as the job.
    let loop: EventLoop
}

extension Command {
    /// Describes a command that works on the user's files. What `job` throws is told, and is how the
    /// program ends. An option `config` names another `config.json`.
    init(
        name: String, summary: String, operands: [Operand] = [], options: [Option] = [],
        mending: Mending = .before,
        job: @escaping @Sendable (Job) async throws(Failure) -> ExitCode
    ) {
        self.init(
            name: name, summary: summary, operands: operands, options: options, mending: mending
        ) { invocation, context in
            MainLoop.run(on: context.console) { loop in
                do throws(Failure) {
                    let workspace = try Workspace(
                        environment: context.environment, file: invocation.value("config"))
                    return try await job(
                        Job(
                            invocation: invocation, workspace: workspace,
                            output: Output(console: context.console, isJSON: invocation.isJSON),
                            input: context.input, loop: loop))
                } catch {
                    return error.report(on: context.console, isJSON: invocation.isJSON)
                }
            }
        }
    }
}
