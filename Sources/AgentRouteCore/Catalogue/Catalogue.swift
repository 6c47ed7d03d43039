/// The models of one provider, and how old that knowledge is.
package struct Catalogue: Sendable {
    /// Where a catalogue comes from.
    package enum Origin: Sendable {
        /// From the provider, just now.
        case provider
        /// From the cache, which is young enough.
        case cache
        /// From the cache although a newer one was wanted: the provider could not give it.
        case stale(AgentRouteError)
    }

    /// The provider's id.
    package let provider: String
    /// The models, in the provider's order.
    package let models: [CatalogueModel]
    /// When the provider gave the list, in whole seconds since 1970-01-01T00:00:00Z.
    package let fetchedAt: Int64
    /// Where this one comes from.
    package let origin: Origin

    /// How old the list is at `now`, which is counted as `fetchedAt` is; never negative.
    package func age(now: Int64) -> Duration {
        .seconds(max(0, now - fetchedAt))
    }

    /// The model that goes by `id` at the provider, were it under a suffix: of OpenRouter's that
    /// choose how a model is served (openrouter.ai/docs, "Model variants"), or Ollama's `:latest`.
    package func model(_ id: String) -> CatalogueModel? {
        if let model = models.first(where: { $0.id == id || $0.id == "\(id):latest" }) {
            return model
        }
        guard let colon = id.lastIndex(of: ":"), Self.variants.contains(String(id[colon...])) else {
            return nil
        }
        return models.first { $0.id == id[..<colon] }
    }

    private static let variants = [":online", ":nitro", ":floor", ":exacto"]

    /// Whether the provider has a model that goes by `id`.
    package func contains(_ id: String) -> Bool {
        model(id) != nil
    }

    /// ` (did you mean "x"?)` for an id the list has not, or nothing.
    package func hint(for id: String) -> String {
        Spelling.hint(for: id, among: models.map(\.id))
    }

    /// The models whose id or name holds every word of `text`, in any case.
    package func filtered(by text: String) -> [CatalogueModel] {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        return models.filter { model in
            let place = "\(model.id) \(model.name)".lowercased()
            return words.allSatisfy { place.contains($0) }
        }
    }
}
