/// Why a key cannot be read, stored or removed. Never holds the key.
package enum KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text is no key; the reason ends the sentence "the key ...".
    case invalidKey(reason: String)
    /// The name cannot be a provider's; the reason ends the sentence "the name ...".
    case invalidProvider(String, reason: String)
    /// Others than the owner may read or write the file at this path.
    case exposed(path: String)
    /// The keyring refused, did not answer, or is not there.
    case keyring(reason: String)
    /// The file system refused.
    case file(FileError)

    /// A sentence for a person: what is wrong and what to do.
    package var description: String {
        switch self {
        case .invalidKey(let reason): "the key \(reason)"
        case .invalidProvider(let name, let reason): "\(name.debugDescription) \(reason)"
        case .exposed(let path): "others may read the key in \(path); run: chmod 600 \(path)"
        case .keyring(let reason): "the keyring cannot be used: \(reason)"
        case .file(let error): error.description
        }
    }
}

extension Secret {
    /// The key in `text`, as read from a file, standard input or another program: one line end behind
    /// it is no part of it. Throws `invalidKey` unless the rest is visible ASCII.
    package init(keyText text: [UInt8]) throws(KeyError) {
        var key = text[...]
        if key.last == 0x0A { key.removeLast() }
        if key.last == 0x0D { key.removeLast() }
        guard !key.isEmpty else { throw .invalidKey(reason: "is empty") }
        self.init(String(decoding: key, as: UTF8.self))
        guard isVisibleASCII else {
            throw .invalidKey(
                reason: "has a space, line end or other character that no key has")
        }
    }
}
