import Foundation
import Testing

@testable import AgentRouteCLI

@Suite("The manual page")
struct ManualPageTests {
    private let lines = ManualPage(commands: Program.commands).lines

    @Test(
        "docs/agentroute.1 is the page of this program: agentroute help --man > docs/agentroute.1")
    func kept() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let kept = try String(
            contentsOf: root.appendingPathComponent("docs/agentroute.1"), encoding: .utf8)
        #expect(kept == lines.joined(separator: "\n") + "\n")
    }

    @Test("it has a section for every command but hidden ones, and every exit code")
    func sections() {
        for command in Program.commands {
            let isThere = lines.contains { line in
                line.hasPrefix(".SS agentroute \(command.name.replacing("-", with: "\\-"))")
            }
            #expect(isThere == !command.isHidden, "\(command.name)")
        }
        for code in ExitCode.allCases { #expect(lines.contains(".B \(code.rawValue)")) }
    }

    @Test("no text is taken for a request, and help --man prints it")
    func text() async throws {
        let odd = Command(
            name: "odd", summary: ".not a request \\ - at all", run: { _, _ in .ok })
        #expect(
            ManualPage(commands: [odd]).lines.contains("\\&.not a request \\e \\- at all."))
        #expect(try await ProgramRun("help", "--man").output == lines)
    }
}
