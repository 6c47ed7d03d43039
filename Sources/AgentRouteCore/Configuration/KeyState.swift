/// Whether a provider has its key. A missing one is no fault of the configuration: the other
/// providers work, and a request to this one fails with the reason.
public enum KeyState: Sendable, Equatable {
    /// The key, and where it came from (`environment variable LAB_KEY`), for people to read.
    case present(Secret, source: String)
    /// There should be a key and is none; `reason` is a sentence that names what to set.
    case missing(reason: String)
    /// The provider takes none.
    case notNeeded
}

/// What a configuration is read with: the environment and the file system, both handed in.
struct LoadContext {
    let environment: [String: String]
    /// The folder that relative paths start from; nil for the process's own.
    let directory: String?
    let readFile: (String) throws -> [UInt8]

    /// `path` with `~/` expanded and a relative one put behind the configuration's folder.
    func resolved(_ path: String) throws(InvalidValue) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw InvalidValue("expected the path of a file")
        }
        if path.hasPrefix("/") { return path }
        if path.hasPrefix("~/") {
            guard let home = environment["HOME"], home.hasPrefix("/") else {
                throw InvalidValue("begins with ~ but HOME is not set")
            }
            return home + path.dropFirst()
        }
        guard let directory, !directory.isEmpty else { return path }
        return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    }

    /// The bytes of the file at `path`, which is already resolved.
    func contents(of path: String) throws(InvalidValue) -> [UInt8] {
        do {
            return try readFile(path)
        } catch {
            throw InvalidValue("the file \(path) could not be read: \(error)")
        }
    }
}

extension KeyState {
    /// The `apiKey` that leaves the key to the key store: the environment, the keyring, a file.
    static let storeName = "keyring"

    /// Reads an `apiKey` value: `env:NAME`, `file:PATH`, `keyring` or the key itself. Throws when no
    /// request could ever be sent with it; the reason never repeats the value. A key of the store is
    /// missing here: what the store has takes its place (`Configuration.filling`).
    init(_ text: String, in context: LoadContext) throws(InvalidValue) {
        if text == Self.storeName {
            self = .missing(reason: "its key is in the key store, which was not asked")
        } else if text.hasPrefix("\(Self.storeName):") {
            throw InvalidValue(
                "must be \(Self.storeName) alone: the store goes by the provider's id")
        } else if text.hasPrefix("env:") {
            let name = try EnvironmentVariable.name(in: text)
            self = try KeyState(variables: [name], in: context)
        } else if text.hasPrefix("file:") {
            let path = try context.resolved(String(text.dropFirst("file:".count)))
            var bytes = try context.contents(of: path)[...]
            while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
            self = try .checked(String(decoding: bytes, as: UTF8.self), from: "file \(path)")
        } else {
            self = try .checked(text, from: "configuration")
        }
    }

    /// The key in the first of `variables` that is set and not empty; none wanted when there are no
    /// variables.
    init(variables: [String], in context: LoadContext) throws(InvalidValue) {
        for name in variables {
            if let value = context.environment[name], !value.isEmpty {
                self = try .checked(value, from: "environment variable \(name)")
                return
            }
        }
        if variables.isEmpty {
            self = .notNeeded
        } else if variables.count == 1 {
            self = .missing(reason: "the environment variable \(variables[0]) is not set")
        } else {
            let names = variables.joined(separator: ", ")
            self = .missing(reason: "none of the environment variables \(names) is set")
        }
    }

    /// A key that may stand in a header, or the reason why this one may not.
    private static func checked(
        _ value: String, from source: String
    ) throws(InvalidValue) -> KeyState {
        let key = Secret(value)
        if value.isEmpty { throw InvalidValue("the key (\(source)) is empty") }
        guard key.isVisibleASCII else {
            throw InvalidValue(
                "the key (\(source)) has a space, line end or other character that no key has")
        }
        return .present(key, source: source)
    }
}

/// The `env:NAME` form of a value.
enum EnvironmentVariable {
    /// The name in `env:NAME`. What does not look like a name is not repeated: it may be a key.
    static func name(in text: String) throws(InvalidValue) -> String {
        let name = text.dropFirst("env:".count)
        let wellFormed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard wellFormed, let first = name.utf8.first, !(0x30...0x39).contains(first) else {
            throw InvalidValue(
                "expected the name of an environment variable after env: "
                    + "(letters, digits and underscores)")
        }
        return String(name)
    }
}
