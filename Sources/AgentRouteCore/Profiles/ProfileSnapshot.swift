/// The profiles as they stood at one moment, and which of them is active.
///
/// A running gateway keeps the snapshot its configuration came from, asks `hasChanged` now and then,
/// and reads again when it has; where `resolve` of the new one throws, it keeps the configuration it
/// has.
package struct ProfileSnapshot: Sendable {
    /// Every profile, by name. One of a file stands in place of one of `config.json` of that name.
    package let entries: [ProfileEntry]
    /// The name of the active profile, which may be missing or broken; nil when nothing says which
    /// one is active.
    package let active: String?

    private let configuration: Configuration
    private let pointerFault: ProfileError?
    private let stamps: [Stamped]

    /// A path that was read, with its stamp from just before.
    struct Stamped: Sendable {
        let path: String
        let stamp: FileStamp?

        init(_ path: String) {
            self.path = path
            stamp = FileStamp(path)
        }
    }

    /// The parts of a snapshot that say which profile is active.
    enum Pointer {
        case absent
        case name(String)
        case broken(ProfileError)
    }

    init(
        entries: [ProfileEntry], pointer: Pointer, configuration: Configuration,
        stamps: [Stamped]
    ) {
        self.entries = entries
        self.configuration = configuration
        self.stamps = stamps
        switch pointer {
        case .name(let name):
            active = name
            pointerFault = nil
        case .broken(let error):
            active = nil
            pointerFault = error
        case .absent:
            pointerFault = nil
            let named = configuration.activeProfile
            let only = entries.count == 1 ? entries.first?.name : nil
            active = entries.contains { $0.name == named } ? named : only
        }
    }

    /// The profile of that name.
    package func entry(_ name: String) -> ProfileEntry? {
        entries.first { $0.name == name }
    }

    /// Whether the active profile is not there.
    var isDangling: Bool {
        active.map { entry($0) == nil } ?? false
    }

    /// Whether a profile file, the folder of them or the choice of the active one is no longer what
    /// was read. Costs a `stat` for each, blocking; reads nothing.
    package var hasChanged: Bool {
        stamps.contains { FileStamp($0.path) != $0.stamp }
    }

    /// The configuration of a gateway: that of `config.json` with these profiles, the broken ones left
    /// out. Without any profile it is the one of `config.json`.
    ///
    /// - Parameter name: The profile to be active this once; nil for the active one.
    /// - Throws: `notFound` or `broken` for the profile to be active, `noneActive` when nothing says
    ///   which one it is.
    package func resolve(active name: String? = nil) throws(ProfileError) -> Configuration {
        if name == nil, let pointerFault { throw pointerFault }
        guard let wanted = name ?? active else {
            if entries.isEmpty { return configuration }
            let names = entries.map(\.name).joined(separator: ", ")
            throw ProfileError(.noneActive, "no profile is active; activate one of \(names)")
        }
        let entry = try usable(wanted)
        return configuration.replacing(
            profiles: entries.filter(\.faults.isEmpty).map(\.profile), activeProfile: entry.name)
    }

    /// The profile of that name, if it is there and sound.
    func usable(_ name: String) throws(ProfileError) -> ProfileEntry {
        let entry = try existing(name)
        guard entry.faults.isEmpty else { throw entry.brokenError }
        return entry
    }

    /// The profile of that name, if it is there.
    func existing(_ name: String) throws(ProfileError) -> ProfileEntry {
        guard let entry = entry(name) else { throw .notFound(name, among: entries.map(\.name)) }
        return entry
    }
}
