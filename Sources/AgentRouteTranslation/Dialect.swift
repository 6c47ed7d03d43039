import AgentRouteWire

/// The habits of a provider's wire beyond what the wire itself says.
package enum Dialect: Hashable, Sendable {
    /// The vendor's own.
    case plain
    /// OpenRouter's chat: `reasoning`, `reasoning_details`, `cache_control`, usage with cost.
    case openRouter
}

/// What an upstream can take: the one table that tells providers and models apart, so that codecs and
/// ``Lowering`` need no names of providers or models.
///
/// Sources: the vendors' API references; `clients/NOTES.md` where they were seen to refuse.
package struct Capabilities: Hashable, Sendable {
    /// How custom (freeform) tools, namespaces and deferred tools go: as they are, or as functions.
    package var takesCustomTools = false
    /// Tools in namespaces.
    package var takesNamespaces = false
    /// `defer_loading` and tool references.
    package var takesDeferredTools = false
    /// `cache_control` on blocks and tools.
    package var takesCacheControl = false
    /// The most `cache_control` marks of one request.
    package let maximumCacheMarks = 4
    /// Messages of role `system` among the turns.
    package var takesSystemTurns = false
    /// Whether the model goes on with its own words where they come last; nil where only the codec,
    /// which knows the model, can tell.
    package var continuesAnswers: Bool? = true
    /// Claude Code's billing line at the head of the system prompt.
    package var takesBillingLine = false
    /// The family whose server tools and opaque blocks it knows.
    package var family: WireFamily
    /// The longest name of a tool.
    package var toolNameLimit = 64
    /// Whether tool names may hold `.` and `:` besides letters, digits, `_` and `-`.
    package var takesDotsInToolNames = false
    /// Whether tool names must begin with a letter or `_`.
    package var toolNamesBeginWithLetters = false
    /// Purposes of server tools it can be asked for in its own words.
    package var serverTools: Set<ServerTool.Purpose> = []

    /// What `upstream` can take.
    package init(_ upstream: Upstream) {
        family = WireFamily(upstream.wire)
        switch upstream.wire {
        case .anthropicMessages:
            takesDeferredTools = true
            takesCacheControl = true
            takesSystemTurns = false
            takesBillingLine = true
            continuesAnswers = nil
            toolNameLimit = 128
            serverTools = [.webSearch, .webFetch, .codeExecution]
        case .openAIResponses:
            takesCustomTools = true
            takesNamespaces = true
            takesSystemTurns = true
            continuesAnswers = false
            serverTools = [.webSearch, .codeExecution, .imageGeneration]
        case .gemini:
            takesDotsInToolNames = true
            toolNamesBeginWithLetters = true
            serverTools = [.webSearch, .webFetch, .codeExecution]
        default:
            takesSystemTurns = true
            continuesAnswers = upstream.dialect == .openRouter
            takesCacheControl = upstream.dialect == .openRouter
            serverTools = upstream.dialect == .openRouter ? [.webSearch] : []
        }
    }
}
