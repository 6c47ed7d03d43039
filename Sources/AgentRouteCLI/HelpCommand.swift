internal import AgentRouteCore

extension Command {
    /// `agentroute help`.
    static let help = Command(
        name: "help", summary: "explain the program or one of its commands",
        operands: [Operand("COMMAND", "the command to explain", .any)],
        options: [Option("man", .none, "print the manual page, for man(1)")]
    ) { invocation, context in
        if invocation.has("man") {
            let lines = ManualPage(commands: Program.commands).lines
            if invocation.isJSON {
                context.console.say(["man": .string(lines.joined(separator: "\n") + "\n")])
            } else {
                for line in lines { context.console.say(line) }
            }
            return .ok
        }
        do throws(UsageError) {
            guard !invocation.operands.isEmpty else {
                Program.explain(nil, isJSON: invocation.isJSON, on: context.console)
                return .ok
            }
            let parser = CommandParser(commands: Program.commands)
            let words = invocation.operands
            switch try parser.command(words) {
            case .command(let command, let count):
                guard words.count == count else {
                    throw UsageError(
                        message: "unexpected argument \"\(words[count])\"",
                        hint: "usage: \(command.usage)")
                }
                Program.explain(command, isJSON: invocation.isJSON, on: context.console)
            case .group(let name):
                guard words.count == 1 else { throw parser.noMember(of: name, words[1]) }
                Program.explain(group: name, isJSON: invocation.isJSON, on: context.console)
            }
            return .ok
        } catch {
            return Program.refuse(error, on: context.console)
        }
    }

    /// `agentroute completions`.
    static let completions = Command(
        name: "completions", summary: "print completions for a shell",
        operands: [
            Operand(
                "SHELL", "the shell: " + Completions.shells.joined(separator: ", "),
                choices: Completions.shells)
        ]
    ) { invocation, context in
        let completions = Completions(commands: Program.commands)
        let lines = invocation.operand.flatMap(completions.script) ?? []
        if invocation.isJSON {
            context.console.say(["script": .string(lines.joined(separator: "\n") + "\n")])
        } else {
            for line in lines { context.console.say(line) }
        }
        return .ok
    }
}
