import AgentRouteWire

/// A model as a provider's list tells of it.
package struct CatalogueModel: Sendable, Equatable {
    /// The provider's own name of it, the one after the slash of `provider/model`.
    package let id: String
    /// Its name for people; the id where the list has none.
    package let name: String
    /// The tokens of a request and its answer together; nil if the list does not say.
    package let contextWindow: Int?
    /// The tokens of an answer; nil if the list does not say.
    package let maxOutput: Int?
    /// US dollars for one token of the request; nil if the list does not say.
    package let pricePrompt: Double?
    /// US dollars for one token of the answer; nil if the list does not say.
    package let priceCompletion: Double?

    /// A model of which only these things are known.
    package init(
        id: String, name: String? = nil, contextWindow: Int? = nil, maxOutput: Int? = nil
    ) {
        self.id = id
        self.name = name ?? id
        self.contextWindow = contextWindow
        self.maxOutput = maxOutput
        pricePrompt = nil
        priceCompletion = nil
    }
}

// MARK: - From a provider

extension CatalogueModel {
    /// Reads an entry of a provider's list. Each vendor has keys of its own for the same thing:
    /// openrouter.ai/docs (models), platform.claude.com/docs (models list), ai.google.dev/api
    /// (models), console.groq.com/docs/models, docs.mistral.ai (models).
    ///
    /// - Returns: nil for what has no id, and for a model of Google's that does not generate content.
    init?(listed entry: JSONValue) {
        var name = entry["display_name"] ?? entry["displayName"]
        if let id = entry["id"]?.string, !id.isEmpty {
            self.id = id
            name = name ?? entry["name"]
        } else if let resource = entry["name"]?.string, resource.hasPrefix(Self.geminiPrefix) {
            if let methods = entry["supportedGenerationMethods"]?.array,
                !methods.contains("generateContent")
            {
                return nil
            }
            id = String(resource.dropFirst(Self.geminiPrefix.count))
        } else {
            return nil
        }
        self.name = name?.string.flatMap { $0.isEmpty ? nil : $0 } ?? id
        let top = entry["top_provider"]
        contextWindow = Self.count(
            entry["context_length"], entry["context_window"], entry["max_context_length"],
            entry["max_input_tokens"], entry["inputTokenLimit"])
        maxOutput = Self.count(
            top?["max_completion_tokens"], entry["max_completion_tokens"], entry["max_tokens"],
            entry["outputTokenLimit"])
        pricePrompt = Self.price(entry["pricing"]?["prompt"])
        priceCompletion = Self.price(entry["pricing"]?["completion"])
    }

    private static let geminiPrefix = "models/"

    /// The first of `values` that is a number of tokens.
    private static func count(_ values: JSONValue?...) -> Int? {
        values.lazy.compactMap { $0?.int }.first { $0 > 0 }
    }

    /// A price, as text or number. OpenRouter has -1 for "depends".
    private static func price(_ value: JSONValue?) -> Double? {
        let price = value?.double ?? value?.string.flatMap { Double($0) }
        return price.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }
}

// MARK: - In the cache

extension CatalogueModel {
    /// Reads a model that `json` has written.
    init?(cached entry: JSONValue) {
        guard let id = entry["id"]?.string, let name = entry["name"]?.string else { return nil }
        self.id = id
        self.name = name
        contextWindow = entry["contextWindow"]?.int
        maxOutput = entry["maxOutput"]?.int
        pricePrompt = entry["pricePrompt"]?.double
        priceCompletion = entry["priceCompletion"]?.double
    }

    /// The model as JSON; what is not known is left out.
    package var json: JSONValue {
        func number(_ value: Double?) -> JSONValue? {
            value.flatMap { JSONNumber($0) }.map { .number($0) }
        }
        func number(_ value: Int?) -> JSONValue? {
            value.map { .number(JSONNumber($0)) }
        }
        let members: [(String, JSONValue?)] = [
            ("id", .string(id)), ("name", .string(name)),
            ("contextWindow", number(contextWindow)), ("maxOutput", number(maxOutput)),
            ("pricePrompt", number(pricePrompt)), ("priceCompletion", number(priceCompletion)),
        ]
        return .object(
            members.compactMap { key, value in value.map { JSONMember(key: key, value: $0) } })
    }
}
