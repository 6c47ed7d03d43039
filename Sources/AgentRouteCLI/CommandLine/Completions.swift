/// Completions for shells, made from the command table.
package struct Completions {
    private let commands: [Command]

    /// The completions of `commands`.
    package init(commands: [Command]) {
        self.commands = commands.filter { !$0.isHidden }
    }

    /// The shells there are completions for.
    package static let shells = ["bash", "zsh", "fish"]

    /// The script of `shell`, line by line; nil for a shell that is not known.
    package func script(for shell: String) -> [String]? {
        switch shell {
        case "bash": bash
        case "zsh": ["#compdef agentroute", "autoload -U +X bashcompinit && bashcompinit"] + bash
        case "fish": fish
        default: nil
        }
    }

    /// The groups in the order of their first commands, each with its members' second words.
    private var groups: [(name: String, members: [String])] {
        var result: [(name: String, members: [String])] = []
        for words in commands.map(\.words) where words.count == 2 {
            if let index = result.firstIndex(where: { $0.name == words[0] }) {
                result[index].members.append(words[1])
            } else {
                result.append((words[0], [words[1]]))
            }
        }
        return result
    }

    private var firstWords: [String] {
        var seen: Set<String> = []
        return commands.compactMap(\.words.first).filter { seen.insert($0).inserted }
    }

    /// The words an operand of `command` may be, as far as they are known.
    private func operands(of command: Command) -> [String] {
        command.name == Command.help.name ? firstWords : command.operands.flatMap(\.choices)
    }
}

// MARK: - bash, and zsh by its emulation

extension Completions {
    private var bash: [String] {
        let groupOptions = groups.map { ($0.name, $0.members) }
        let commandOptions = commands.map { command in
            (command.name, operands(of: command) + command.options.map { "--\($0.name)" })
        }
        return [
            "_agentroute() {",
            "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"",
            "    local words=\"\" name=\"${COMP_WORDS[1]}\"",
            "    # bash takes the equals sign of --option=value for a word of its own.",
            "    [[ $word == = ]] && word=\"\"",
            "    [[ $before == = ]] && before=\"${COMP_WORDS[COMP_CWORD-2]}\"",
            "    if [[ $COMP_CWORD -gt 2 ]]; then",
            "        case \"$name\" in",
            "        \(groups.map(\.name).joined(separator: "|"))) name=\"$name ${COMP_WORDS[2]}\" ;;",
            "        esac",
            "    fi",
            "    if [[ $COMP_CWORD -eq 1 ]]; then",
            "        words=\"\(firstWords.joined(separator: " ")) --help --version\"",
            "    else",
            "        case \"$name\" in",
        ] + (groupOptions + commandOptions).map(bashCase) + [
            "        esac",
            "        case \"$name $before\" in",
        ] + arguments.map(bashCase) + [
            "        esac",
            "    fi",
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))",
            "}",
            "complete -o default -F _agentroute agentroute",
        ]
    }

    private func bashCase(_ pattern: String, _ words: [String]) -> String {
        "        \"\(pattern)\") words=\"\(words.joined(separator: " "))\" ;;"
    }

    /// The options that take an argument, behind their commands, and what the argument may be; empty
    /// where only the user knows, and the shell's own completion of files stands in.
    private var arguments: [(String, [String])] {
        commands.flatMap { command in
            command.options.compactMap { option in
                guard option.argument != .none else { return nil }
                return ("\(command.name) --\(option.name)", option.choices)
            }
        }
    }
}

// MARK: - fish

extension Completions {
    private var fish: [String] {
        let firsts = firstWords.map { word in
            let command = commands.first { $0.name == word }
            let members = groups.first { $0.name == word }?.members.joined(separator: ", ")
            return fishLine(
                "__fish_use_subcommand", "-a \(word)", command?.summary ?? members ?? "")
        }
        return ["complete -c agentroute -f"] + firsts + commands.flatMap(fishLines)
    }

    private func fishLines(_ command: Command) -> [String] {
        var lines: [String] = []
        if command.words.count == 2,
            let group = groups.first(where: { $0.name == command.words[0] })
        {
            let members = group.members.joined(separator: " ")
            lines.append(
                fishLine(
                    "__fish_seen_subcommand_from \(group.name); "
                        + "and not __fish_seen_subcommand_from \(members)",
                    "-a \(command.words[1])", command.summary))
        }
        let condition = command.words.map { "__fish_seen_subcommand_from \($0)" }
            .joined(separator: "; and ")
        let operands = operands(of: command)
        if !operands.isEmpty {
            lines.append(
                fishLine(condition, "-a \(quoted(operands.joined(separator: " ")))", ""))
        }
        return lines
            + command.options.map { option in
                fishLine(condition, "-l \(option.name)\(fishArgument(option))", option.summary)
            }
    }

    /// What fish is to know of what follows `option`: nothing, one of some words, a file, any word.
    private func fishArgument(_ option: Option) -> String {
        if option.argument == .none { return "" }
        if !option.choices.isEmpty {
            return " -x -a \(quoted(option.choices.joined(separator: " ")))"
        }
        return option.valueName == "FILE" ? " -r -F" : " -x"
    }

    private func fishLine(_ condition: String, _ what: String, _ summary: String) -> String {
        let description = summary.isEmpty ? "" : " -d \(quoted(summary))"
        return "complete -c agentroute -n \(quoted(condition)) \(what)\(description)"
    }

    private func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
