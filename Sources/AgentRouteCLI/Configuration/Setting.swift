internal import AgentRouteCore

/// One setting as it holds, and where it comes from.
struct Setting: Equatable {
    /// Where a setting can come from. The raw value is the name commands print.
    enum Source: String {
        case flag
        case environment
        case file
        case keyring
        /// Nobody has said anything.
        case standard = "default"
    }

    /// Its path in `config.json`, or a word of its own for what is not there.
    let key: String
    /// What holds. A secret is `<redacted>`.
    let value: JSONValue
    /// Where it comes from.
    let source: Source
    /// The flag, the variable, the file or the preset; nil where there is none.
    let origin: String?

    /// What stands for a secret.
    static let redacted = JSONValue.string(Secret("").description)

    /// For programs.
    var json: JSONValue {
        [
            "key": .string(key), "value": value, "source": .string(source.rawValue),
            "origin": origin.map(JSONValue.string) ?? nil,
        ]
    }

    /// For people.
    var row: [String] {
        let text = value.string ?? String(decoding: value.serialized(), as: UTF8.self)
        return [key, text, source.rawValue, origin ?? ""]
    }
}

extension Duration {
    /// As the configuration writes it, such as `10s`.
    var configurationText: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + milliseconds)ms"
    }
}
