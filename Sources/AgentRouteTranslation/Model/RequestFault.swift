/// Why a client's request cannot be understood: where the fault is, and what it is.
package struct RequestFault: Error, Hashable, Sendable {
    /// The place, `messages.3.content.1.source`; empty for the body as a whole.
    package let path: String
    /// What is wrong with it, as a phrase.
    package let reason: String

    /// A fault at `path`.
    package init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// Both in one line.
    package var message: String {
        path.isEmpty ? reason : "\(path): \(reason)"
    }
}
