/// Where the sidecar's files are: `sidecar/` in the state folder.
package struct SidecarFolder: Sendable, Equatable {
    /// The folder itself.
    package let path: String

    /// The sidecar's folder in these directories.
    package init(_ directories: Directories) {
        path = "\(directories.state)/sidecar"
    }

    /// The virtual environment of a version of LiteLLM.
    package func environment(version: String) -> String { "\(path)/venv-\(version)" }

    /// What LiteLLM writes, newest last; the one before is `litellm.log.1`.
    package var logFile: String { "\(path)/litellm.log" }

    /// What a LiteLLM was told at its start. Holds no secret.
    var configurationFile: String { "\(path)/config.json" }

    /// The HOME of LiteLLM, so that it neither reads nor writes in the user's.
    var home: String { "\(path)/home" }

    /// Held by an installation under way.
    var lockFile: String { "\(path)/install.lock" }

    /// The name that a folder being built or removed begins with.
    static let scratchPrefix = "scratch-"
}
