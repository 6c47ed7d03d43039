import Testing

@testable import AgentRouteCLI

private func invocation(_ words: [String]) throws -> Invocation? {
    guard case .run(_, let invocation) = try CommandParser(commands: Program.commands).parse(words)
    else { return nil }
    return invocation
}

private func error(_ words: [String]) -> UsageError? {
    do {
        _ = try CommandParser(commands: Program.commands).parse(words)
        return nil
    } catch {
        return error
    }
}

@Suite("The command line")
struct CommandParserTests {
    @Test("options and their values, apart or joined by an equals sign")
    func options() throws {
        let apart = try #require(
            try invocation(["serve", "--port", "0", "--config", "a b", "--demo"]))
        #expect(apart.value("port") == "0")
        #expect(apart.value("config") == "a b")
        #expect(apart.has("demo"))
        #expect(!apart.isJSON)
        let joined = try #require(try invocation(["serve", "--config=x=y", "--json"]))
        #expect(joined.value("config") == "x=y")
        #expect(joined.isJSON)
    }

    @Test("a value may look like an option")
    func valueLikeOption() throws {
        #expect(try invocation(["serve", "--config", "--odd"])?.value("config") == "--odd")
    }

    @Test("what follows -- is no option")
    func endOfOptions() throws {
        #expect(try invocation(["help", "--", "--json"])?.operand == "--json")
    }

    @Test(
        "a faulty command line says what is wrong with it",
        arguments: [
            (["sevre"], "unknown command sevre; did you mean serve?"),
            (["paint"], "unknown command paint"),
            (["--prot"], "unknown option --prot"),
            (["--verison"], "unknown option --verison; did you mean --version?"),
            (["serve", "--prot", "3"], "unknown option --prot; did you mean --port?"),
            (["serve", "-p", "3"], "unknown option -p"),
            (["serve", "--port"], "--port needs a value: --port N"),
            (["serve", "--port", "abc"], "--port must be a number from 0 to 65535, not \"abc\""),
            (
                ["serve", "--port", "70000"],
                "--port must be a number from 0 to 65535, not \"70000\""
            ),
            (["serve", "--port", "+1"], "--port must be a number from 0 to 65535, not \"+1\""),
            (["serve", "--port="], "--port must be a number from 0 to 65535, not \"\""),
            (["serve", "--config="], "--config must not be empty"),
            (["serve", "--demo=yes"], "--demo takes no value"),
            (["serve", "--demo", "--demo"], "--demo is given twice"),
            (["serve", "now"], "unexpected argument \"now\""),
            (["version", "serve"], "unexpected argument \"serve\""),
            (["completions"], "SHELL is missing"),
            (
                ["serve", "--log-level", "loud"],
                "--log-level must be one of debug, info, warn, error, not \"loud\""
            ),
            (
                ["demo", "--wire", "x"],
                "--wire must be one of anthropic-messages, openai-chat, openai-responses, gemini, not \"x\""
            ),
        ])
    func faults(words: [String], message: String) {
        #expect(error(words)?.message == message)
    }

    /// What these words ask help for, or nil when they ask for something else.
    private func helped(_ words: String...) throws -> String? { try helped(words) }

    private func helped(_ words: [String]) throws -> String? {
        let request = try CommandParser(commands: Program.commands).parse(words)
        guard case .help(let command, isJSON: _) = request else { return nil }
        return command?.name ?? "the program"
    }

    @Test("every usage error says where help is")
    func hints() {
        #expect(error(["sevre"])?.hint == "see: agentroute help")
        #expect(error(["serve", "--prot"])?.hint == "see: agentroute help serve")
        #expect(error(["version", "now"])?.hint == "usage: agentroute version [--json] [--help]")
    }

    @Test("--help goes before the command and after it, --version before it")
    func helpAndVersion() throws {
        #expect(try helped() == "the program")
        #expect(try helped("--help") == "the program")
        #expect(try helped("-h") == "the program")
        for command in Program.commands {
            let json = try helped(command.words + ["--json", "--help"])
            #expect(json == command.name)
            #expect(try helped(command.words + ["-h"]) == command.name)
        }
        guard case .version = try CommandParser(commands: Program.commands).parse(["--version"])
        else {
            Issue.record("--version is not understood")
            return
        }
    }
}
