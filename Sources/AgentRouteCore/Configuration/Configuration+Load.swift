import AgentRouteWire

extension Configuration {
    /// Reads the text of a `config.json` (JSON with comments and trailing commas; the keys are those
    /// of `docs/config.schema.json`).
    ///
    /// - Parameters:
    ///   - text: the document, UTF-8, with or without a byte order mark.
    ///   - directory: the folder that relative paths in it start from; nil for the working directory.
    ///   - environment: where `env:NAME`, a preset's key and `~` (`HOME`) are looked up.
    ///   - readFile: reads a key file or `caFile`, given its absolute path or one relative to the
    ///     working directory. Called synchronously.
    /// - Throws: every fault of the document. An environment variable that is not set is none: the
    ///   provider is there with `KeyState.missing`.
    public static func load(
        text: [UInt8], directory: String? = nil, environment: [String: String],
        readFile: @escaping (String) throws -> [UInt8]
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
        return configuration
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
        let text: [UInt8]
        do throws(FileError) {
            text = try AtomicFile.read(path)
        } catch {
            throw ConfigurationError(faults: [
                ConfigurationFault(path: "", message: error.description)
            ])
        }
        let slash = path.lastIndex(of: "/")
        return try load(
            text: text, directory: slash.map { String(path[...$0]) }, environment: environment,
            readFile: { try AtomicFile.read($0) })
    }
}
