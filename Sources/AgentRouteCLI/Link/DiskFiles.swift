internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// The file system, as links need it. Symbolic links are followed: a settings file may live in a
/// repository of dotfiles.
struct DiskFiles: FileAccess {
    /// Enough for the record of the largest settings that are linked.
    private static let greatestSize = 128 << 20

    func read(_ path: String) throws(FileAccessError) -> FileSnapshot? {
        let target = try target(of: path)
        var status = stat()
        guard stat(target, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileAccessError(.failed, "cannot read \(path): \(Self.reason)")
        }
        // A pipe would be waited for, and a device replaced.
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileAccessError(.failed, "cannot read \(path): it is not a file")
        }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try AtomicFile.read(target, limit: Self.greatestSize)
        } catch {
            if error.isMissing { return nil }
            throw FileAccessError(.failed, "\(error)")
        }
        let mode = UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
        let isOpen = mode & 0o222 != 0 && access(target, W_OK) == 0
        return FileSnapshot(
            bytes: bytes, mode: mode, owner: status.st_uid, group: status.st_gid,
            isWritable: isOpen && access(Self.folder(of: target), W_OK) == 0)
    }

    func replace(
        _ path: String, with bytes: [UInt8], expecting expected: FileSnapshot?
    ) throws(FileAccessError) {
        let now = try read(path)
        guard now?.bytes == expected?.bytes else {
            throw FileAccessError(.changed, "\(path) was changed by another program meanwhile")
        }
        let target = try target(of: path)
        do throws(FileError) {
            try AtomicFile.write(
                path: target, bytes: bytes, mode: expected?.mode ?? 0o600,
                owner: expected.map { ($0.owner, $0.group) })
        } catch {
            throw FileAccessError(.failed, "\(error)")
        }
    }

    func remove(_ path: String) throws(FileAccessError) {
        let target = try target(of: path)
        do throws(FileError) {
            try AtomicFile.remove(target)
        } catch {
            throw FileAccessError(.failed, "\(error)")
        }
    }

    func missingFolders(_ path: String) -> [String] {
        var missing: [String] = []
        var folder = Self.folder(of: (try? target(of: path)) ?? path)
        while access(folder, F_OK) != 0, errno == ENOENT, folder != Self.folder(of: folder) {
            missing.append(folder)
            folder = Self.folder(of: folder)
        }
        return missing.reversed()
    }

    func removeEmptyFolder(_ path: String) {
        rmdir(path)
    }

    func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && access(path, X_OK) == 0
    }

    /// Where a link at `path` leads, whether or not there is something; `path` itself if it is none.
    func target(of path: String) throws(FileAccessError) -> String {
        var current = path
        for _ in 0..<40 {
            guard let link = Folders.destination(of: current) else { return current }
            current = link.hasPrefix("/") ? link : "\(Self.folder(of: current))/\(link)"
        }
        throw FileAccessError(.failed, "cannot read \(path): too many symbolic links")
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static var reason: String {
        String(cString: strerror(errno))
    }
}
