internal import AgentRouteCore

/// What `up` says besides the gateway's own log, for people or for programs.
struct UpOutput: Sendable {
    let console: Console
    let isJSON: Bool

    /// The gateway listens, and these tools point at it.
    func announce(_ state: GatewayState, links: [String]) {
        if isJSON {
            console.say([
                "event": "running", "status": "running", "host": .string(state.host),
                "port": .number(.init(state.port)), "pid": .number(.init(state.pid)),
                "profile": .string(state.profile), "engine": .string(state.engine),
                "startedAt": .number(.init(state.startedAt)),
                "links": .array(links.map { .string($0) }),
            ])
            return
        }
        console.say(
            "AgentRoute \(Version.current) runs on \(state.host):\(state.port), profile "
                + "\(state.profile)")
        if links.isEmpty {
            console.say("No tool is linked; link one with: agentroute link TOOL")
        } else {
            console.say("Linked: \(links.joined(separator: ", "))")
        }
        console.say("Ctrl-C gives their settings back and ends the gateway.")
    }

    /// Another profile, or another configuration, holds from now on.
    func announceChange(profile: String) {
        if isJSON {
            console.say(["event": "profile", "profile": .string(profile)])
        } else {
            console.note("agentroute: profile \(profile) from the next request on")
        }
    }

    func announceDrain() {
        console.note("agentroute: finishing open streams; another signal ends them at once")
    }

    func announceEnd(_ code: ExitCode) {
        if isJSON {
            console.say(["event": "stopped", "exit_code": .number(.init(code.rawValue))])
        } else {
            console.note("agentroute: stopped")
        }
    }

    func fail(_ failure: Failure) -> ExitCode {
        failure.report(on: console, isJSON: isJSON)
    }

    func warn(_ text: String) {
        console.note("agentroute: warning: \(text)")
    }
}
