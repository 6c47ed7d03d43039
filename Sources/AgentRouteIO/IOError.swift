import CAgentRouteIO
import Glibc

/// A refusal by the system when something is opened: a loop, a listener, a child process.
///
/// What happens later to a connection is no `IOError` but its `ConnectionEnd`.
public struct IOError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libuv's error number (on Linux a negated `errno`), or 0 when there is none.
    public let code: Int32

    /// What the number means, one line.
    public let text: String

    /// What was tried, for a person: `listen on 127.0.0.1:4505`.
    public let operation: String

    /// The address and port are taken by another socket (`EADDRINUSE`).
    public var isAddressInUse: Bool { code == -EADDRINUSE }

    /// The operation and the reason, one line.
    public var description: String { "\(operation): \(text)" }

    init(code: Int32, operation: String) {
        self.init(code: code, text: String(cString: ar_error_text(code)), operation: operation)
    }

    init(code: Int32, text: String, operation: String) {
        self.code = code
        self.text = text
        self.operation = operation
    }
}
