import Testing

@testable import AgentRouteCLI

@Suite("Help")
struct HelpTextTests {
    private let help = HelpText(commands: Program.commands)

    @Test("the program's help lists every command and every exit code")
    func program() {
        let text = help.program
        for command in Program.commands where !command.isHidden {
            #expect(
                text.contains {
                    $0.hasPrefix("  \(command.name) ") && $0.hasSuffix(command.summary)
                })
        }
        for code in ExitCode.allCases {
            #expect(text.contains("  \(code.rawValue)  \(code.summary)"))
        }
    }

    @Test("a command's help lists each of its options", arguments: Program.commands.map(\.name))
    func options(name: String) throws {
        let command = try #require(Program.commands.first { $0.name == name })
        let text = help.command(command)
        #expect(text.contains("Usage: \(command.usage)"))
        for option in command.options {
            #expect(
                text.contains { $0.hasPrefix("  \(option.usage) ") && $0.hasSuffix(option.summary) }
            )
        }
    }

    @Test("no line is wider than a terminal")
    func width() {
        let texts = [help.program] + Program.commands.map(help.command)
        for line in texts.joined() where !line.hasPrefix("Usage:") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test("the command table is free of doubles")
    func doubles() {
        #expect(Set(Program.commands.map(\.name)).count == Program.commands.count)
        for command in Program.commands {
            #expect(Set(command.options.map(\.name)).count == command.options.count)
        }
    }
}
