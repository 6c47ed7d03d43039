import AgentRouteWire

extension ReasoningRequest {
    /// The effort to ask for in words: the client's own, or the one nearest its budget; nil where it
    /// left the choice to the model, or asked for nothing. `none` where thinking is off.
    package var effortWord: String? {
        if let effort { return effort }
        switch mode {
        case .unspecified, .adaptive: return nil
        case .off: return "none"
        case .budget(let tokens):
            switch tokens.int ?? .max {
            case ...0: return "none"
            case ...4096: return "low"
            case ...16384: return "medium"
            default: return "high"
            }
        }
    }

    /// The tokens to allow for thoughts: the client's own number, or one for its effort. At least
    /// 1024, Anthropic's minimum, and below `maxOutputTokens` where there is room for that.
    package func budget(maxOutputTokens: Int?) -> Int {
        var tokens: Int
        if case .budget(let number) = mode, let wanted = number.int {
            tokens = wanted
        } else {
            switch effort {
            case "minimal": tokens = 1024
            case "low": tokens = 4096
            case "high": tokens = 24576
            case "xhigh", "max": tokens = 32000
            default: tokens = 10240
            }
        }
        if let maxOutputTokens { tokens = min(tokens, maxOutputTokens - 1) }
        return max(tokens, 1024)
    }
}
