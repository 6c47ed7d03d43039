import AgentRouteWire

extension Configuration {
    /// Reads the text of a `config.json` (JSON with comments and trailing commas; the keys are those
    /// of `docs/config.schema.json`).
    ///
    /// - Parameters:
    ///   - text: the document, UTF-8, with or without a byte order mark.
    ///   - directory: the folder that relative paths in it start from; nil for the working directory.
    ///   - environment: where `env:NAME`, a preset's key and `~` (`HOME`) are looked up.
    ///   - keys: what a key store has, by the provider's id: for `"apiKey": "keyring"`, and for a
    ///     preset whose environment variable is not set.
    ///   - readFile: reads a key file or `caFile`, given its absolute path or one relative to the
    ///     working directory. Called synchronously.
    /// - Throws: every fault of the document. An environment variable that is not set is none: the
    ///   provider is there with `KeyState.missing`.
    public static func load(
        text: [UInt8], directory: String? = nil, environment: [String: String],
        keys: [String: KeyState] = [:], readFile: @escaping (String) throws -> [UInt8]
    ) throws(ConfigurationError) -> Configuration {
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONValue.parse(text, comments: true)
        } catch {
            throw ConfigurationError(faults: [
                ConfigurationFault(
                    path: "",
                    message: "line \(error.line), column \(error.column): \(error.reason)")
            ])
        }
        let context = LoadContext(
            environment: environment, directory: directory, readFile: readFile)
        let decoder = ConfigurationDecoder(context: context)
        let configuration = decoder.decode(document)
        guard decoder.faults.faults.isEmpty else {
            throw ConfigurationError(faults: decoder.faults.faults)
        }
        return configuration.filling(keys, from: document)
    }

    /// Reads the `config.json` at `path`; relative paths in it start from its folder. A file that
    /// cannot be read is a fault without a path.
    ///
    /// ```swift
    /// let configuration = try Configuration.load(
    ///     path: directories.configurationFile, environment: ProcessInfo.processInfo.environment)
    /// ```
    public static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        try load(
            text: contents(of: path), directory: folder(of: path), environment: environment,
            readFile: { try AtomicFile.read($0) })
    }

    /// The text of the `config.json` at `path`.
    static func contents(of path: String) throws(ConfigurationError) -> [UInt8] {
        do throws(FileError) {
            return try AtomicFile.read(path)
        } catch {
            throw ConfigurationError(faults: [
                ConfigurationFault(path: "", message: error.description)
            ])
        }
    }

    /// The folder that relative paths in the file at `path` start from; nil for the working folder.
    static func folder(of path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[...$0]) }
    }
}
