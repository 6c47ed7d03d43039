/// What a platform needs of the file system: few, small, whole files. Blocking.
///
/// Symbolic links are followed everywhere: a link stays a link, and its target is what is read,
/// replaced or removed.
package protocol FileAccess: Sendable {
    /// The file at `path`; nil if there is none, which includes a link that leads nowhere.
    func read(_ path: String) throws(FileAccessError) -> FileSnapshot?

    /// Makes `bytes` the content of the file at `path` in one step: a temporary file in the same
    /// folder, synced, renamed over the old one, the folder synced. A reader, or a machine that loses
    /// power, sees the old content or the new one.
    ///
    /// `expected` is the file as it was read, whose mode and owner the new one gets. Nil: there was
    /// none; then the file gets mode 0600, and folders on the way that are missing 0700. Throws
    /// `.changed`, and changes nothing, if the file's content is not `expected`'s any more.
    func replace(
        _ path: String, with bytes: [UInt8], expecting expected: FileSnapshot?
    ) throws(FileAccessError)

    /// Removes the file at `path`; one that is not there is as good as removed.
    func remove(_ path: String) throws(FileAccessError)

    /// The folders on the way to the file at `path` that are not there, the outermost first: what
    /// ``replace(_:with:expecting:)`` would make.
    func missingFolders(_ path: String) -> [String]

    /// Removes the folder at `path` if nothing is in it. One that cannot go stays.
    func removeEmptyFolder(_ path: String)

    /// Whether a file or folder is at `path`.
    func exists(_ path: String) -> Bool

    /// Whether a file that this process may execute is at `path`.
    func isExecutable(_ path: String) -> Bool
}

/// A file as it was read.
package struct FileSnapshot: Sendable, Equatable {
    /// The content.
    package let bytes: [UInt8]
    /// The permission bits.
    package let mode: UInt16
    /// The numbers of the user and of the group that own it.
    package let owner: UInt32
    /// The number of the group.
    package let group: UInt32
    /// Whether it may be replaced: false without any write bit, also for root, whom the system would
    /// let write, and where the file or its folder is not ours to write.
    package let isWritable: Bool

    /// A file of this content.
    package init(bytes: [UInt8], mode: UInt16, owner: UInt32, group: UInt32, isWritable: Bool) {
        self.bytes = bytes
        self.mode = mode
        self.owner = owner
        self.group = group
        self.isWritable = isWritable
    }
}

/// A file that could not be read, replaced or removed.
package struct FileAccessError: Error, Sendable, Equatable {
    /// What happened.
    package enum Kind: Sendable, Equatable {
        /// Somebody else wrote the file since it was read.
        case changed
        /// The system said no.
        case failed
    }

    /// What happened.
    package let kind: Kind
    /// In words, with the path: `cannot read /x/y: Permission denied`.
    package let reason: String

    /// An error of `kind`.
    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
