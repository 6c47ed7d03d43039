internal import AgentRouteCore

extension Command {
    /// `agentroute key set`.
    static let keySet = Command(
        name: "key set", summary: "keep a provider's key",
        options: [
            Option("value", .word("KEY"), "the key; others see it in the list of processes"),
            Option("stdin", .none, "read the key from standard input"), ofProvider,
        ],
        job: KeyChange.set)

    /// `agentroute key clear`.
    static let keyClear = Command(
        name: "key clear", summary: "forget a provider's key", options: [ofProvider],
        job: KeyChange.clear)

    /// `agentroute key status`.
    static let keyStatus = Command(
        name: "key status", summary: "say which providers have a key, and from where",
        options: [ofProvider], job: KeyReport.status)

    /// `agentroute key check`.
    static let keyCheck = Command(
        name: "key check", summary: "ask the providers whether they accept their keys",
        options: [ofProvider], job: KeyReport.check)

    private static let ofProvider = Option("provider", .word("NAME"), "the provider's name")
}
