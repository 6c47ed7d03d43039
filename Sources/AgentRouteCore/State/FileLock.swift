#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A lock that processes and threads share by the path of a file (`flock`): for reading, changing and
/// writing back as one step. It goes with its process, however that ends.
package struct FileLock: Sendable {
    private let descriptor: Int32

    /// Creates the file at `path` if need be, with mode 0600 and its folders with 0700, and waits for
    /// the lock. Blocks: not for the loop.
    package init(path: String) throws(FileError) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        var opened = open(path, flags, mode_t(0o600))
        if opened < 0, errno == ENOENT {
            try AtomicFile.createFolder(AtomicFile.folder(of: path))
            opened = open(path, flags, mode_t(0o600))
        }
        guard opened >= 0 else { throw .last("create", path) }
        try self.init(opened, LOCK_EX, path)
    }

    /// Waits until nobody holds the lock at `path`, and keeps it from those who want it for
    /// themselves, not from others who share it. Nil if there is no such file, and so no holder.
    package init?(sharing path: String) throws(FileError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if opened < 0 {
            let error = FileError.last("read", path)
            if error.isMissing { return nil }
            throw error
        }
        try self.init(opened, LOCK_SH, path)
    }

    /// Takes the lock at `path` for itself, or shared with others who share it; nil if somebody else
    /// has it so that this cannot be.
    package init?(trying path: String, shared: Bool = false) throws(FileError) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        try AtomicFile.createFolder(AtomicFile.folder(of: path))
        let opened = open(path, flags, mode_t(0o600))
        guard opened >= 0 else { throw .last("create", path) }
        do throws(FileError) {
            try self.init(opened, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB, path)
        } catch {
            if error.code == EWOULDBLOCK { return nil }
            throw error
        }
    }

    private init(_ descriptor: Int32, _ operation: Int32, _ path: String) throws(FileError) {
        while flock(descriptor, operation) != 0 {
            if errno == EINTR { continue }
            let error = FileError.last("lock", path)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Gives the lock back. Exactly once.
    package func release() {
        close(descriptor)
    }
}
