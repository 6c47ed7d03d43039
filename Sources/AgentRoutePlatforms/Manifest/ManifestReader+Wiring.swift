internal import AgentRouteWire

extension ManifestReader {
    /// The settings of a `wiring` for `target`, each with its place in the settings file.
    mutating func wiring(
        _ wiring: JSONValue?, at path: String, for target: Manifest.Target?, isRequired: Bool
    ) -> [Setting] {
        guard let wiring else {
            if isRequired { fault(path, "is missing") }
            return []
        }
        switch target {
        case .json, .toml: return settings(wiring, at: path)
        case .jsonEnvironment:
            return variables(wiring, at: path).map {
                Setting(path: ["env"] + $0.path, value: $0.value)
            }
        case .dotenv, .processEnvironment: return variables(wiring, at: path)
        case nil: return []
        }
    }

    /// The settings of `tune`.
    mutating func tuning(
        in root: [String: JSONValue], for target: Manifest.Target?
    ) -> [Setting] {
        guard let tune = section("tune", in: root, known: TuneKey.self, isRequired: false) else {
            return []
        }
        let wiring = wiring(tune["wiring"], at: "tune.wiring", for: target, isRequired: false)
        guard let besides = tune["settings"] else { return wiring }
        guard case .jsonEnvironment = target else {
            fault("tune.settings", "has a meaning for json-env only")
            return wiring
        }
        return wiring + settings(besides, at: "tune.settings")
    }

    /// How the tool is started; by its binary alone where `run` does not say.
    mutating func run(
        in root: [String: JSONValue], of detection: Manifest.Detection?
    ) -> Manifest.Run {
        let run = section("run", in: root, known: RunKey.self, isRequired: false) ?? [:]
        let standard = detection.flatMap { try? Template($0.binary) }
        var command = standard.map { [$0] } ?? []
        if let words = run["command"] {
            if case .array(let words) = words, !words.isEmpty {
                command = words.enumerated().compactMap { template($1, at: "run.command[\($0)]") }
            } else {
                fault("run.command", "must be an array that is not empty")
            }
        }
        let environment = run["environment"].map { variables($0, at: "run.environment") } ?? []
        let unset = run["unset"] == nil ? [] : strings("unset", in: run, at: "run.")
        for (index, name) in unset.enumerated() where !Manifest.isVariableName(name) {
            fault("run.unset[\(index)]", "is no name of an environment variable")
        }
        return .init(command: command, environment: environment, unset: unset)
    }

    /// Notes the placeholders that `manifest` uses and does not account for.
    mutating func check(_ manifest: Manifest) {
        let settings = manifest.wiring + manifest.tuning + manifest.run.environment
        var places = settings.map { ($0.path.joined(separator: "."), $0.value.placeholders) }
        places += manifest.files.map { ("files.\($0.name)", $0.content.placeholders) }
        places += manifest.run.command.map { ("run.command", $0.placeholders) }
        let files = Set(manifest.files.map(\.name))
        for (path, placeholders) in places {
            for placeholder in placeholders {
                switch placeholder {
                case .alias(let role) where !manifest.roles.contains(role):
                    fault(path, "uses the role \(role), which roles does not list")
                case .file(let name) where !files.contains(name):
                    fault(path, "uses the file \(name), which files does not describe")
                case .file where path.hasPrefix("files.") || path == "run.command":
                    fault(path, "may not use files")
                default: break
                }
            }
        }
    }

    private mutating func settings(_ value: JSONValue, at path: String) -> [Setting] {
        guard let members = object(value, at: path) else { return [] }
        return members.flatMap { member -> [Setting] in
            let place = "\(path).\(member.key)"
            switch member.value {
            case .object:
                return settings(member.value, at: place).map {
                    Setting(path: [member.key] + $0.path, value: $0.value)
                }
            case .array, .null:
                fault(place, "must be a string, a number, a boolean or an object")
                return []
            default:
                return self.value(member.value, at: place).map {
                    [Setting(path: [member.key], value: $0)]
                } ?? []
            }
        }
    }

    private mutating func variables(_ value: JSONValue, at path: String) -> [Setting] {
        guard let members = object(value, at: path) else { return [] }
        return members.compactMap { member in
            let place = "\(path).\(member.key)"
            guard Manifest.isVariableName(member.key) else {
                fault(place, "is no name of an environment variable")
                return nil
            }
            return template(member.value, at: place).map {
                Setting(path: [member.key], value: .text($0))
            }
        }
    }
}
