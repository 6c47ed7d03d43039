/// The text of a settings file, edited by span: what an edit does not name stays byte for byte.
///
/// Values are handled as they are written in the file (`"a"`, quotes included), so that putting one
/// back restores its spelling. Adding what was absent and removing it again restores the text; what
/// an edit had to create on the way is told as ``Container`` and undone by ``restore(_:)``.
protocol SettingsDocument {
    /// The document in `text`. Throws where `text` is not of the format, or is not UTF-8.
    init(_ text: [UInt8]) throws(SettingsFault)

    /// The text a literal of the format stands for, or nil if it is no string.
    static func string(of literal: String) -> String?

    /// The whole text as it stands.
    var text: [UInt8] { get }

    /// The value at `path` as written, or nil if it is not there. Where a key is given twice, the one
    /// that the tool reads. Throws `.blocked` if a key on the way holds no keys.
    func value(at path: [String]) throws(SettingsFault) -> String?

    /// Puts `value`, written in the format, at `path`, and creates what is missing on the way.
    /// Returns what it created, or found empty in a spelling of its own, outermost first.
    mutating func set(
        _ path: [String], to value: String
    ) throws(SettingsFault) -> [Container]

    /// Removes the key at `path` with its value; nothing happens if it is not there.
    mutating func remove(_ path: [String]) throws(SettingsFault)

    /// Puts the container back as it was before ``set(_:to:)`` returned it, unless it holds keys now.
    mutating func restore(_ container: Container) throws(SettingsFault)
}

/// What holds keys in a settings file, an object or a table, as it was before we wrote into it.
struct Container: Sendable, Equatable {
    /// Where it is; empty for the root.
    let path: [String]
    /// The text between its brackets, which held no key; nil if the container was absent.
    let interior: String?
}
