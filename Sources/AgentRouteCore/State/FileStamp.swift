#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What tells one content of a path from another without reading it: which file it is, how long, when
/// it was last written, and who may read it. A file replaced by `AtomicFile` always has another stamp;
/// one written in place has, as soon as the file system's clock has moved on or its size differs.
package struct FileStamp: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let byteCount: Int64
    private let modifiedSeconds: Int64
    private let modifiedNanoseconds: Int64
    private let mode: UInt32

    /// The stamp of what is at `path`, symbolic links followed; nil if nothing is, or nothing that
    /// can be asked about.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
            let modified = status.st_mtim
        #else
            let modified = status.st_mtimespec
        #endif
        // The members of `timespec` belong to a module that a static build cannot name.
        // SAFETY: a `timespec` is two machine words, the seconds first.
        let time = withUnsafeBytes(of: modified) { bytes in
            (
                seconds: bytes.load(as: Int.self),
                nanoseconds: bytes.load(fromByteOffset: MemoryLayout<Int>.size, as: Int.self)
            )
        }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        byteCount = Int64(status.st_size)
        modifiedSeconds = Int64(time.seconds)
        modifiedNanoseconds = Int64(time.nanoseconds)
        mode = UInt32(status.st_mode)
    }

    /// Whether it is a file that somebody may execute.
    var isProgram: Bool { mode_t(mode) & S_IFMT == S_IFREG && mode & 0o111 != 0 }

    /// Whether nobody but the owner may read or write it.
    package var isPrivate: Bool { mode & 0o077 == 0 }
}
