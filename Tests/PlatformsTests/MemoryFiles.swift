import AgentRoutePlatforms
import Synchronization

/// A file system in memory, in which every change is one step that can be made to fail.
final class MemoryFiles: FileAccess {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var folders: Set = ["/", "/h", "/state"]
        var readOnly: Set<String> = []
        var refused: Set<String> = []
        var executables: Set<String> = []
        var changes = 0
        var changesLeft: Int?
        var afterRead: (@Sendable (String) -> Void)?
    }

    private let state = Mutex(State())

    /// The content of the file at `path`, to look at and to change behind the back of what is tested.
    subscript(path: String) -> String? {
        get {
            state.withLock { state in state.files[path].map { String(decoding: $0, as: UTF8.self) }
            }
        }
        set {
            state.withLock { state in
                state.files[path] = newValue.map { Array($0.utf8) }
                if newValue != nil { state.folders.formUnion(Self.folders(of: path)) }
            }
        }
    }

    /// The folders there are.
    var folders: Set<String> { state.withLock(\.folders) }

    var paths: [String] { state.withLock { $0.files.keys.sorted() } }

    /// How many changes there were.
    var changes: Int { state.withLock { $0.changes } }

    /// Called with the path of every file that is read, behind the reading.
    var afterRead: (@Sendable (String) -> Void)? {
        get { state.withLock { $0.afterRead } }
        set { state.withLock { $0.afterRead = newValue } }
    }

    /// Lets `count` more changes happen, and then none: the process is dead.
    func die(after count: Int?) { state.withLock { $0.changesLeft = count } }

    func makeReadOnly(_ path: String) { state.withLock { _ = $0.readOnly.insert(path) } }

    /// Has every write of `path` fail.
    func refuse(_ path: String) { state.withLock { _ = $0.refused.insert(path) } }

    func makeExecutable(_ path: String) { state.withLock { _ = $0.executables.insert(path) } }

    func read(_ path: String) throws(FileAccessError) -> FileSnapshot? {
        let snapshot = state.withLock { state in
            state.files[path].map {
                FileSnapshot(
                    bytes: $0, mode: 0o600, owner: 0, group: 0,
                    isWritable: !state.readOnly.contains(path))
            }
        }
        afterRead?(path)
        return snapshot
    }

    func replace(
        _ path: String, with bytes: [UInt8], expecting expected: FileSnapshot?
    ) throws(FileAccessError) {
        try change { state throws(FileAccessError) in
            guard state.files[path] == expected?.bytes else {
                throw FileAccessError(.changed, "\(path) was changed meanwhile")
            }
            guard !state.refused.contains(path) else {
                throw FileAccessError(.failed, "cannot write \(path)")
            }
            state.files[path] = bytes
            state.folders.formUnion(Self.folders(of: path))
        }
    }

    func missingFolders(_ path: String) -> [String] {
        state.withLock { state in Self.folders(of: path).filter { !state.folders.contains($0) } }
    }

    func removeEmptyFolder(_ path: String) {
        try? change { state in
            let inside = state.folders.union(state.files.keys).filter { $0.hasPrefix("\(path)/") }
            if inside.isEmpty { state.folders.remove(path) }
        }
    }

    /// The folders on the way to `path`, outermost first.
    private static func folders(of path: String) -> [String] {
        let names = path.split(separator: "/").dropLast()
        return names.indices.map { "/" + names[...$0].joined(separator: "/") }
    }

    func remove(_ path: String) throws(FileAccessError) {
        try change { state throws(FileAccessError) in state.files[path] = nil }
    }

    func exists(_ path: String) -> Bool {
        state.withLock { state in
            state.files.keys.contains { $0 == path || $0.hasPrefix("\(path)/") }
        }
    }

    func isExecutable(_ path: String) -> Bool { state.withLock { $0.executables.contains(path) } }

    private func change(
        _ body: (inout State) throws(FileAccessError) -> Void
    ) throws(FileAccessError) {
        try state.withLock { state throws(FileAccessError) in
            guard state.changesLeft != 0 else { throw FileAccessError(.failed, "dead") }
            try body(&state)
            state.changes += 1
            if let left = state.changesLeft { state.changesLeft = left - 1 }
        }
    }
}
