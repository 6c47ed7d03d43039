/// What is installed of the sidecar.
package struct SidecarInstallation: Sendable, Equatable {
    /// Whether it can be used.
    package enum State: Sendable, Equatable {
        /// It is there, as this program wants it.
        case ready
        /// There is none.
        case missing
        /// There is one of other packages than this program wants.
        case outdated
        /// It is there and does not work, for this reason.
        case broken(String)
    }

    /// Whether it can be used.
    package var state: State
    /// The version of LiteLLM this program wants.
    package let version: String
    /// The version of its Python, `3.11.2`; nil if that cannot be told.
    package var pythonVersion: String?
    /// The path of its Python, there or not.
    package let python: String
    /// What it takes on disk, in bytes; nil if that is not known.
    package var byteCount: Int?

    /// Where the virtual environment is.
    package let path: String

    init(state: State, version: String, path: String) {
        self.state = state
        self.version = version
        self.path = path
        python = "\(path)/bin/python"
    }
}
