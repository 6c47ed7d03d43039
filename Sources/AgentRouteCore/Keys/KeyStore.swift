/// The keys of providers: the environment's, above the desktop keyring's, above those in files.
///
/// A file, `keys/<provider>` in the state folder, has mode 0600 or is refused. A key is never printed
/// and in no list of arguments. Calls may come from any thread or task.
///
/// ```swift
/// let keyring = SecretTool(environment: environment, loop: loop)
/// let store = KeyStore(directories: directories, environment: environment, keyring: keyring)
/// try await store.set(try Secret(keyText: bytes), for: "openrouter")
/// let answer = await store.answer(for: .store("openrouter"))
/// ```
package struct KeyStore: Sendable {
    private let folder: String
    private let environment: [String: String]
    private let keyring: (any Keyring)?

    /// The store of the user whose folders and environment these are; `keyring` is nil where there is
    /// none.
    package init(
        directories: Directories, environment: [String: String], keyring: (any Keyring)?
    ) {
        folder = directories.keysFolder
        self.environment = environment
        self.keyring = keyring
    }

    /// Whether there is a keyring to ask, be it locked or not.
    package var hasKeyring: Bool { keyring != nil }

    /// Where a key may be kept.
    package enum Place: Sendable, Equatable {
        /// The keyring, and a file where there is none or it refuses.
        case automatic
        /// The keyring alone.
        case keyring
        /// A file, even if there is a keyring.
        case file
    }

    /// Where a key went.
    package struct Placement: Sendable, Equatable {
        /// The keyring or a file.
        package let source: KeySource
        /// Why it is not the keyring although there is one; nil otherwise.
        package let keyringFault: KeyError?
    }

    /// Keeps `key` for `provider` in one place and removes it from the other, so that an older one
    /// does not win.
    ///
    /// - Throws: `invalidKey`, `invalidProvider`, `keyring` when it must be that one and cannot, and
    ///   `file`.
    @discardableResult
    package func set(
        _ key: Secret, for provider: String, in place: Place = .automatic
    ) async throws(KeyError) -> Placement {
        let file = try file(provider)
        let key = try Secret(keyText: Array(key.value.utf8))
        var fault: KeyError?
        if place != .file {
            fault = await keyringFault(keeping: key, for: provider)
            if fault == nil, keyring != nil {
                _ = try file.remove()
                return Placement(source: .keyring, keyringFault: nil)
            }
            if place == .keyring {
                throw fault ?? .keyring(reason: "there is no secret-tool, or no session bus")
            }
        }
        try file.write(key)
        // A keyring that refuses now may answer later: nothing more can be done about its copy.
        if fault == nil { _ = try await keyring?.remove(provider) }
        return Placement(source: .file, keyringFault: fault)
    }

    /// Why the keyring, where there is one, did not take `key`; nil if it did.
    private func keyringFault(keeping key: Secret, for provider: String) async -> KeyError? {
        do throws(KeyError) {
            try await keyring?.write(key, for: provider)
            return nil
        } catch {
            return error
        }
    }

    /// Removes the key of `provider` from the keyring and from its file.
    ///
    /// - Returns: Where there was one. A variable of the environment is nothing a program can remove.
    /// - Throws: `keyring` when it could not be asked; the file is gone all the same.
    package func clear(_ provider: String) async throws(KeyError) -> [KeySource] {
        let file = try file(provider)
        var sources: [KeySource] = []
        if try file.remove() { sources.append(.file) }
        if let keyring, try await keyring.remove(provider) { sources.insert(.keyring, at: 0) }
        return sources
    }

    /// The key of a provider, looked for as `plan` says. In the store, one place that cannot be read
    /// does not keep the next from being asked; where there is no key in the end, the reason tells of
    /// it.
    ///
    /// - Parameter configured: What the configuration has, for a key that is not the store's.
    package func answer(
        for plan: KeyPlan, configured: KeyState = .notNeeded
    ) async -> KeyAnswer {
        switch plan.place {
        case .notNeeded: return KeyAnswer(state: .notNeeded, source: .none)
        case .configured(let source):
            if case .present = configured { return KeyAnswer(state: configured, source: source) }
            return KeyAnswer(state: configured, source: .none)
        case .store(let variables): return await answer(plan.provider, variables)
        }
    }

    private func answer(_ provider: String, _ variables: [String]) async -> KeyAnswer {
        if let answer = environmentAnswer(variables) { return answer }
        var faults: [KeyError] = []
        do throws(KeyError) {
            if let key = try await keyring?.read(provider) {
                return KeyAnswer(state: .present(key, source: "keyring"), source: .keyring)
            }
        } catch {
            faults.append(error)
        }
        do throws(KeyError) {
            let file = try file(provider)
            if let key = try file.read() {
                return KeyAnswer(state: .present(key, source: "file \(file.path)"), source: .file)
            }
        } catch {
            faults.append(error)
        }
        return KeyAnswer(
            state: .missing(reason: Self.reason(provider, variables, faults)), source: .none)
    }

    private static func reason(
        _ provider: String, _ variables: [String], _ faults: [KeyError]
    ) -> String {
        let names = variables.joined(separator: " or ")
        let remedy = "set \(names), or run: agentroute key set --provider \(provider)"
        return (["there is no key; \(remedy)"] + faults.map(\.description))
            .joined(separator: "; ")
    }

    /// The answers for all of `plans` that are the store's, by provider, asked for side by side.
    package func answers(for plans: [KeyPlan]) async -> [String: KeyAnswer] {
        await withTaskGroup(of: (String, KeyAnswer).self) { group in
            for plan in plans {
                guard case .store = plan.place else { continue }
                group.addTask { (plan.provider, await answer(for: plan)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func environmentAnswer(_ variables: [String]) -> KeyAnswer? {
        for name in variables {
            guard let value = environment[name], !value.isEmpty else { continue }
            do throws(KeyError) {
                let key = try Secret(keyText: Array(value.utf8))
                return KeyAnswer(
                    state: .present(key, source: "environment variable \(name)"),
                    source: .environment)
            } catch {
                return KeyAnswer(
                    state: .missing(reason: "\(name): \(error.description)"), source: .environment)
            }
        }
        return nil
    }

    private func file(_ provider: String) throws(KeyError) -> KeyFile {
        if let fault = ConfigurationName.fault(in: provider) {
            throw .invalidProvider(provider, reason: fault)
        }
        return KeyFile(path: "\(folder)/\(provider)")
    }
}
