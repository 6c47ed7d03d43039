/// A path in a manifest: absolute, below the home folder (`~/.gemini/.env`), or below a folder that an
/// environment variable may move (`${CODEX_HOME:-~/.codex}/config.toml`).
package struct ManifestPath: Sendable, Equatable {
    private let variable: String?
    private let base: String
    private let rest: String

    /// Reads `text`; nil if it is none of the three.
    package init?(_ text: String) {
        guard text.hasPrefix("${") else {
            guard text.hasPrefix("/") || text.hasPrefix("~/") else { return nil }
            variable = nil
            base = text
            rest = ""
            return
        }
        guard let separator = text.firstRange(of: ":-"), let end = text.firstRange(of: "}"),
            separator.upperBound < end.lowerBound
        else { return nil }
        let name = String(text.dropFirst(2)[..<separator.lowerBound])
        base = String(text[separator.upperBound..<end.lowerBound])
        rest = String(text[end.upperBound...])
        variable = name
        guard Manifest.isVariableName(name), base.hasPrefix("/") || base.hasPrefix("~/"),
            rest.isEmpty || rest.hasPrefix("/")
        else { return nil }
    }

    /// The path under `environment`; nil if it needs `HOME` and that is not set. Of a relative value
    /// of the variable nothing is made.
    package func resolved(in environment: [String: String]) -> String? {
        if let variable, let folder = environment[variable], folder.hasPrefix("/") {
            return folder + rest
        }
        guard base.hasPrefix("~") else { return base + rest }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + base.dropFirst() + rest
    }
}
