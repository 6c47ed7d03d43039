/// One thing the program can do, as the command table lists it. Parsing, help, the manual page,
/// completions and the messages of usage errors all come from here, so that none of it is typed
/// twice.
package struct Command: Sendable {
    /// What the user types: one word, or two for one of a group (`profiles list`).
    package let name: String
    /// What it does, in one line.
    package let summary: String
    /// What the user adds after the name, apart from options, in order.
    package let operands: [Operand]
    /// What stands for the words after `--` in help; nil for a command that takes none.
    package let rest: Operand?
    /// What it can be told.
    package let options: [Option]
    /// The program calls it itself; no help lists it.
    package let isHidden: Bool
    /// When what a killed gateway, or another killed command, has left is mended.
    let mending: Mending
    /// Does it and returns when it is done.
    package let run: @Sendable (Invocation, ProcessContext) -> ExitCode

    /// Describes a command. `--help` and `--json` belong to every command and need not be listed.
    package init(
        name: String, summary: String, operands: [Operand] = [], rest: Operand? = nil,
        options: [Option] = [], isHidden: Bool = false, mending: Mending = .before,
        run: @escaping @Sendable (Invocation, ProcessContext) -> ExitCode
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.rest = rest
        self.options = options + [.json, .help]
        self.isHidden = isHidden
        self.mending = mending
        self.run = run
    }

    /// When a command mends what was left.
    package enum Mending: Sendable {
        /// First of all.
        case before
        /// When it is done: it is to tell of it, or is asked for the same.
        case after
        /// In its own time.
        case itself
    }

    /// How it is typed, such as `agentroute link TOOL... [--json] [--help]`.
    var usage: String {
        var parts = ["agentroute", name] + operands.map(\.usage)
        parts += options.map { "[\($0.usage)]" }
        if let rest { parts.append("[-- \(rest.valueName)...]") }
        return parts.joined(separator: " ")
    }

    /// The name's words.
    var words: [String] { name.split(separator: " ").map(String.init) }
}

/// A word after the command that is no option.
package struct Operand: Sendable, Equatable {
    /// How often it is given.
    package enum Count: Sendable, Equatable {
        /// Once.
        case one
        /// Once or not at all.
        case optional
        /// As often as wanted.
        case any
        /// At least once.
        case some
    }

    /// Stands for the word in help, such as `COMMAND`.
    package let valueName: String
    /// What it is, in one line.
    package let summary: String
    /// How often it is given.
    package let count: Count
    /// The words it can be; empty where it may be any.
    package let choices: [String]

    /// Describes an operand.
    package init(
        _ valueName: String, _ summary: String, _ count: Count = .one, choices: [String] = []
    ) {
        self.valueName = valueName
        self.summary = summary
        self.count = count
        self.choices = choices
    }

    /// How it is typed.
    var usage: String {
        switch count {
        case .one: valueName
        case .optional: "[\(valueName)]"
        case .any: "[\(valueName)...]"
        case .some: "\(valueName)..."
        }
    }

    /// Why `value` cannot be the operand, or nil when it can.
    func fault(of value: String) -> String? {
        if value.isEmpty { return "must not be empty" }
        if choices.isEmpty || choices.contains(value) { return nil }
        return Self.fault(of: value, among: choices)
    }

    /// What is said of a word that is none of `choices`.
    static func fault(of value: String, among choices: [String]) -> String {
        "must be one of \(choices.joined(separator: ", ")), not \"\(value)\""
    }
}

/// One thing a command can be told.
package struct Option: Sendable, Equatable {
    /// What follows the option's name.
    package enum Argument: Sendable, Equatable {
        /// Nothing: the option is there or it is not.
        case none
        /// A word of any form, called so in help.
        case word(String)
        /// The same, and the option may be given more than once.
        case words(String)
        /// A port number, 0 to 65535.
        case port
        /// A whole number from 0 to this one, called so in help.
        case number(String, upTo: Int)
        /// One of these words, called so in help.
        case choice(String, [String])
        /// The same, and the option may be given more than once.
        case choices(String, [String])
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
        valueName.map { "--\(name) \($0)" } ?? "--\(name)"
    }

    /// Whether it may be given more than once.
    var repeats: Bool {
        switch argument {
        case .words, .choices: true
        default: false
        }
    }

    /// The words the argument can be; empty where it may be any.
    var choices: [String] {
        switch argument {
        case .choice(_, let words), .choices(_, let words): words
        default: []
        }
    }

    /// What stands for the argument in help, or nil when there is none.
    var valueName: String? {
        switch argument {
        case .none: nil
        case .word(let valueName), .words(let valueName), .choice(let valueName, _),
            .choices(let valueName, _),
            .number(let valueName, _):
            valueName
        case .port: "N"
        }
    }

    /// Why `value` cannot be the argument, or nil when it can.
    func fault(of value: String) -> String? {
        switch argument {
        case .none: "takes no value"
        case .word, .words: value.isEmpty ? "must not be empty" : nil
        case .port: Self.fault(of: value, upTo: Int(UInt16.max))
        case .number(_, let greatest): Self.fault(of: value, upTo: greatest)
        case .choice(_, let words), .choices(_, let words):
            words.contains(value) ? nil : Operand.fault(of: value, among: words)
        }
    }

    private static func fault(of value: String, upTo greatest: Int) -> String? {
        // `Int` would take a sign.
        if value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value),
            number <= greatest
        {
            return nil
        }
        return "must be a number from 0 to \(greatest), not \"\(value)\""
    }
}
