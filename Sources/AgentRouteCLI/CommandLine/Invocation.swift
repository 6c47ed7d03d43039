/// A command line that makes sense: the command, and what it was told.
package struct Invocation: Sendable {
    /// The words given after option names, by option; the empty string where none follows.
    private let values: [String: [String]]
    /// The words that are no options, in order.
    package let operands: [String]
    /// The words after `--`, for a command that hands them on.
    package let rest: [String]

    /// Gathers what the parser found.
    package init(
        values: [String: [String]] = [:], operands: [String] = [], rest: [String] = []
    ) {
        self.values = values
        self.operands = operands
        self.rest = rest
    }

    /// The first operand, or nil when there is none.
    package var operand: String? { operands.first }

    /// Whether the option `name` was given.
    package func has(_ name: String) -> Bool {
        values[name] != nil
    }

    /// What was given after the option `name`, or nil when it was not given.
    package func value(_ name: String) -> String? {
        values[name]?.last
    }

    /// All that was given after the option `name`, which may be repeated.
    package func values(_ name: String) -> [String] {
        values[name] ?? []
    }

    /// Whether the output is to be JSON lines.
    package var isJSON: Bool { has(Option.json.name) }
}

/// A command line that makes no sense.
package struct UsageError: Error, Equatable {
    /// What is wrong, in one line.
    package let message: String
    /// What to do instead, in one line.
    package let hint: String

    /// Says both.
    package init(message: String, hint: String) {
        self.message = message
        self.hint = hint
    }
}
