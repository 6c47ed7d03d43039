/// The packages an installation consists of: a requirements file of pip's, each package in one version
/// with the sha256 of the files that may be taken (pip.pypa.io, "Secure installs").
package struct SidecarLock: Sendable, Equatable {
    /// The file's text.
    package let text: [UInt8]
    /// The version of LiteLLM in it.
    package let version: String

    /// Reads a requirements file. Throws when it does not pin LiteLLM.
    package init(_ text: [UInt8]) throws(InvalidValue) {
        let pin = "litellm=="
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(pin) }) else {
            throw InvalidValue("the requirements pin no version of litellm")
        }
        version = String(line.dropFirst(pin.count).prefix { $0 != " " && $0 != "\\" })
        self.text = text
    }

    /// How LiteLLM is asked for: `litellm 1.106.2`.
    var title: String { "litellm \(version)" }
}
