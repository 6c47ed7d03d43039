#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file system call that failed.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried: `read`, `write`, `create`, ...
    public let operation: String
    /// The path it was tried on.
    public let path: String
    /// The value of `errno`.
    public let code: Int32

    /// Whether the file, or a folder on the way to it, is not there.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// `cannot read /x/config.json: Permission denied`.
    public var description: String {
        // SAFETY: strerror returns a terminated string; it is copied before this thread's next call.
        "cannot \(operation) \(path): \(String(cString: strerror(code)))"
    }

    /// The error of the call that has just failed.
    static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation: operation, path: path, code: errno)
    }
}
