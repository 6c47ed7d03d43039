package import AgentRouteCore

/// What `help` prints, made from the command table.
package struct HelpText {
    private let commands: [Command]

    /// Explains `commands`.
    package init(commands: [Command]) {
        self.commands = commands.filter { !$0.isHidden }
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

    /// The commands of a group.
    package func group(_ name: String) -> [String] {
        let members = CommandParser(commands: commands).members(of: name)
        return ["Usage: agentroute \(name) COMMAND [OPTIONS]", "", "Commands:"]
            + columns(members.map { ($0.name, $0.summary) })
            + ["", "agentroute help \(name) COMMAND tells more about a command."]
    }

    /// One command: how it is typed, and every option.
    package func command(_ command: Command) -> [String] {
        var lines = [
            "agentroute \(command.name): \(command.summary)", "", "Usage: \(command.usage)",
        ]
        let operands = command.operands + (command.rest.map { [$0] } ?? [])
        if !operands.isEmpty {
            lines += [""] + columns(operands.map { ($0.valueName, $0.summary) })
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
        TextTable(rows.map { [$0.left, $0.right] }).lines(indent: "  ")
    }
}
