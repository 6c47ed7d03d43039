internal import AgentRouteCore
internal import Glibc

/// Tells when the configuration's files have changed. Loop thread only.
///
/// The folders are watched; what happened in them is asked of the files themselves, since other
/// files, the log for one, may be in the same folder.
final class ConfigurationWatch {
    private let directories: Directories
    private var watchers: [FolderWatcher] = []
    private var seen: [FileStamp?] = []

    /// Watches the folders; those that are missing are made first, so that a first profile is seen.
    init(_ directories: Directories, loop: EventLoop, _ changed: @escaping () -> Void) {
        self.directories = directories
        try? AtomicFile.createFolder(directories.profilesFolder)
        seen = stamps
        watchers = [directories.configuration, directories.profilesFolder].compactMap { folder in
            FolderWatcher(loop: loop, folder: folder) { [weak self] in
                guard let self else { return }
                let now = stamps
                guard now != seen else { return }
                seen = now
                changed()
            }
        }
    }

    func cancel() {
        for watcher in watchers { watcher.cancel() }
        watchers = []
    }

    /// Of every file that says something. The folder's own tells of files that come and go.
    private var stamps: [FileStamp?] {
        let profiles = Folders.names(in: directories.profilesFolder)
            .filter { $0.hasSuffix(".json") }.sorted()
            .map { "\(directories.profilesFolder)/\($0)" }
        let paths =
            [directories.configurationFile, directories.activeProfileFile] + profiles
        return paths.map { FileStamp($0) }
    }
}
