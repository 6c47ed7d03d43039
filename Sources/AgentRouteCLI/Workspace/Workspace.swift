internal import AgentRouteCore
internal import Glibc

/// What nearly every command begins with: the user's folders, and what is in them. Blocks on files.
struct Workspace: Sendable {
    /// Where the files are.
    let directories: Directories
    /// The variables of the process.
    let environment: [String: String]
    /// The configuration file the user has named.
    private let named: String?

    /// Finds the folders.
    ///
    /// - Parameter file: A configuration file named by the user, which must be there.
    /// - Throws: When the environment names no folder.
    init(environment: [String: String], file: String? = nil) throws(Failure) {
        self.environment = environment
        named = file
        do throws(InvalidValue) {
            directories = try Directories(environment: environment)
        } catch {
            throw Failure(.general, code: "environment_invalid", error.reason)
        }
    }

    /// The configuration file; nil while there is none and none was named: then every preset is a
    /// provider.
    var file: String? {
        if let named { return named }
        let usual = directories.configurationFile
        return access(usual, F_OK) == 0 || errno != ENOENT ? usual : nil
    }

    /// The keys, as far as `loop` can ask for them.
    func keyStore(_ loop: EventLoop) -> KeyStore {
        KeyStore(
            directories: directories, environment: environment,
            keyring: SecretTool(environment: environment, loop: loop))
    }

    /// What `config.json` alone says, with the keys of the store.
    ///
    /// - Parameter providers: Those whose keys are wanted; nil for all. A keyring is slow to ask.
    func configuration(
        _ loop: EventLoop, keysOf providers: Set<String>? = nil
    ) async throws(Failure) -> Configuration {
        let text = try text()
        let plans = KeyPlan.all(in: Self.document(text)).filter {
            providers?.contains($0.provider) ?? true
        }
        return try configuration(
            text, keys: await keyStore(loop).answers(for: plans).mapValues(\.state))
    }

    /// What `config.json` alone says, without a look at the key store.
    func configuration() throws(Failure) -> Configuration {
        try configuration(text(), keys: [:])
    }

    /// The `config.json`, or what holds without one; null if it is no JSON.
    func document() throws(Failure) -> JSONValue {
        Self.document(try text())
    }

    /// The profiles over what `configuration`, `config.json` alone, says.
    func profiles(_ configuration: Configuration) -> ProfileStore {
        ProfileStore(directories: directories, configuration: configuration)
    }

    /// The configuration a gateway runs with: that of the file, and of the profiles.
    ///
    /// - Parameter profile: The active one for this run; nil for the one the user has activated.
    func resolved(_ loop: EventLoop, profile: String? = nil) async throws(Failure) -> Configuration
    {
        let configuration = try await configuration(loop, keysOf: try neededProviders())
        do throws(ProfileError) {
            return try profiles(configuration).read().resolve(active: profile)
        } catch {
            throw Failure(error)
        }
    }
}

extension Workspace {
    /// The providers whose keys a gateway needs: where every preset is one, those that profiles name.
    private func neededProviders() throws(Failure) -> Set<String>? {
        guard file == nil else { return nil }
        let snapshot = try? profiles(try configuration()).read()
        return snapshot.map { Set($0.entries.flatMap { $0.models.values.map(\.provider) }) }
    }
}

// MARK: - The configuration's file

extension Workspace {
    private func text() throws(Failure) -> [UInt8] {
        guard let file else { return Configuration.presets.serialized() }
        do throws(FileError) {
            return try AtomicFile.read(file)
        } catch {
            throw Failure(.general, code: "configuration_invalid", error.description)
        }
    }

    private static func document(_ text: [UInt8]) -> JSONValue {
        (try? JSONValue.parse(text, comments: true)) ?? .null
    }

    private func configuration(
        _ text: [UInt8], keys: [String: KeyState]
    ) throws(Failure) -> Configuration {
        do throws(ConfigurationError) {
            return try .load(
                text: text, directory: file.flatMap(Self.folder), environment: environment,
                keys: keys, readFile: { try AtomicFile.read($0) })
        } catch {
            throw Failure(error, in: file ?? "the presets")
        }
    }

    /// Where relative paths in the file at `path` start from; nil for the working folder.
    private static func folder(of path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[...$0]) }
    }

    /// What to say when the configuration's file shows a key to other users of the machine, or nil.
    func exposure(of configuration: Configuration) -> String? {
        var status = stat()
        guard let file, stat(file, &status) == 0, status.st_mode & (S_IRGRP | S_IROTH) != 0 else {
            return nil
        }
        let exposed = configuration.providers.filter(\.key.isLiteral).map(\.id)
        guard !exposed.isEmpty else { return nil }
        return """
            \(file): other users can read it and the keys in it (\(exposed.joined(separator: ", "))); \
            run chmod 600, or use env: or file: for the keys
            """
    }
}

extension KeyState {
    /// Whether the key itself stands in the configuration.
    fileprivate var isLiteral: Bool {
        if case .present(_, source: "configuration") = self { true } else { false }
    }
}

extension Failure {
    /// A profile that is not as it should be.
    init(_ error: ProfileError) {
        switch error.kind {
        case .invalidName, .noModels:
            self.init(.usage, code: "profile_invalid", error.description)
        case .notFound: self.init(.general, code: "profile_not_found", error.description)
        case .noneActive: self.init(.general, code: "no_profile", error.description)
        default: self.init(.general, code: "profile_error", error.description)
        }
    }

    /// A provider that was named and is not there.
    init(noProvider name: String, among names: [String]) {
        let hint = Spelling.hint(for: name, among: names)
        self.init(
            .usage, code: "provider_not_found",
            faults: [Fault(place: nil, message: "there is no provider \"\(name)\"\(hint)")],
            advice: ["Providers: \(names.isEmpty ? "none" : names.joined(separator: ", "))"])
    }
}
