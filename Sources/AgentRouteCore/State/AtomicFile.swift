#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whole files, written so that a reader, or a machine that loses power, sees the old content or the
/// new one and nothing between. Blocking calls: for start, stop and reload, not for the loop.
public enum AtomicFile {
    /// Writes `bytes` to a temporary file in the same folder, syncs it, renames it over `path` and
    /// syncs the folder. Missing folders are created with mode 0700. The file gets exactly `mode`,
    /// whatever the umask; a symbolic link at `path` is replaced, not followed.
    ///
    /// On failure the old file is untouched and the temporary one is gone.
    ///
    /// - Parameter owner: The user and group the file is to belong to; nil for this process's. Where
    ///   the system does not allow that it stays this process's.
    public static func write(
        path: String, bytes: [UInt8], mode: UInt16 = 0o600, owner: (UInt32, UInt32)? = nil
    ) throws(FileError) {
        let folder = Self.folder(of: path)
        try createFolder(folder)
        let (descriptor, temporary) = try createTemporary(for: path)
        // And with it goes the lock.
        defer { close(descriptor) }
        do throws(FileError) {
            try fill(descriptor, bytes: bytes, mode: mode, owner: owner, of: temporary)
            guard rename(temporary, path) == 0 else { throw .last("replace", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(folder)
    }

    /// The content of the file at `path`, at most `limit` bytes (16 MiB): a longer one is an error
    /// with the code `EFBIG`.
    public static func read(
        _ path: String, limit: Int = 16_777_216
    ) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("read", path) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("read", path)
            }
            if count == 0 { return content }
            content += chunk[..<count]
            if content.count > limit {
                throw FileError(operation: "read", path: path, code: EFBIG)
            }
        }
    }

    /// Removes the file at `path`; one that is not there is as good as removed.
    public static func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// Creates the folder at `path` and those above it that are missing, each with mode 0700. Folders
    /// that exist keep their mode.
    public static func createFolder(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST:
            guard isFolder(path) else {
                throw FileError(operation: "create", path: path, code: ENOTDIR)
            }
        case ENOENT where folder(of: path) != path:
            try createFolder(folder(of: path))
            // Somebody else may have made it meanwhile, which is as good.
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .last("create", path)
            }
        default: throw .last("create", path)
        }
    }
}

// The C functions under names that `AtomicFile.read` and `write` do not hide.
private func systemRead(
    _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int
) -> Int {
    read(descriptor, buffer, count)
}

private func systemWrite(
    _ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int
) -> Int {
    write(descriptor, buffer, count)
}

extension AtomicFile {
    /// The folder that holds `path`: `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Gives the new file at `path` these bytes, on disk when this returns.
    private static func fill(
        _ descriptor: Int32, bytes: [UInt8], mode: UInt16,
        owner: (user: UInt32, group: UInt32)?, of path: String
    ) throws(FileError) {
        // Before the mode: a change of owner takes the set-user bits away.
        if let owner { _ = fchown(descriptor, owner.user, owner.group) }
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw .last("set the mode of", path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the buffer holds `count` bytes for the length of the call.
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("write", path)
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }

    /// Makes a rename in `folder` survive a loss of power.
    private static func syncFolder(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("sync", folder) }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and say EINVAL: there is nothing left to do then.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last("sync", folder) }
    }
}
