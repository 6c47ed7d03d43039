internal import AgentRouteCore

/// Turns the words of a command line into something to do.
package struct CommandParser {
    /// What the words ask for.
    package enum Request: Sendable {
        /// Run a command.
        case run(Command, Invocation)
        /// Explain a command, or the program when there is none.
        case help(Command?, isJSON: Bool)
        /// Explain the commands of a group.
        case group(String, isJSON: Bool)
        /// Say the version.
        case version

        /// When what was left is mended; with whatever is no command's, first of all.
        var mending: Command.Mending {
            if case .run(let command, _) = self { command.mending } else { .before }
        }
    }

    /// What the words name.
    package enum Named: Sendable {
        /// A command, and how many words name it.
        case command(Command, wordCount: Int)
        /// The first word of several commands.
        case group(String)
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
        default: break
        }
        guard !first.hasPrefix("-") else {
            throw unknown(
                "option", first, among: ["--help", "--version"], hint: "agentroute help")
        }
        switch try command(words) {
        case .command(let command, let count):
            return try parse(words.dropFirst(count), of: command)
        case .group(let name):
            if words.dropFirst().contains(where: { $0 == "--help" || $0 == "-h" }) {
                return .group(name, isJSON: words.contains("--json"))
            }
            throw noMember(of: name, words.dropFirst().first { !$0.hasPrefix("-") })
        }
    }

    /// What is said when `word` is none of the commands of `group`, or when there is no word.
    package func noMember(of group: String, _ word: String?) -> UsageError {
        let members = members(of: group).compactMap(\.words.last).joined(separator: ", ")
        let problem = word.map { "there is no \(group) \($0)" } ?? "\(group) needs one more word"
        return UsageError(
            message: "\(problem): \(members)", hint: "see: agentroute help \(group)")
    }

    /// What `words` begin with: a command, of two words or one, or a group.
    package func command(_ words: [String]) throws(UsageError) -> Named {
        let first = words.first ?? ""
        let two = words.prefix(2).joined(separator: " ")
        if let command = commands.first(where: { $0.name == two }), words.count > 1 {
            return .command(command, wordCount: 2)
        }
        if let command = commands.first(where: { $0.name == first }) {
            return .command(command, wordCount: 1)
        }
        guard members(of: first).isEmpty else { return .group(first) }
        let names = commands.filter { !$0.isHidden }.compactMap(\.words.first)
        throw unknown("command", first, among: names, hint: "agentroute help")
    }

    /// The commands whose first of two words is `group`.
    package func members(of group: String) -> [Command] {
        commands.filter { $0.words.count == 2 && $0.words[0] == group && !$0.isHidden }
    }

    private func parse(
        _ words: ArraySlice<String>, of command: Command
    ) throws(UsageError) -> Request {
        var scan = Scan(words: words, command: command)
        while let word = scan.words.popFirst() {
            if !scan.optionsEnded, word == "--" {
                scan.optionsEnded = true
            } else if !scan.optionsEnded, word.hasPrefix("-"), word != "-" {
                let (option, attached) = try option(word, of: command)
                guard option != .help else {
                    return .help(command, isJSON: words.contains("--json"))
                }
                try scan.take(option, attached: attached)
            } else if scan.optionsEnded, command.rest != nil {
                scan.rest.append(word)
            } else {
                scan.operands.append(word)
            }
        }
        try scan.checkOperands()
        return .run(command, scan.invocation)
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

    private func unknown(
        _ kind: String, _ name: String, among names: [String], hint: String
    ) -> UsageError {
        let meant = Spelling.nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
        return UsageError(message: "unknown \(kind) \(name)\(meant)", hint: "see: \(hint)")
    }
}

/// The words of one command as they are gone through.
private struct Scan {
    var words: ArraySlice<String>
    let command: Command
    var values: [String: [String]] = [:]
    var operands: [String] = []
    var rest: [String] = []
    var optionsEnded = false

    init(words: ArraySlice<String>, command: Command) {
        self.words = words
        self.command = command
    }

    var invocation: Invocation { Invocation(values: values, operands: operands, rest: rest) }

    mutating func take(_ option: Option, attached: String?) throws(UsageError) {
        guard values[option.name] == nil || option.repeats else {
            throw fault("--\(option.name) is given twice")
        }
        values[option.name, default: []].append(try argument(of: option, attached: attached))
    }

    /// The argument of `option`, taken from the words unless it was attached; empty when it takes none.
    private mutating func argument(
        of option: Option, attached: String?
    ) throws(UsageError) -> String {
        if option.argument == .none, attached == nil { return "" }
        guard let value = attached ?? words.popFirst() else {
            throw fault("--\(option.name) needs a value: \(option.usage)")
        }
        if let reason = option.fault(of: value) { throw fault("--\(option.name) \(reason)") }
        return value
    }

    /// Whether there are as many operands as the command takes.
    func checkOperands() throws(UsageError) {
        let needed = command.operands.filter { $0.count == .one || $0.count == .some }
        if operands.count < needed.count {
            throw fault("\(needed[operands.count].valueName) is missing")
        }
        let takesMore = command.operands.contains { $0.count == .any || $0.count == .some }
        if !takesMore, operands.count > command.operands.count {
            throw fault("unexpected argument \"\(operands[command.operands.count])\"")
        }
        for (index, word) in operands.enumerated() {
            // The last one stands for all that follow it.
            let operand = command.operands[min(index, command.operands.count - 1)]
            if let reason = operand.fault(of: word) {
                throw fault("\(operand.valueName) \(reason)")
            }
        }
    }

    private func fault(_ message: String) -> UsageError {
        UsageError(message: message, hint: "usage: \(command.usage)")
    }
}
