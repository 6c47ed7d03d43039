internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

/// The tools that can be pointed at a gateway, and the links there are. Blocks on files.
struct Toolbox: Sendable {
    /// The tools, those of the program first.
    let platforms: [ManifestPlatform]
    /// What is wrong with the user's manifests, one line each.
    let warnings: [String]
    private let directories: Directories
    private let files = DiskFiles()

    /// Reads the manifests.
    init(_ workspace: Workspace) throws(Failure) {
        directories = workspace.directories
        let catalogue: ManifestCatalogue
        do throws(ManifestError) {
            catalogue = try ManifestCatalogue(user: Self.manifests(in: directories))
        } catch {
            throw Failure(.general, code: "manifest_invalid", error.description)
        }
        let host = ManifestPlatform.Host(
            files: files, environment: workspace.environment,
            linksFolder: directories.linksFolder,
            aliases: Substitutions.Roles(
                heavy: ModelAlias.heavy.name, balanced: ModelAlias.balanced.name,
                fast: ModelAlias.fast.name))
        platforms = catalogue.manifests.map { ManifestPlatform($0, host: host) }
        let folder = directories.manifestsFolder
        warnings =
            catalogue.errors.map { "\(folder): \($0)" }
            + catalogue.shadowed.map {
                "\(folder)/\($0.name): not used, the program has a tool \($0.id) of its own"
            }
    }

    /// The tool `id`.
    func platform(_ id: String) throws(Failure) -> ManifestPlatform {
        if let platform = platforms.first(where: { $0.id == id }) { return platform }
        let ids = platforms.map(\.id)
        let meant = Spelling.nearest(to: id, among: ids).map { "; did you mean \($0)?" } ?? ""
        throw Failure(
            .usage, code: "unknown_tool",
            faults: [Failure.Fault(place: nil, message: "there is no tool \(id)\(meant)")],
            advice: ["Tools: \(ids.joined(separator: ", "))"])
    }

    /// Points `platform` at a gateway.
    ///
    /// - Parameter stays: The link stays until the user takes it back, also when a gateway ends or
    ///   dies.
    func link(
        _ platform: ManifestPlatform, _ request: LinkRequest, stays: Bool = false
    ) throws(Failure) -> LinkResult {
        try locked { () throws(Failure) in
            // First the mark: a link without it would be taken back by the next command.
            let stayed = self.stays(platform.id)
            try mark(platform.id, stays: stays)
            do throws(LinkError) {
                return try platform.link(request)
            } catch {
                try mark(platform.id, stays: stayed)
                throw Failure(error, of: platform.displayName)
            }
        }
    }

    /// Gives the settings of the tool `id` back, also where nothing but the link is known of it any more.
    func unlink(_ id: String) throws(Failure) -> UnlinkResult {
        guard recorded.contains(id), !platforms.contains(where: { $0.id == id }) else {
            return try unlink(try platform(id))
        }
        let result = try locked { () throws(Failure) in try unlinkRecorded(id) }
        return result ?? UnlinkResult(path: nil, outcome: .nothing)
    }

    private func unlink(_ platform: ManifestPlatform) throws(Failure) -> UnlinkResult {
        try locked { () throws(Failure) in
            let result: UnlinkResult
            do throws(LinkError) {
                result = try platform.unlink()
            } catch {
                throw Failure(error, of: platform.displayName)
            }
            try mark(platform.id, stays: false)
            return result
        }
    }

    /// What came of taking back several links.
    struct Unlinked {
        var done: [(id: String, result: UnlinkResult)] = []
        var failures: [Failure] = []
    }

    /// Takes back every link that belongs to a gateway, which is gone or going. Those that are to
    /// stay do. Tries all, and tells of what did not work.
    ///
    /// - Parameter isDue: Asked when nobody else can link any more: if not, nothing is done.
    func unlinkAll(including staying: Bool = false, if isDue: () -> Bool = { true }) -> Unlinked {
        var all = Unlinked()
        guard !recorded.isEmpty else { return all }
        do throws(Failure) {
            try locked { () throws(Failure) in
                guard isDue() else { return }
                for id in recorded where staying || !stays(id) { unlink(id, adding: &all) }
            }
        } catch {
            all.failures.append(error)
        }
        return all
    }

    private func unlink(_ id: String, adding all: inout Unlinked) {
        do throws(Failure) {
            if let result = try unlinkRecorded(id) { all.done.append((id, result)) }
        } catch {
            all.failures.append(error)
        }
    }

    /// The ids of the tools that are linked.
    var recorded: [String] {
        Folders.names(in: directories.linksFolder).filter { name in
            name.hasSuffix(".json") && name.dropLast(5).contains(".") == false
        }.map { String($0.dropLast(5)) }.sorted()
    }

    /// Whether the link of `id` is to stay when a gateway ends.
    func stays(_ id: String) -> Bool {
        access(mark(of: id), F_OK) == 0
    }

    private func unlinkRecorded(_ id: String) throws(Failure) -> UnlinkResult? {
        let path = "\(directories.linksFolder)/\(id).json"
        let result: UnlinkResult?
        do throws(LinkError) {
            result = try RecordedLink(recordPath: path, files: files)?.unlink()
        } catch {
            throw Failure(error, of: id)
        }
        try mark(id, stays: false)
        return result
    }

    /// One process at a time edits the tools' settings.
    private func locked<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let lock: FileLock
        do throws(FileError) {
            lock = try FileLock(path: "\(directories.linksFolder)/.lock")
        } catch {
            throw Failure(.link, code: "link_failed", "\(error)")
        }
        defer { lock.release() }
        return try body()
    }

    /// Removes the marks of links that were killed before they had a record.
    func forgetMarks() {
        guard !orphans.isEmpty else { return }
        // What cannot be done now the next command does.
        try? locked { () throws(Failure) in
            for id in orphans { try mark(id, stays: false) }
        }
    }

    /// The ids that have a mark and no record.
    private var orphans: [String] {
        let names = Set(Folders.names(in: directories.linksFolder))
        return names.filter { $0.hasPrefix(".") && $0.hasSuffix(".stays") }
            .map { String($0.dropFirst().dropLast(".stays".count)) }
            .filter { !names.contains("\($0).json") }
    }

    private func mark(of id: String) -> String {
        "\(directories.linksFolder)/.\(id).stays"
    }

    private func mark(_ id: String, stays: Bool) throws(Failure) {
        do throws(FileError) {
            if stays {
                try AtomicFile.write(path: mark(of: id), bytes: [])
            } else {
                try AtomicFile.remove(mark(of: id))
            }
        } catch {
            throw Failure(.link, code: "link_failed", "\(error)")
        }
    }

    private static func manifests(in directories: Directories) -> [ManifestCatalogue.File] {
        Folders.names(in: directories.manifestsFolder).filter { $0.hasSuffix(".json") }.sorted()
            .compactMap {
                name in
                let path = "\(directories.manifestsFolder)/\(name)"
                return (try? AtomicFile.read(path)).map { .init(name: name, bytes: $0) }
            }
    }
}

extension Failure {
    /// A tool's settings that could not be edited.
    init(_ error: LinkError, of tool: String) {
        var place = error.path
        if let spot = error.place { place = "\(place ?? tool):\(spot.line):\(spot.column)" }
        self.init(
            .link, code: "link_failed",
            faults: [Fault(place: place ?? tool, message: error.reason)])
    }
}
