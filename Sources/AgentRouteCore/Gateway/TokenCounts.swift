import AgentRouteTranslation

/// How each model counts tokens, learnt from what its provider reports. Loop thread only.
struct TokenCounts {
    private struct Model: Hashable {
        let provider: String
        let model: String
    }

    private var calibrations: [Model: TokenCalibration] = [:]
    /// More models than anyone uses; a client could name any number of them.
    private static let limit = 1024

    /// About how many tokens a prompt of `features` has for a model. Never 0.
    func count(_ features: TokenFeatures, provider: String, model: String) -> Int {
        let known = calibrations[Model(provider: provider, model: model)]
        return (known ?? TokenCalibration()).count(features)
    }

    /// Learns from a prompt whose `tokens` the provider has counted, cached ones included.
    mutating func learn(_ features: TokenFeatures, tokens: Int, provider: String, model: String) {
        let key = Model(provider: provider, model: model)
        guard calibrations.count < Self.limit || calibrations[key] != nil else { return }
        calibrations[key, default: TokenCalibration()].learn(features, promptTokens: tokens)
    }
}
