import AgentRouteCore
import Foundation
import Testing

/// A folder of AgentRoute's with the providers `lab` and `cloud`, and its profiles.
struct ProfileFixture {
    let folder: StateFolder
    let configuration: Configuration
    let directories: Directories
    let store: ProfileStore

    /// - Parameter sections: What `config.json` says besides the providers.
    init(_ sections: String = "") throws {
        folder = try StateFolder()
        directories = Directories(configuration: folder.path, state: folder.path)
        let text = """
            { "providers": { "lab": { "preset": "ollama" }, "cloud": { "preset": "lmstudio" } },
              \(sections) }
            """
        configuration = try Configuration.load(
            text: Array(text.utf8), environment: [:], readFile: { try AtomicFile.read($0) })
        store = ProfileStore(directories: directories, configuration: configuration)
    }

    /// Writes a file as an editor does, in place.
    func write(_ text: String, to name: String) throws {
        try AtomicFile.createFolder(directories.profilesFolder)
        try text.write(
            toFile: "\(folder.path)/\(name)", atomically: false, encoding: .utf8)
    }

    func text(_ name: String) throws -> String {
        String(decoding: try AtomicFile.read("\(folder.path)/\(name)"), as: UTF8.self)
    }

    /// The model the active profile of `snapshot` has for `alias`, as a gateway would see it.
    func model(_ alias: ModelAlias, of snapshot: ProfileSnapshot? = nil) throws -> String? {
        try (snapshot ?? store.read()).resolve().active?.models[alias]?.description
    }
}

/// The profile error `body` throws.
func profileError(_ body: () throws -> Void) -> ProfileError? {
    #expect(throws: ProfileError.self) { try body() }
}
