/// What a link changed, kept in `links/<platform>.json` until it is undone.
///
/// It is written before the settings file and removed after it, so that whatever moment a process
/// dies at, what stands in the settings file can be told from what the user wrote. It holds the
/// session token and the user's settings: its file is 0600.
struct LinkRecord: Sendable, Equatable {
    /// The settings file before the link.
    enum Original: Sendable, Equatable {
        /// There was no file.
        case absent
        /// Its content.
        case text([UInt8])
        /// There was one; its content is not known any more.
        case lost
    }

    /// One key we wrote.
    struct Entry: Sendable, Equatable {
        /// Its keys from the root on.
        let path: [String]
        /// The value before, as it was written; nil if the key was absent.
        let before: String?
        /// Every value of ours that the file may hold: the one of the last link first, then the one it
        /// replaced.
        let ours: [String]
    }

    /// The id of the platform.
    let platform: String
    /// The settings file.
    let path: String
    /// Its format.
    let format: SettingsFormat
    /// What it held before.
    let original: Original
    /// The contents that unlink to `original`: as linked, and as it was when that was being written.
    let fingerprints: [Fingerprint]
    /// The keys we wrote, in order.
    let entries: [Entry]
    /// What we created to hold them, outermost first.
    let containers: [Container]
    /// Files of ours that the wiring points at.
    let files: [String]
    /// The folders that were made for the settings file, outermost first.
    let folders: [String]
}

/// Tells whether a file is as it was: its size and the 64-bit FNV-1a hash of its content. Against
/// accidents, not against attackers, who could write the file itself.
struct Fingerprint: Sendable, Equatable {
    let size: Int
    let hash: UInt64

    init(size: Int, hash: UInt64) {
        self.size = size
        self.hash = hash
    }

    /// The fingerprint of `bytes`.
    init(of bytes: [UInt8]) {
        size = bytes.count
        hash = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
