/// Why a profile cannot be read, changed or used, and what to do about it.
package struct ProfileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What stands in the way.
    package enum Kind: Sendable, Equatable {
        /// The name cannot be one: it is also that of a file.
        case invalidName
        /// There is no profile of that name.
        case notFound
        /// There is one already.
        case exists
        /// The profile stands in `config.json`, which only its owner edits.
        case readOnly
        /// The active profile is not deleted without another in its place.
        case active
        /// Its file is not what a profile is, or it names a provider that is not there.
        case broken
        /// No model is given.
        case noModels
        /// There are profiles, and nothing says which is active.
        case noneActive
        /// The file system refused.
        case file(FileError)
    }

    /// What stands in the way.
    package let kind: Kind
    /// A sentence for a person: what is wrong and what to do.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// A refusal of the file system.
    init(_ error: FileError) {
        self.init(.file(error), error.description)
    }

    /// No profile of that name among `names`.
    static func notFound(_ name: String, among names: [String]) -> ProfileError {
        let hint = Spelling.hint(for: name, among: names)
        let known = names.isEmpty ? "there are none" : "there are " + names.joined(separator: ", ")
        return ProfileError(.notFound, "there is no profile \"\(name)\"\(hint); \(known)")
    }
}
