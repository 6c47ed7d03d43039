/// One thing the program can do, as the command table lists it. Parsing, help and the messages of
/// usage errors all come from here, so that none of it is typed twice.
package struct Command: Sendable {
    /// What the user types.
    package let name: String
    /// What it does, in one line.
    package let summary: String
    /// What the user may add after the name, apart from options.
    package let operand: Operand?
    /// What it can be told.
    package let options: [Option]
    /// Does it and returns when it is done.
    package let run: @Sendable (Invocation, ProcessContext) -> ExitCode

    /// Describes a command. `--help` and `--json` belong to every command and need not be listed.
    package init(
        name: String, summary: String, operand: Operand? = nil, options: [Option] = [],
        run: @escaping @Sendable (Invocation, ProcessContext) -> ExitCode
    ) {
        self.name = name
        self.summary = summary
        self.operand = operand
        self.options = options + [.json, .help]
        self.run = run
    }

    /// How it is typed, such as `agentroute help [COMMAND] [--json] [--help]`.
    var usage: String {
        let parts = [operand.map { "[\($0.placeholder)]" }] + options.map { "[\($0.usage)]" }
        return (["agentroute", name] + parts.compactMap { $0 }).joined(separator: " ")
    }
}

/// A word after the command that is no option. None is ever required.
package struct Operand: Sendable, Equatable {
    /// Stands for the word in help, such as `COMMAND`.
    package let placeholder: String
    /// What it is, in one line.
    package let summary: String
}

/// One thing a command can be told.
package struct Option: Sendable, Equatable {
    /// What follows the option's name.
    package enum Argument: Sendable, Equatable {
        /// Nothing: the option is there or it is not.
        case none
        /// A word of any form, called so in help.
        case word(String)
        /// A port number, 0 to 65535.
        case port
        /// One of these words, called so in help.
        case choice(String, [String])
    }

    /// The name without its two dashes.
    package let name: String
    /// What follows.
    package let argument: Argument
    /// What it does, in one line.
    package let summary: String

    /// Describes an option.
    package init(_ name: String, _ argument: Argument, _ summary: String) {
        self.name = name
        self.argument = argument
        self.summary = summary
    }

    /// Belongs to every command.
    static let help = Option("help", .none, "print this help")
    /// Belongs to every command.
    static let json = Option("json", .none, "print JSON lines for programs")

    /// How it is typed, such as `--port N`.
    var usage: String {
        placeholder.map { "--\(name) \($0)" } ?? "--\(name)"
    }

    /// What stands for the argument in help, or nil when there is none.
    private var placeholder: String? {
        switch argument {
        case .none: nil
        case .word(let placeholder), .choice(let placeholder, _): placeholder
        case .port: "N"
        }
    }

    /// Why `value` cannot be the argument, or nil when it can.
    func fault(of value: String) -> String? {
        switch argument {
        case .none: "takes no value"
        case .word: value.isEmpty ? "must not be empty" : nil
        case .port:
            UInt16(value) != nil && value.first != "+"
                ? nil : "must be a number from 0 to 65535, not \"\(value)\""
        case .choice(_, let words):
            words.contains(value)
                ? nil : "must be one of \(words.joined(separator: ", ")), not \"\(value)\""
        }
    }
}
