import AgentRouteCore
import Synchronization
import Testing

/// A user's folder and key store, with a keyring in memory or none.
struct KeyFixture {
    let folder: StateFolder
    let keyring: MemoryKeyring?
    let environment: [String: String]
    let directories: Directories
    let store: KeyStore

    init(_ keyring: MemoryKeyring? = nil, environment: [String: String] = [:]) throws {
        folder = try StateFolder()
        self.keyring = keyring
        self.environment = environment
        directories = Directories(configuration: folder.path, state: folder.path)
        store = KeyStore(directories: directories, environment: environment, keyring: keyring)
    }

    /// The text of a file in the folder; nil if there is none.
    func text(_ name: String) -> String? {
        (try? AtomicFile.read("\(folder.path)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A keyring that lives as long as the test, and may refuse.
final class MemoryKeyring: Keyring {
    private let keys = Mutex<[String: Secret]>([:])
    private let fault: KeyError?

    init(fault: KeyError? = nil) {
        self.fault = fault
    }

    /// The key of `provider`, in the clear.
    subscript(provider: String) -> String? {
        keys.withLock { $0[provider]?.withValue { $0 } }
    }

    func read(_ provider: String) async throws(KeyError) -> Secret? {
        if let fault { throw fault }
        return keys.withLock { $0[provider] }
    }

    func write(_ key: Secret, for provider: String) async throws(KeyError) {
        if let fault { throw fault }
        keys.withLock { $0[provider] = key }
    }

    func remove(_ provider: String) async throws(KeyError) -> Bool {
        if let fault { throw fault }
        return keys.withLock { $0.removeValue(forKey: provider) != nil }
    }
}

extension KeyAnswer {
    /// The key, in the clear; nil if there is none.
    var value: String? {
        if case .present(let key, _) = state { key.withValue { $0 } } else { nil }
    }

    /// Why there is no key; empty if there is one.
    var reason: String {
        if case .missing(let reason) = state { reason } else { "" }
    }
}
