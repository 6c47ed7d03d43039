internal import AgentRouteCore

/// The manual page agentroute(1), made from the command table (man(7)).
package struct ManualPage {
    private let commands: [Command]

    /// The page of `commands`.
    package init(commands: [Command]) {
        self.commands = commands.filter { !$0.isHidden }
    }

    /// The page, line by line.
    package var lines: [String] {
        var lines = [
            ".TH AGENTROUTE 1 \"\" \"AgentRoute \(Version.current)\"", ".SH NAME",
            "agentroute \\- a local gateway between coding agents and model providers",
            ".SH SYNOPSIS", ".B agentroute", "\\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
            ".SH DESCRIPTION",
            "Coding agents keep their own wire and ask for a stable alias; the active profile says "
                + "which model of which provider that is. The gateway listens on this machine only.",
            ".SH COMMANDS",
            "Every command takes \\fB\\-\\-json\\fR, which turns standard output into JSON lines for "
                + "programs, and \\fB\\-\\-help\\fR.",
        ]
        for command in commands { lines += section(command) }
        lines += [".SH EXIT STATUS"]
        for code in ExitCode.allCases {
            lines += [".TP", ".B \(code.rawValue)", Self.escaped(code.summary)]
        }
        return lines + [".SH ENVIRONMENT"] + environment + [".SH FILES"] + files
    }

    private func section(_ command: Command) -> [String] {
        var lines = [".SS " + Self.escaped(command.usage), Self.escaped(command.summary) + "."]
        for operand in command.operands + (command.rest.map { [$0] } ?? []) {
            lines += [".TP", ".I \(operand.valueName)", Self.escaped(operand.summary)]
        }
        for option in command.options where option != .help && option != .json {
            lines += [".TP", ".B " + Self.escaped(option.usage), Self.escaped(option.summary)]
        }
        return lines
    }

    private var environment: [String] {
        [
            ".TP", ".B AGENTROUTE_HOME", "the folder of all files, in place of the ones below",
            ".TP", ".B AGENTROUTE_TOKEN",
            "what clients must show; without it each run has a token of its own",
            ".TP", ".BR OPENROUTER_API_KEY \" and the like\"",
            "the keys of providers, before those that are kept",
        ]
    }

    private var files: [String] {
        [
            ".TP", ".I ~/.config/agentroute/config.json",
            "providers and settings; \\fBAGENTROUTE_HOME\\fR and \\fBXDG_CONFIG_HOME\\fR move it",
            ".TP", ".I ~/.config/agentroute/profiles/", "a file for each profile",
            ".TP", ".I ~/.local/state/agentroute/",
            "the running gateway, links, logs; \\fBXDG_STATE_HOME\\fR moves it",
        ]
    }

    /// `text` as it is read: a backslash, a dash and a first character that would be a request mean
    /// something of their own (groff_man(7)).
    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
