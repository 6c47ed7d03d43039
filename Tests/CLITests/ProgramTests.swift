import AgentRouteCore
import Glibc
import Testing

@testable import AgentRouteCLI

@Suite("The program")
struct ProgramTests {
    @Test("a usage error is one line and a hint on standard error, and exit code 2")
    func usageError() async throws {
        let run = try await ProgramRun("serve", "--prot", "1")
        #expect(run.code == .usage)
        #expect(run.output.isEmpty)
        #expect(
            run.errors == [
                "agentroute: unknown option --prot; did you mean --port?",
                "see: agentroute help serve",
            ])
    }

    @Test("what could not be written was not said: no success")
    func fullDisk() throws {
        let full = open("/dev/full", O_WRONLY)
        let captured = try CapturedConsole()
        defer { close(full) }
        for words in [["version"], ["help"], ["completions", "bash"], ["--version"]] {
            let errors = dup(fileno(captured.errorFile))
            defer { close(errors) }
            let console = Console(output: full, errors: errors)
            let context = ProcessContext(environment: [:], console: console)
            #expect(Program.run(arguments: words, in: context) == .general, "\(words)")
        }
        #expect(
            captured.errors.first
                == "agentroute: cannot write to standard output: No space left on device")
    }

    @Test("without arguments the program explains itself")
    func noArguments() async throws {
        let run = try await ProgramRun()
        #expect(run.code == .ok)
        #expect(run.output.first?.hasPrefix("AgentRoute: ") == true)
        #expect(run.errors.isEmpty)
    }

    @Test("help of a command is what --help after it prints")
    func helpCommand() async throws {
        #expect(
            try await ProgramRun("help", "serve").output == ProgramRun("serve", "--help").output)
        #expect(try await ProgramRun("help").output == ProgramRun("--help").output)
    }

    @Test("help of an unknown command is a usage error")
    func helpUnknown() async throws {
        let run = try await ProgramRun("help", "serv")
        #expect(run.code == .usage)
        #expect(run.errors.first == "agentroute: unknown command serv; did you mean serve?")
        #expect(try await ProgramRun("help", "serve", "demo").code == .usage)
        let member = try await ProgramRun("help", "config", "paht")
        #expect(member.code == .usage)
        #expect(
            member.errors.first == "agentroute: there is no config paht: show, check, path, init")
        let none = try await ProgramRun("config", "--json")
        #expect(
            none.errors.first == "agentroute: config needs one more word: show, check, path, init")
    }

    @Test("help --json prints one object for each command")
    func helpJSON() async throws {
        let run = try await ProgramRun("help", "--json")
        #expect(run.output.count == Program.commands.filter { !$0.isHidden }.count)
        #expect(run.output.allSatisfy { $0.hasPrefix(#"{"command":"#) && $0.hasSuffix("}") })
        #expect(try await ProgramRun("help", "demo", "--json").output.count == 1)
    }

    @Test("help of a group lists its commands, in words and in JSON")
    func helpGroup() async throws {
        let run = try await ProgramRun("help", "config")
        #expect(run.output.first == "Usage: agentroute config COMMAND [OPTIONS]")
        #expect(run.output.contains { $0.hasPrefix("  config path ") })
        #expect(try await ProgramRun("config", "--help").output == run.output)
        #expect(try await ProgramRun("help", "config", "--json").output.count == 4)
        let one = try await ProgramRun("help", "config", "path")
        #expect(one.output == (try await ProgramRun("config", "path", "--help").output))
    }

    @Test("every command takes --help and --json, and refuses what it does not know with 2")
    func everyCommand() async throws {
        for command in Program.commands {
            let help = try await ProgramRun(list: command.words + ["--help", "--json"])
            #expect(help.code == .ok)
            #expect(try help.json["command"] == .string(command.name))
            let odd = try await ProgramRun(list: command.words + ["--no-such-option"])
            #expect(odd.code == .usage, "\(command.name)")
            #expect(odd.errors.count == 2)
        }
    }

    @Test("version is the library's, in words and in JSON")
    func version() async throws {
        #expect(try await ProgramRun("version").output == ["agentroute \(Version.current)"])
        #expect(try await ProgramRun("--version").output == ["agentroute \(Version.current)"])
        #expect(
            try await ProgramRun("version", "--json").output == [
                #"{"version":"\#(Version.current)"}"#
            ])
    }

    @Test("serve without a home, or with a token that is none, says which variable is wrong")
    func environment() async throws {
        let homeless = try await ProgramRun("serve", "--demo")
        #expect(homeless.code == .general)
        #expect(homeless.errors.first?.contains("HOME") == true)
        let token = try await ProgramRun(
            "serve", "--demo", environment: ["HOME": "/nowhere", "AGENTROUTE_TOKEN": "short"])
        #expect(token.code == .general)
        #expect(token.errors.first?.contains("AGENTROUTE_TOKEN") == true)
        #expect(token.errors.first?.contains("short ") == false)
    }
}
