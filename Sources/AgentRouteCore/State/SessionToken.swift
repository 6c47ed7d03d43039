#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a client of this gateway must show: 32 random bytes in hexadecimal, or a value the user chose.
/// Prints as `<redacted>`.
public struct SessionToken: Sendable, Equatable {
    /// The environment variable that holds a token chosen by the user.
    public static let variable = "AGENTROUTE_TOKEN"

    /// The token, to be told to the user once and kept in `gateway.json`.
    public let secret: Secret
    /// Whether the user chose it, and so knows it.
    public let isChosen: Bool
    private let bytes: [UInt8]

    /// A token of this value. Throws if it is shorter than 16 characters or has one that is not
    /// visible ASCII; the reason does not repeat it.
    public init(_ value: String) throws(InvalidValue) {
        try self.init(Secret(value), isChosen: true)
    }

    /// The token in `AGENTROUTE_TOKEN` if that is set, else a random one. Throws if the one is no
    /// token, or if the system has no random bytes.
    public init(environment: [String: String]) throws(InvalidValue) {
        if let value = environment[Self.variable] {
            do throws(InvalidValue) {
                try self.init(value)
            } catch {
                throw InvalidValue("\(Self.variable) \(error.reason)")
            }
        } else {
            self = try .random()
        }
    }

    /// A new token from the system's random source (getentropy).
    public static func random() throws(InvalidValue) -> SessionToken {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard getentropy(&bytes, bytes.count) == 0 else {
            throw InvalidValue("cannot be made: the system gives no random bytes")
        }
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }
        return try SessionToken(Secret(String(decoding: text, as: UTF8.self)), isChosen: false)
    }

    private init(_ secret: Secret, isChosen: Bool) throws(InvalidValue) {
        guard secret.value.utf8.count >= 16 else {
            throw InvalidValue("must have at least 16 characters")
        }
        guard secret.isVisibleASCII else {
            throw InvalidValue("must be visible ASCII without spaces")
        }
        self.secret = secret
        self.isChosen = isChosen
        bytes = Array(secret.value.utf8)
    }

    /// Whether `candidate` is the token. The time taken depends on the lengths alone, so it tells
    /// nothing of how much of a guess was right. Allocates nothing.
    public func matches(_ candidate: RawSpan) -> Bool {
        var difference = candidate.byteCount ^ bytes.count
        for index in bytes.indices where index < candidate.byteCount {
            // SAFETY: the index is below `byteCount`, and a byte has no alignment.
            let byte = candidate.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            difference |= Int(byte ^ bytes[index])
        }
        return difference == 0
    }
}

extension SessionToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`, whatever the token.
    public var description: String { secret.description }

    /// `<redacted>`, whatever the token.
    public var debugDescription: String { secret.debugDescription }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
