@preconcurrency internal import Glibc

/// What a command knows of the process it runs in.
package struct ProcessContext: Sendable {
    /// The environment variables.
    package let environment: [String: String]
    /// Where it speaks.
    package let console: Console
    /// The descriptor it reads what it is given from.
    package let input: Int32

    /// Hands a command its surroundings; the descriptors stay the caller's to close.
    package init(
        environment: [String: String], console: Console, input: Int32 = STDIN_FILENO
    ) {
        self.environment = environment
        self.console = console
        self.input = input
    }

    /// The environment and the standard descriptors of this process. Only at its start, before
    /// another thread could change the environment.
    package static func ofThisProcess() -> ProcessContext {
        ProcessContext(
            environment: environmentOfThisProcess(),
            console: Console(output: STDOUT_FILENO, errors: STDERR_FILENO))
    }

    private static func environmentOfThisProcess() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        // SAFETY: `environ` is an array of C strings that ends with a null pointer (environ(7)).
        while let text = entry.pointee {
            let parts = String(cString: text)
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
