package import AgentRouteCore

/// What `help` prints, made from the command table.
package struct HelpText {
    private let commands: [Command]

    /// Explains `commands`.
    package init(commands: [Command]) {
        self.commands = commands
    }

    /// The program: its commands, and what its exit codes mean.
    package var program: [String] {
        [
            "AgentRoute: a local gateway between coding agents and model providers.",
            "",
            "Usage: agentroute COMMAND [OPTIONS]",
            "",
            "Commands:",
        ]
            + columns(commands.map { ($0.name, $0.summary) })
            + ["", "Options:"]
            + columns([
                ("--help", "print this help"), ("--version", "print the version"),
            ])
            + ["", "Exit codes:"]
            + columns(ExitCode.allCases.map { (String($0.rawValue), $0.summary) })
            + ["", "agentroute help COMMAND tells more about a command."]
    }

    /// One command: how it is typed, and every option.
    package func command(_ command: Command) -> [String] {
        var lines = [
            "agentroute \(command.name): \(command.summary)", "", "Usage: \(command.usage)",
        ]
        if let operand = command.operand {
            lines += [""] + columns([(operand.placeholder, operand.summary)])
        }
        lines += ["", "Options:"] + columns(command.options.map { ($0.usage, $0.summary) })
        return lines
    }

    /// A command, for programs.
    package func json(_ command: Command) -> JSONValue {
        let options = command.options.map { option in
            [
                "name": .string("--" + option.name), "usage": .string(option.usage),
                "summary": .string(option.summary),
            ] as JSONValue
        }
        return [
            "command": .string(command.name), "summary": .string(command.summary),
            "usage": .string(command.usage), "options": .array(options),
        ]
    }

    private func columns(_ rows: [(left: String, right: String)]) -> [String] {
        let width = rows.map(\.left.count).max() ?? 0
        return rows.map { left, right in
            "  " + left + String(repeating: " ", count: width - left.count + 2) + right
        }
    }
}
