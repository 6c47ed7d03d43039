import AgentRouteWire

extension Configuration {
    /// The `config.json` that holds where nobody has written one: each preset is a provider of its
    /// name, with the key its variables or the key store have. Without profiles.
    package static var presets: JSONValue {
        let members = Preset.all.filter { $0 != .demo }.map { preset in
            JSONMember(key: preset.name, value: ["preset": .string(preset.name)])
        }
        return ["providers": .object(members)]
    }
}
