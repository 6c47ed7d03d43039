import Foundation
import Testing

@testable import AgentRouteCLI

@Suite("Completions")
struct CompletionsTests {
    /// A table with one of everything.
    private static let table = [
        Command(
            name: "run", summary: "run it", operands: [Operand("HOW", "how", choices: ["slow"])],
            options: [
                Option("to", .word("FILE"), "where"),
                Option("in", .choice("ORDER", ["up", "down"]), "the dog's order"),
            ], run: { _, _ in .ok }),
        Command(name: "dog feed", summary: "feed it", run: { _, _ in .ok }),
        Command(name: "dog walk", summary: "walk it", run: { _, _ in .ok }),
        Command(name: "secret", summary: "unseen", isHidden: true, run: { _, _ in .ok }),
    ]

    @Test("the script for bash says the table and nothing else")
    func bash() throws {
        let script = try #require(Completions(commands: Self.table).script(for: "bash"))
        #expect(
            script.joined(separator: "\n") == #"""
                _agentroute() {
                    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
                    local words="" name="${COMP_WORDS[1]}"
                    # bash takes the equals sign of --option=value for a word of its own.
                    [[ $word == = ]] && word=""
                    [[ $before == = ]] && before="${COMP_WORDS[COMP_CWORD-2]}"
                    if [[ $COMP_CWORD -gt 2 ]]; then
                        case "$name" in
                        dog) name="$name ${COMP_WORDS[2]}" ;;
                        esac
                    fi
                    if [[ $COMP_CWORD -eq 1 ]]; then
                        words="run dog --help --version"
                    else
                        case "$name" in
                        "dog") words="feed walk" ;;
                        "run") words="slow --to --in --json --help" ;;
                        "dog feed") words="--json --help" ;;
                        "dog walk") words="--json --help" ;;
                        esac
                        case "$name $before" in
                        "run --to") words="" ;;
                        "run --in") words="up down" ;;
                        esac
                    fi
                    COMPREPLY=($(compgen -W "$words" -- "$word"))
                }
                complete -o default -F _agentroute agentroute
                """#)
    }

    @Test("the script for fish says the same, quotes and all")
    func fish() throws {
        let script = try #require(Completions(commands: Self.table).script(for: "fish"))
        let run = "complete -c agentroute -n '__fish_seen_subcommand_from run'"
        let dog = "__fish_seen_subcommand_from dog; and not __fish_seen_subcommand_from feed walk"
        #expect(script.first == "complete -c agentroute -f")
        for line in [
            "complete -c agentroute -n '__fish_use_subcommand' -a run -d 'run it'",
            "complete -c agentroute -n '__fish_use_subcommand' -a dog -d 'feed, walk'",
            "\(run) -a 'slow'", "\(run) -l to -r -F -d 'where'",
            #"\#(run) -l in -x -a 'up down' -d 'the dog\'s order'"#,
            "complete -c agentroute -n '\(dog)' -a walk -d 'walk it'",
        ] {
            #expect(script.contains(line), "\(line)")
        }
        #expect(!script.contains { $0.contains("secret") })
    }

    @Test("a shell that is not known is refused with those that are")
    func unknownShell() async throws {
        let run = try await ProgramRun("completions", "tcsh")
        #expect(run.code == .usage)
        #expect(
            run.errors.first == "agentroute: SHELL must be one of bash, zsh, fish, not \"tcsh\"")
    }

    @Test(
        "a real bash completes commands, groups, options and their values",
        arguments: [
            (["agentroute", "vers"], ["version"]),
            (["agentroute", "profiles", "cr"], ["create"]),
            (["agentroute", "profiles", "create", "x", "--h"], ["--heavy", "--help"]),
            (["agentroute", "demo", "--wire", "gem"], ["gemini"]),
            (["agentroute", "demo", "--wire", "=", "gem"], ["gemini"]),
            (["agentroute", "completions", "z"], ["zsh"]),
            (["agentroute", "help", "comp"], ["completions"]),
            (["agentroute", "serve", "--config", ""], []),
            (["agentroute", "nothing", "x"], []),
        ])
    func realBash(words: [String], expected: [String]) throws {
        let script = try #require(Completions(commands: Program.commands).script(for: "bash"))
        let list = words.map { "'\($0)'" }.joined(separator: " ")
        let asking = [
            "COMP_WORDS=(\(list))", "COMP_CWORD=\(words.count - 1)", "_agentroute",
            "printf '%s\\n' \"${COMPREPLY[@]}\"",
        ]
        let output = try shell("bash", script + asking)
        #expect(output.split(separator: "\n").map(String.init) == expected)
    }

    @Test(
        "each script is sound to its shell, where that is installed",
        arguments: Completions.shells)
    func syntax(shell name: String) throws {
        let script = try #require(Completions(commands: Program.commands).script(for: name))
        guard try shell("sh", ["command -v \(name) || true"]) != "" else { return }
        #expect(try shell(name, ["-n"], script) == "")
    }

    /// What `shell` says to `lines`, errors included.
    private func shell(
        _ shell: String, _ arguments: [String] = [], _ lines: [String]
    ) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write(lines.joined(separator: "\n") + "\n", to: "script")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [shell] + arguments + [file]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }

    private func shell(_ shell: String, _ lines: [String]) throws -> String {
        try self.shell(shell, [], lines)
    }
}
