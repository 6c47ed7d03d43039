import AgentRouteCore
import Testing

@testable import AgentRouteCLI

/// What a run of the program said and how it ended.
private struct Run {
    let code: ExitCode
    let output: [String]
    let errors: [String]

    init(_ words: String..., environment: [String: String] = [:]) throws {
        let captured = try CapturedConsole()
        let context = ProcessContext(environment: environment, console: captured.console)
        code = Program.run(arguments: words, in: context)
        output = captured.output
        errors = captured.errors
    }
}

@Suite("The program")
struct ProgramTests {
    @Test("a usage error is one line and a hint on standard error, and exit code 2")
    func usageError() throws {
        let run = try Run("serve", "--prot", "1")
        #expect(run.code == .usage)
        #expect(run.output.isEmpty)
        #expect(
            run.errors == [
                "agentroute: unknown option --prot; did you mean --port?",
                "see: agentroute help serve",
            ])
    }

    @Test("without arguments the program explains itself")
    func noArguments() throws {
        let run = try Run()
        #expect(run.code == .ok)
        #expect(run.output.first?.hasPrefix("AgentRoute: ") == true)
        #expect(run.errors.isEmpty)
    }

    @Test("help of a command is what --help after it prints")
    func helpCommand() throws {
        #expect(try Run("help", "serve").output == Run("serve", "--help").output)
        #expect(try Run("help").output == Run("--help").output)
    }

    @Test("help of an unknown command is a usage error")
    func helpUnknown() throws {
        let run = try Run("help", "serv")
        #expect(run.code == .usage)
        #expect(run.errors.first == "agentroute: unknown command serv; did you mean serve?")
    }

    @Test("help --json prints one object for each command")
    func helpJSON() throws {
        let run = try Run("help", "--json")
        #expect(run.output.count == Program.commands.count)
        #expect(run.output.allSatisfy { $0.hasPrefix(#"{"command":"#) && $0.hasSuffix("}") })
        #expect(try Run("help", "demo", "--json").output.count == 1)
    }

    @Test("version is the library's, in words and in JSON")
    func version() throws {
        #expect(try Run("version").output == ["agentroute \(Version.current)"])
        #expect(try Run("--version").output == ["agentroute \(Version.current)"])
        #expect(try Run("version", "--json").output == [#"{"version":"\#(Version.current)"}"#])
    }

    @Test("serve without a home, or with a token that is none, says which variable is wrong")
    func environment() throws {
        let homeless = try Run("serve", "--demo")
        #expect(homeless.code == .general)
        #expect(homeless.errors.first?.contains("HOME") == true)
        let token = try Run(
            "serve", "--demo", environment: ["HOME": "/nowhere", "AGENTROUTE_TOKEN": "short"])
        #expect(token.code == .general)
        #expect(token.errors.first?.contains("AGENTROUTE_TOKEN") == true)
        #expect(token.errors.first?.contains("short ") == false)
    }
}
