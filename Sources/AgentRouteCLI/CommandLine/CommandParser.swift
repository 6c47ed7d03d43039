internal import AgentRouteCore

/// Turns the words of a command line into something to do.
package struct CommandParser {
    /// What the words ask for.
    package enum Request: Sendable {
        /// Run a command.
        case run(Command, Invocation)
        /// Explain a command, or the program when there is none.
        case help(Command?, isJSON: Bool)
        /// Say the version.
        case version
    }

    private let commands: [Command]

    /// Understands `commands`.
    package init(commands: [Command]) {
        self.commands = commands
    }

    /// Reads `words`, the command line without the program's name.
    package func parse(_ words: [String]) throws(UsageError) -> Request {
        guard let first = words.first else { return .help(nil, isJSON: false) }
        switch first {
        case "--help", "-h": return .help(nil, isJSON: words.contains("--json"))
        case "--version": return .version
        default:
            guard !first.hasPrefix("-") else {
                throw unknown(
                    "option", first, among: ["--help", "--version"], hint: "agentroute help")
            }
            return try parse(words.dropFirst(), of: try command(first))
        }
    }

    /// The command called `name`.
    package func command(_ name: String) throws(UsageError) -> Command {
        guard let command = commands.first(where: { $0.name == name }) else {
            throw unknown("command", name, among: commands.map(\.name), hint: "agentroute help")
        }
        return command
    }

    private func parse(
        _ words: ArraySlice<String>, of command: Command
    ) throws(UsageError) -> Request {
        var rest = words
        var values: [String: String] = [:]
        var operand: String?
        var optionsEnded = false
        while let word = rest.popFirst() {
            if !optionsEnded, word == "--" {
                optionsEnded = true
            } else if !optionsEnded, word.hasPrefix("-"), word != "-" {
                let (option, attached) = try option(word, of: command)
                guard option != .help else {
                    return .help(command, isJSON: words.contains("--json"))
                }
                guard values[option.name] == nil else {
                    throw fault("--\(option.name) is given twice", in: command)
                }
                values[option.name] = try argument(
                    of: option, attached: attached, rest: &rest, command: command)
            } else {
                guard operand == nil, command.operand != nil else {
                    throw fault("unexpected argument \"\(word)\"", in: command)
                }
                operand = word
            }
        }
        return .run(command, Invocation(values: values, operand: operand))
    }

    /// The option that `word` names, and what stands after its equals sign.
    private func option(
        _ word: String, of command: Command
    ) throws(UsageError) -> (Option, attached: String?) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? word
        let attached = parts.count > 1 ? parts.last.map(String.init) : nil
        if name == "-h" { return (.help, attached) }
        guard let option = command.options.first(where: { "--\($0.name)" == name }) else {
            throw unknown(
                "option", name, among: command.options.map { "--\($0.name)" },
                hint: "agentroute help \(command.name)")
        }
        return (option, attached)
    }

    /// The argument of `option`, taken from `rest` unless it was attached; empty when it takes none.
    private func argument(
        of option: Option, attached: String?, rest: inout ArraySlice<String>, command: Command
    ) throws(UsageError) -> String {
        if option.argument == .none, attached == nil { return "" }
        guard let value = attached ?? rest.popFirst() else {
            throw fault("--\(option.name) needs a value: \(option.usage)", in: command)
        }
        if let reason = option.fault(of: value) {
            throw fault("--\(option.name) \(reason)", in: command)
        }
        return value
    }

    private func fault(_ message: String, in command: Command) -> UsageError {
        UsageError(message: message, hint: "usage: \(command.usage)")
    }

    private func unknown(
        _ kind: String, _ name: String, among names: [String], hint: String
    ) -> UsageError {
        let meant = Spelling.nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
        return UsageError(message: "unknown \(kind) \(name)\(meant)", hint: "see: \(hint)")
    }
}
