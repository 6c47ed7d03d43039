import AgentRoutePlatforms
import Foundation

/// The real file system below a folder of its own, which goes with it.
final class DiskFiles: FileAccess {
    let root: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("platforms-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        root = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ path: String, _ text: String, mode: Int = 0o644) throws {
        let file = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    func read(_ path: String) throws(FileAccessError) -> FileSnapshot? {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let data = FileManager.default.contents(atPath: target) else { return nil }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            func number(_ key: FileAttributeKey) -> UInt32 {
                (attributes[key] as? NSNumber)?.uint32Value ?? 0
            }
            let mode = UInt16(truncatingIfNeeded: number(.posixPermissions))
            return FileSnapshot(
                bytes: Array(data), mode: mode, owner: number(.ownerAccountID),
                group: number(.groupOwnerAccountID), isWritable: mode & 0o222 != 0)
        } catch {
            throw FileAccessError(.failed, "cannot read \(path): \(error)")
        }
    }

    func replace(
        _ path: String, with bytes: [UInt8], expecting expected: FileSnapshot?
    ) throws(FileAccessError) {
        guard try read(path)?.bytes == expected?.bytes else {
            throw FileAccessError(.changed, "\(path) was changed meanwhile")
        }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        do {
            try write("\(target).new", "", mode: Int(expected?.mode ?? 0o600))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(target).new"))
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw FileAccessError(.failed, "cannot write \(path): \(error)")
        }
        guard rename("\(target).new", target) == 0 else {
            throw FileAccessError(.failed, "cannot replace \(path)")
        }
    }

    func remove(_ path: String) throws(FileAccessError) {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard unlink(target) == 0 || errno == ENOENT else {
            throw FileAccessError(.failed, "cannot remove \(path)")
        }
    }

    func missingFolders(_ path: String) -> [String] {
        var missing: [String] = []
        var folder = (path as NSString).deletingLastPathComponent
        while !FileManager.default.fileExists(atPath: folder) {
            missing.append(folder)
            folder = (folder as NSString).deletingLastPathComponent
        }
        return missing.reversed()
    }

    func removeEmptyFolder(_ path: String) { rmdir(path) }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }
}
