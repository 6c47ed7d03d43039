/// A credential. It prints, debug-prints, dumps and mirrors as `<redacted>`; it is neither encodable
/// nor hashable, so that the value leaves only through a call that says so.
///
/// ```swift
/// let key = Secret("sk-example")
/// print("key: \(key)")                      // key: <redacted>
/// let field = key.withValue { "Bearer \($0)" }
/// ```
public struct Secret: Sendable, Equatable {
    /// The credential itself, for the code that puts it on the wire or into a 0600 file.
    package let value: String

    /// Holds `value` as it is; `Configuration` checks that it may stand in a header.
    public init(_ value: String) {
        self.value = value
    }

    /// Hands the credential to `body` and returns what `body` returns.
    public func withValue<Result, Failure: Error>(
        _ body: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(value)
    }

    /// Whether the value is non-empty visible ASCII (0x21-0x7E): no line end can be smuggled into a
    /// header with it (RFC 9110 section 5.5).
    package var isVisibleASCII: Bool {
        !value.isEmpty && value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`, whatever the value.
    public var description: String { "<redacted>" }

    /// `<redacted>`, whatever the value.
    public var debugDescription: String { "<redacted>" }

    /// A mirror without children: `dump` and reflecting loggers find nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
