/// What is on disk before a LiteLLM starts. Off the loop: a file is synced.
enum SidecarFiles {
    /// Writes the configuration's file, and creates the folders.
    @concurrent
    static func write(
        _ configuration: SidecarConfiguration, for folder: SidecarFolder
    ) async throws(AgentRouteError) {
        do throws(FileError) {
            try AtomicFile.createFolder(folder.home)
            try AtomicFile.write(path: folder.configurationFile, bytes: configuration.text)
        } catch {
            throw .sidecar(.startFailed, "has no folder to work in: \(error)", cause: error)
        }
    }
}
