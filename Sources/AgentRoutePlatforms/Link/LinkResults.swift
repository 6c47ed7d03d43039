/// What linking did.
public struct LinkResult: Sendable, Equatable {
    /// The settings file; nil for a tool that reads its process environment only: then nothing was
    /// written, and `keys` are the variables it wants.
    public let path: String?
    /// The keys that point at the gateway, joined by dots.
    public let keys: [String]
    /// Whether the settings file was written; it was not if it held all that already.
    public let isChanged: Bool

    /// What a link did.
    public init(path: String?, keys: [String], isChanged: Bool) {
        self.path = path
        self.keys = keys
        self.isChanged = isChanged
    }
}

/// What unlinking did.
public struct UnlinkResult: Sendable, Equatable {
    /// How the settings file came out.
    public enum Outcome: Sendable, Equatable {
        /// As it was before the link, byte for byte; a file that was not there is gone.
        case restored
        /// With our keys taken back and what the user changed since kept.
        case merged
        /// There was no record: what is recognisably ours was removed, and nothing could be put back.
        case recognised
        /// There was nothing of ours in it.
        case nothing
    }

    /// The settings file; nil for a tool that has none.
    public let path: String?
    /// How it came out.
    public let outcome: Outcome
    /// Keys of ours that the user has given another value since, which they keep; joined by dots.
    public let kept: [String]

    /// What an unlink did.
    public init(path: String?, outcome: Outcome, kept: [String] = []) {
        self.path = path
        self.outcome = outcome
        self.kept = kept
    }
}
