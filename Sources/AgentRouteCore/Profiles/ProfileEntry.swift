/// A profile as it was found: in a file of its own or in `config.json`, sound or not.
package struct ProfileEntry: Sendable, Equatable {
    /// Where a profile stands.
    package enum Place: Sendable, Equatable {
        /// In the file at this path, which commands may change.
        case file(String)
        /// In `config.json`, which they may not.
        case configuration
    }

    /// The profile's name.
    package let name: String
    /// Where it stands.
    package let place: Place
    /// Its models, as far as they can be read.
    package internal(set) var models: [ModelAlias: ModelReference] = [:]
    /// Whether a loss in translation is an error for requests that use it.
    package internal(set) var isStrict = false
    /// What is wrong with it; with a fault it can be neither activated nor used.
    package internal(set) var faults: [ConfigurationFault] = []

    /// The profile for a configuration.
    var profile: Profile { Profile(name: name, models: models, isStrict: isStrict) }

    /// The error that says why the profile cannot be used.
    var brokenError: ProfileError {
        let list = faults.map(\.description).joined(separator: "; ")
        let remedy =
            switch place {
            case .file(let path): "mend \(path), or set its models anew"
            case .configuration: "mend config.json"
            }
        return ProfileError(.broken, "profile \"\(name)\" cannot be used: \(list); \(remedy)")
    }
}
