package import AgentRouteWire

/// A tool the gateway can stand in front of, as `manifests/<id>.json` describes it: which wire it
/// speaks, where its settings are and what has to stand in them. Described in `docs/manifests.md`.
package struct Manifest: Sendable, Equatable {
    /// How the tool is found.
    package struct Detection: Sendable, Equatable {
        /// The program's name, looked up in `PATH`.
        package let binary: String
        /// Files and folders that are there where the tool was used.
        package let configPaths: [ManifestPath]
    }

    /// Where the wiring goes.
    package enum Target: Sendable, Equatable {
        /// The root of a JSON file.
        case json(ManifestPath)
        /// The object `env` of a JSON file, as environment variables.
        case jsonEnvironment(ManifestPath)
        /// A TOML file.
        case toml(ManifestPath)
        /// A file of `NAME=value` lines.
        case dotenv(ManifestPath)
        /// The environment of the tool's process, and no file.
        case processEnvironment
    }

    /// How the tool is started with its environment set and no file touched.
    package struct Run: Sendable, Equatable {
        /// The program and its arguments; what the user adds follows.
        package let command: [Template]
        /// Variables besides those of the wiring.
        let environment: [Setting]
        /// Variables of the caller that would lead the tool elsewhere.
        package let unset: [String]
    }

    /// A file of ours that the wiring points at.
    struct File: Sendable, Equatable {
        let name: String
        let content: TemplateValue
    }

    /// The name commands know the tool by, such as `claude-code`.
    package let id: String
    /// The name shown to people.
    package let displayName: String
    /// The wire the tool speaks to the gateway.
    package let wire: Wire
    /// How the tool is found.
    package let detection: Detection
    /// Where the wiring goes.
    package let target: Target
    /// The tiers the tool asks for.
    package let roles: [Role]
    /// What a link writes, always.
    let wiring: [Setting]
    /// What a link writes besides when it is asked to tune the tool for foreign models.
    let tuning: [Setting]
    /// Files of ours the wiring points at.
    let files: [File]
    /// How the tool is started without a link.
    package let run: Run
}

extension Manifest.Target {
    /// The format and the place of the settings file; nil if there is none.
    var file: (format: SettingsFormat, path: ManifestPath)? {
        switch self {
        case .json(let path), .jsonEnvironment(let path): (.json, path)
        case .toml(let path): (.toml, path)
        case .dotenv(let path): (.dotenv, path)
        case .processEnvironment: nil
        }
    }

    /// The variable that `setting` sets, where the tool reads its wiring as environment variables.
    func variable(of setting: Setting) -> String? {
        switch self {
        case .json, .toml: nil
        case .jsonEnvironment: setting.path.first == "env" ? setting.path.last : nil
        case .dotenv, .processEnvironment: setting.path.last
        }
    }
}

extension Manifest {
    /// The variables a started tool gets, in the order of the file: those of the wiring and of the
    /// tuning, then those of `run`.
    var environment: [Setting] {
        let wired = (wiring + tuning).compactMap { setting in
            target.variable(of: setting).map { Setting(path: [$0], value: setting.value) }
        }
        return wired + run.environment
    }

    /// POSIX.1-2024, 3.216 Name: letters, digits and underscores, no digit first.
    static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isDigit else { return false }
        return name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
}
