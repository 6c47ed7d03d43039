internal import AgentRouteCore

/// The token that outlives a gateway: tools that were linked while none ran show it to the next one.
/// Kept in `token` in the state folder, mode 0600.
enum StableToken {
    /// The one that is kept; nil if there is none.
    static func kept(_ directories: Directories) -> SessionToken? {
        guard let bytes = try? AtomicFile.read(directories.tokenFile, limit: 1024) else {
            return nil
        }
        return try? SessionToken(String(decoding: bytes, as: UTF8.self))
    }

    /// The token of the gateway to come: that of `AGENTROUTE_TOKEN`, the one that is kept, or a new
    /// one. Without one that is kept, this one is.
    static func make(_ workspace: Workspace) throws(Failure) -> SessionToken {
        let directories = workspace.directories
        let kept = kept(directories)
        if let kept, workspace.environment[SessionToken.variable] == nil { return kept }
        do {
            let token = try SessionToken(environment: workspace.environment)
            if kept == nil {
                try AtomicFile.write(
                    path: directories.tokenFile, bytes: Array(token.secret.value.utf8))
            }
            return token
        } catch {
            throw Failure(.general, code: "token_failed", "\(error)")
        }
    }
}
