#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The temporary files of ``AtomicFile/write(path:bytes:mode:owner:)``: `NAME.PID.NUMBER.tmp` beside the
/// file NAME. Who writes one keeps it locked (`flock`), so one that nobody has locked is abandoned: the
/// process's number would not tell, for it may be another's by now, or that of a process that is dead
/// and nobody has buried.
extension AtomicFile {
    /// Creates a temporary file that is to replace `path`, and locks it.
    static func createTemporary(
        for path: String
    ) throws(FileError) -> (descriptor: Int32, path: String) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        while true {
            let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
            // Closed to others from the first moment; the wanted mode follows, past the umask.
            let descriptor = open(temporary, flags, mode_t(0o600))
            guard descriptor >= 0 else { throw .last("create", temporary) }
            let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            var status = stat()
            if !isTaken, fstat(descriptor, &status) != 0 || status.st_nlink > 0 {
                return (descriptor, temporary)
            }
            // Before it was locked, somebody has taken it for an abandoned one.
            close(descriptor)
        }
    }

    /// Whether the file at `path` is a temporary one whose writer was killed.
    ///
    /// - Parameter file: The name of the file it was to replace; nil for any.
    package static func isAbandoned(_ path: String, of file: String? = nil) -> Bool {
        whileAbandoned(path, of: file) { true } ?? false
    }

    /// Removes the temporary file at `path` unless somebody writes it. Returns whether it is gone, or
    /// none that is abandoned.
    package static func removeAbandoned(_ path: String) -> Bool {
        whileAbandoned(path, of: nil) { unlink(path) == 0 || errno == ENOENT } ?? true
    }

    /// Calls `body` while nobody can begin to write the abandoned file at `path`; nil if it is none.
    private static func whileAbandoned<Result>(
        _ path: String, of file: String?, _ body: () -> Result
    ) -> Result? {
        guard let writer = writer(of: path, file) else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // Some file systems know no locks: there a process that lives is taken for the writer.
            guard errno != EWOULDBLOCK, kill(writer, 0) != 0, errno == ESRCH else { return nil }
        }
        return body()
    }

    /// The process in the name of a temporary file; nil if the name is another's.
    private static func writer(of path: String, _ file: String?) -> pid_t? {
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 3, parts[parts.count - 1] == "tmp",
            UInt32(parts[parts.count - 2]) != nil, let pid = pid_t(parts[parts.count - 3]), pid > 0,
            file == nil || parts.dropLast(3).joined(separator: ".") == file
        else { return nil }
        return pid
    }
}
