import AgentRouteWire

/// The model lists of earlier days, `catalogue/<provider>.json` in the state folder.
struct CatalogueCache: Sendable {
    let folder: String

    /// A list, as it was when the provider gave it.
    struct Entry: Sendable, Equatable {
        /// The address it came from: a list of another address is of no use.
        let source: String
        let fetchedAt: Int64
        let models: [CatalogueModel]
    }

    /// The list of `provider` from `source`; nil if there is none that can be read.
    func read(_ provider: String, source: String) -> Entry? {
        guard let path = path(of: provider),
            let text = try? AtomicFile.read(path),
            let document = try? JSONValue.parse(text),
            document["source"]?.string == source,
            let fetchedAt = document["fetchedAt"]?.int,
            let models = document["models"]?.array
        else { return nil }
        return Entry(
            source: source, fetchedAt: Int64(fetchedAt),
            models: models.compactMap { CatalogueModel(cached: $0) })
    }

    /// Keeps a list in place of the one before.
    func write(_ entry: Entry, for provider: String) throws(FileError) {
        guard let path = path(of: provider) else { return }
        let document: JSONValue = [
            "source": .string(entry.source),
            "fetchedAt": .number(JSONNumber(entry.fetchedAt)),
            "models": .array(entry.models.map(\.json)),
        ]
        try AtomicFile.write(path: path, bytes: document.serialized() + [0x0A])
    }

    private func path(of provider: String) -> String? {
        ConfigurationName.fault(in: provider) == nil ? "\(folder)/\(provider).json" : nil
    }
}
