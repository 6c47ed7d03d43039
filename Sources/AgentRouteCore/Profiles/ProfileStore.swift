/// The profiles of a user: `profiles/<name>.json`, one each, and those of `config.json`, which are
/// only read. A file wins over a profile of `config.json` of the same name.
///
/// The active profile is the one `active-profile.json` names; without that file it is the one
/// `config.json` names, which knows of its own only, and where there is just one profile it is that.
/// The first profile created is active at once.
///
/// Every change holds a lock shared by processes and threads while it reads, decides and writes, and
/// each file changes in one step, in an order in which the active profile is there at any moment, so
/// that a crash or a loss of power leaves no gap. Calls block, for as long as a few small files take.
///
/// ```swift
/// let store = ProfileStore(directories: directories, configuration: configuration)
/// try store.create("work", models: [.heavy: try ModelReference("lab/vendor/big")])
/// let running = try store.read().resolve()
/// ```
package struct ProfileStore: Sendable {
    let folder: String
    let activeFile: String
    let configuration: Configuration

    /// The profiles under `directories`; `configuration` is what `config.json` alone says.
    package init(directories: Directories, configuration: Configuration) {
        folder = directories.profilesFolder
        activeFile = directories.activeProfileFile
        self.configuration = configuration
    }

    /// The lock that every change holds.
    var lockFile: String { "\(folder)/.lock" }

    /// The profiles as they stand. A file that is no profile is an entry with its fault, not an error.
    /// Waits for a change under way only if it was seen half-made.
    package func read() throws(ProfileError) -> ProfileSnapshot {
        let snapshot = try readUnlocked()
        // Two writes within a tick of the file system's clock can look like none: hence the look at
        // the active one.
        guard snapshot.hasChanged || snapshot.isDangling else { return snapshot }
        let lock: FileLock?
        do throws(FileError) {
            lock = try FileLock(sharing: lockFile)
        } catch {
            throw ProfileError(error)
        }
        defer { lock?.release() }
        return try readUnlocked()
    }

    /// What `read` gives to those who hold the lock.
    func readUnlocked() throws(ProfileError) -> ProfileSnapshot {
        var stamps = [ProfileSnapshot.Stamped(activeFile), ProfileSnapshot.Stamped(folder)]
        let pointer: ProfileSnapshot.Pointer
        do throws(ProfileError) {
            pointer = try ActiveProfileFile.read(activeFile).map { .name($0) } ?? .absent
        } catch {
            pointer = .broken(error)
        }
        var entries: [String: ProfileEntry] = [:]
        for profile in configuration.profiles {
            entries[profile.name] = ProfileEntry(
                name: profile.name, place: .configuration, models: profile.models,
                isStrict: profile.isStrict)
        }
        for name in try fileNames() {
            let path = path(of: name)
            stamps.append(ProfileSnapshot.Stamped(path))
            // One that was removed meanwhile is as if never listed.
            if let entry = try entry(name, at: path) { entries[name] = entry }
        }
        return ProfileSnapshot(
            entries: entries.values.sorted { $0.name < $1.name }, pointer: pointer,
            configuration: configuration, stamps: stamps)
    }

    private func entry(_ name: String, at path: String) throws(ProfileError) -> ProfileEntry? {
        do throws(FileError) {
            let text = try AtomicFile.read(path, limit: ProfileFile.byteLimit)
            return ProfileFile.entry(
                name, path: path, text: text, providers: configuration.providers.map(\.id))
        } catch {
            if error.isMissing { return nil }
            let fault = ConfigurationFault(path: "", message: error.description)
            return ProfileEntry(name: name, place: .file(path), faults: [fault])
        }
    }

    /// The names of the files in the folder, without `.json`.
    private func fileNames() throws(ProfileError) -> [String] {
        do throws(FileError) {
            return try FolderListing.names(folder)
                .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
                .map { String($0.dropLast(".json".count)) }
        } catch {
            if error.isMissing { return [] }
            throw ProfileError(error)
        }
    }

    func path(of name: String) -> String { "\(folder)/\(name).json" }
}
