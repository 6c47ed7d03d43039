extension AgentRouteError {
    /// An error of the sidecar's, with the end of what it wrote.
    ///
    /// - Parameters:
    ///   - problem: What it did, behind its name: `ended with status 1`.
    ///   - lines: The last lines of its log.
    static func sidecar(
        _ code: Code, _ problem: String, lines: [String] = [], cause: (any Error)? = nil
    ) -> AgentRouteError {
        var message = "the LiteLLM sidecar \(problem)"
        if !lines.isEmpty {
            message += "; its last lines:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
        }
        let retry: Retry = code == .unavailable ? .safe : .useless
        return AgentRouteError(code, origin: .sidecar, retry: retry, message, cause: cause)
    }
}

extension AgentRouteError {
    /// The same, where what failed as a provider was the sidecar.
    var blamedOnSidecar: AgentRouteError {
        guard origin == .upstream else { return self }
        return AgentRouteError(code, origin: .sidecar, retry: retry, message, cause: cause)
    }
}
