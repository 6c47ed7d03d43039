internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// The file system, as links need it. Symbolic links are followed: a settings file may live in a
/// repository of dotfiles.
struct DiskFiles: FileAccess {
    func read(_ path: String) throws(FileAccessError) -> FileSnapshot? {
        let target = try target(of: path)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try AtomicFile.read(target)
        } catch {
            if error.isMissing { return nil }
            throw FileAccessError(.failed, "\(error)")
        }
        var status = stat()
        guard stat(target, &status) == 0 else {
            throw FileAccessError(.failed, "cannot read \(path): \(Self.reason)")
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
        do throws(FileError) {
            try AtomicFile.remove(path)
        } catch {
            throw FileAccessError(.failed, "\(error)")
        }
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
    private func target(of path: String) throws(FileAccessError) -> String {
        var current = path
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(current, &buffer, buffer.count - 1)
            guard count > 0 else { return current }
            let link = String(
                decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            current = link.hasPrefix("/") ? link : "\(Self.folder(of: current))/\(link)"
        }
        throw FileAccessError(.failed, "cannot read \(path): too many symbolic links")
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static var reason: String {
        String(cString: strerror(errno))
    }
}
