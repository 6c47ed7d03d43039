internal import AgentRouteWire

/// A format of settings files.
enum SettingsFormat: String, Sendable {
    case json, toml, dotenv

    /// The document in `text`.
    func document(_ text: [UInt8]) throws(SettingsFault) -> any SettingsDocument {
        switch self {
        case .json: try JSONSettings(text)
        case .toml: try TOMLSettings(text)
        case .dotenv: try DotenvSettings(text)
        }
    }

    /// What a file that was not there is taken for: an empty one, for JSON with the end of its line.
    var blank: [UInt8] { self == .json ? [.lineFeed] : [] }

    /// `value`, no array and no object, as the format writes it.
    func literal(_ value: JSONValue) -> String {
        switch self {
        case .json: JSONSettings.literal(value)
        case .toml: TOMLSettings.literal(value)
        case .dotenv: DotenvSettings.literal(value.string ?? JSONSettings.literal(value))
        }
    }

    /// The text `literal` stands for; nil if it is no string.
    func string(of literal: String) -> String? {
        switch self {
        case .json: JSONSettings.string(of: literal)
        case .toml: TOMLSettings.string(of: literal)
        case .dotenv: DotenvSettings.string(of: literal)
        }
    }

    /// Whether both literals mean the same, whatever their quotes.
    func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard let text = string(of: one) else { return false }
        return text == string(of: other)
    }
}
