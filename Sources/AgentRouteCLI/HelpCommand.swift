extension Command {
    /// `agentroute help`.
    static let help = Command(
        name: "help", summary: "explain the program or one of its commands",
        operand: Operand(placeholder: "COMMAND", summary: "the command to explain")
    ) { invocation, context in
        do throws(UsageError) {
            let command = try invocation.operand.map { (name) throws(UsageError) in
                try CommandParser(commands: Program.commands).command(name)
            }
            Program.explain(command, isJSON: invocation.isJSON, on: context.console)
            return .ok
        } catch {
            return Program.refuse(error, on: context.console)
        }
    }
}
