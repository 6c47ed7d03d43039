/// One word of a POSIX shell command, quoted so that the shell reads back exactly what was put in.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.2 Quoting.
package struct ShellWord: Sendable, Equatable {
    /// The word as it is typed.
    package private(set) var text = ""

    /// The empty word, which a shell must see as `''`.
    package init() {}

    /// Adds `value` as it is: nothing in it is expanded by the shell.
    package mutating func append(literal value: String) {
        guard !value.isEmpty else { return }
        if value.unicodeScalars.allSatisfy(Self.isPlain) {
            text += value
        } else {
            text += "'" + value.replacing("'", with: #"'\''"#) + "'"
        }
    }

    /// Adds the value that the shell's variable `name` has when the command is run.
    package mutating func append(variable name: String) {
        text += "\"$\(name)\""
    }

    /// The word, or `''` when nothing was added.
    package var rendered: String { text.isEmpty ? "''" : text }

    /// Whether no shell gives `scalar` a meaning of its own.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "_", "@", "%", "+", "=", ":", ",", ".", "/", "-": true
        default: false
        }
    }
}
