internal import AgentRouteCore

extension Command {
    /// `agentroute version`.
    static let version = Command(name: "version", summary: "print the version") {
        invocation, context in
        if invocation.isJSON {
            context.console.say(["version": .string(Version.current)])
        } else {
            context.console.say("agentroute \(Version.current)")
        }
        return .ok
    }
}
