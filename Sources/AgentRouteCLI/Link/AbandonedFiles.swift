internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// Temporary files of writes that a death of their process has cut short. They do no harm, but nobody
/// else takes them away.
struct AbandonedFiles {
    /// Their paths.
    let paths: [String]

    /// Looks in our folders, and beside the settings of `toolbox`'s tools.
    init(_ workspace: Workspace, _ toolbox: Toolbox) {
        let directories = workspace.directories
        var paths: Set<String> = []
        for folder in [
            directories.configuration, directories.state, directories.profilesFolder,
            directories.keysFolder, directories.linksFolder, directories.catalogueFolder,
        ] {
            paths.formUnion(Self.abandoned(in: folder, of: nil))
        }
        for platform in toolbox.platforms {
            guard let path = (try? platform.status())?.path, let slash = path.lastIndex(of: "/")
            else { continue }
            let name = String(path[path.index(after: slash)...])
            paths.formUnion(Self.abandoned(in: String(path[..<slash]), of: name))
        }
        self.paths = paths.sorted()
    }

    /// Removes them. Returns whether all are gone.
    func remove() -> Bool {
        // Each is tried, whatever became of the one before.
        paths.map { unlink($0) == 0 || errno == ENOENT }.allSatisfy(\.self)
    }

    /// The paths of abandoned files in `folder`.
    ///
    /// - Parameter file: The name of the file they were to replace; nil for any.
    private static func abandoned(in folder: String, of file: String?) -> [String] {
        Toolbox.names(in: folder).filter { name in
            // As `AtomicFile.write` names them: NAME.PID.NUMBER.tmp
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 3, parts[parts.count - 1] == "tmp",
                UInt32(parts[parts.count - 2]) != nil, let pid = pid_t(parts[parts.count - 3]),
                pid > 0, file == nil || parts.dropLast(3).joined(separator: ".") == file
            else { return false }
            return kill(pid, 0) != 0 && errno == ESRCH
        }.map { "\(folder)/\($0)" }
    }
}
