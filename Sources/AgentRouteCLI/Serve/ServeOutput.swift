internal import AgentRouteCore

/// What `serve` says besides the gateway's own log, for people or for programs.
struct ServeOutput: Sendable {
    /// Where it says it.
    let console: Console
    /// Whether programs are listening on standard output.
    let isJSON: Bool

    /// The gateway listens.
    func announce(_ announcement: Announcement, pid: Int32) {
        if isJSON {
            console.say(announcement.json(pid: pid))
        } else {
            for line in announcement.lines { console.say(line) }
        }
    }

    /// The gateway accepts nothing more and waits for its streams.
    func announceDrain() {
        console.note("agentroute: finishing open streams; another signal ends them at once")
    }

    /// The gateway has ended, with this code.
    func announceEnd(_ code: ExitCode) {
        if isJSON {
            console.say(["event": "stopped", "exit_code": .number(.init(code.rawValue))])
        } else {
            console.note("agentroute: stopped")
        }
    }

    /// The gateway could not be started, or the plan for it could not be made.
    func fail(_ failure: Failure) -> ExitCode {
        failure.report(on: console, isJSON: isJSON)
    }

    /// Something the user should know that stops nothing.
    func warn(_ text: String) {
        console.note("agentroute: warning: \(text)")
    }
}
