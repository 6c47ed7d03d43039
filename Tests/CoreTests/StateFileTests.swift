import AgentRouteCore
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder of its own for one test, removed with everything in it at the end.
final class StateFolder {
    let path: String

    init() throws {
        path = "/tmp/agentroute-state-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        try AtomicFile.createFolder(path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The permission bits of `name`, or of the folder itself; nil if it is not there.
    func mode(_ name: String = "") -> mode_t? {
        var status = stat()
        guard stat("\(path)/\(name)", &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }

    /// The names in the folder.
    func entries() -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
    }
}

@Suite("Files of the state folder")
struct StateFileTests {
    private let folder: StateFolder

    init() throws {
        folder = try StateFolder()
    }

    @Test("what is written is read back, and nothing else is left in the folder")
    func roundTrip() throws {
        let bytes = Array("one\n".utf8) + [0, 0xFF]
        try AtomicFile.write(path: "\(folder.path)/a", bytes: bytes)
        #expect(try AtomicFile.read("\(folder.path)/a") == bytes)
        try AtomicFile.write(path: "\(folder.path)/a", bytes: [])
        #expect(try AtomicFile.read("\(folder.path)/a").isEmpty)
        #expect(folder.entries() == ["a"])
    }

    @Test("a file gets its mode whatever it was before, folders are closed to others")
    func modes() throws {
        let path = "\(folder.path)/deep/er/a"
        try AtomicFile.write(path: path, bytes: [1], mode: 0o644)
        #expect(folder.mode("deep/er/a") == 0o644)
        try AtomicFile.write(path: path, bytes: [2])
        #expect(folder.mode("deep/er/a") == 0o600)
        #expect(folder.mode() == 0o700)
        #expect(folder.mode("deep") == 0o700 && folder.mode("deep/er") == 0o700)
    }

    @Test("a reader that has the old file open keeps the old content")
    func replacement() throws {
        let path = "\(folder.path)/a"
        try AtomicFile.write(path: path, bytes: Array("old".utf8))
        let reader = try #require(FileHandle(forReadingAtPath: path))
        try AtomicFile.write(path: path, bytes: Array("new content".utf8))
        #expect(try reader.readToEnd() == Data("old".utf8))
        #expect(try AtomicFile.read(path) == Array("new content".utf8))
    }

    @Test("a symbolic link is replaced, and what it points at is left alone")
    func symbolicLink() throws {
        try AtomicFile.write(path: "\(folder.path)/target", bytes: [1])
        #expect(symlink("\(folder.path)/target", "\(folder.path)/link") == 0)
        try AtomicFile.write(path: "\(folder.path)/link", bytes: [2])
        #expect(try AtomicFile.read("\(folder.path)/target") == [1])
        #expect(try AtomicFile.read("\(folder.path)/link") == [2])
    }

    @Test("a write that cannot be finished leaves the old state and no temporary file")
    func failure() throws {
        try AtomicFile.createFolder("\(folder.path)/a/b")
        let error = #expect(throws: FileError.self) {
            try AtomicFile.write(path: "\(folder.path)/a", bytes: [1])
        }
        #expect(error?.description == "cannot replace \(folder.path)/a: Is a directory")
        #expect(folder.entries() == ["a"])
        try AtomicFile.write(path: "\(folder.path)/file", bytes: [1])
        #expect(throws: FileError.self) {
            try AtomicFile.write(path: "\(folder.path)/file/under", bytes: [1])
        }
    }

    @Test("a missing file says so, a file beyond the limit is refused")
    func reading() throws {
        let path = "\(folder.path)/a"
        let missing = #expect(throws: FileError.self) { try AtomicFile.read(path) }
        #expect(missing?.isMissing == true)
        try AtomicFile.write(path: path, bytes: [1, 2, 3])
        #expect(try AtomicFile.read(path, limit: 3).count == 3)
        let long = #expect(throws: FileError.self) { try AtomicFile.read(path, limit: 2) }
        #expect(long?.isMissing == false)
    }

    @Test("a configuration file is loaded, its relative paths starting from its folder")
    func loading() throws {
        let text =
            "{ \"providers\": { \"lab\": { \"preset\": \"openai\", \"apiKey\": \"file:k\" } } }"
        try AtomicFile.write(path: "\(folder.path)/config.json", bytes: Array(text.utf8))
        try AtomicFile.write(path: "\(folder.path)/k", bytes: Array("sk-1\n".utf8))
        let lab = try Configuration.load(
            path: "\(folder.path)/config.json", environment: [:]
        ).providers.first
        #expect(lab?.key == .present(Secret("sk-1"), source: "file \(folder.path)/k"))
    }
}
