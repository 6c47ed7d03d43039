internal import AgentRouteCore
internal import AgentRoutePlatforms

/// Temporary files of writes that a death of their process has cut short. They do no harm, but nobody
/// else takes them away.
struct AbandonedFiles {
    /// Their paths.
    let paths: [String]

    /// Looks in our folders, and beside the settings of `toolbox`'s tools and the service's files.
    init(_ workspace: Workspace, _ toolbox: Toolbox?) {
        let directories = workspace.directories
        var paths: Set<String> = []
        for folder in [
            directories.configuration, directories.state, directories.profilesFolder,
            directories.keysFolder, directories.linksFolder, directories.catalogueFolder,
            SidecarFolder(directories).path,
        ] {
            paths.formUnion(Self.abandoned(in: folder, of: nil))
        }
        let settings = (toolbox?.platforms ?? []).compactMap(\.settingsPath)
        let services = (try? ServiceManager.ofThisSystem(workspace.environment))?.paths ?? []
        for path in settings + services {
            guard let target = try? DiskFiles().target(of: path),
                let slash = target.lastIndex(of: "/")
            else { continue }
            let name = String(target[target.index(after: slash)...])
            paths.formUnion(Self.abandoned(in: DiskFiles.folder(of: target), of: name))
        }
        self.paths = paths.sorted()
    }

    /// Removes them. Returns whether all are gone.
    func remove() -> Bool {
        // Each is tried, whatever became of the one before.
        paths.map { AtomicFile.removeAbandoned($0) }.allSatisfy(\.self)
    }

    /// The paths of abandoned files in `folder`.
    ///
    /// - Parameter file: The name of the file they were to replace; nil for any.
    private static func abandoned(in folder: String, of file: String?) -> [String] {
        Folders.names(in: folder).map { "\(folder)/\($0)" }
            .filter { AtomicFile.isAbandoned($0, of: file) }
    }
}
