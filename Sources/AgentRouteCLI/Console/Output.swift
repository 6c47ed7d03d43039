internal import AgentRouteCore

/// What a command says, for people or for programs.
struct Output: Sendable {
    /// Where it says it.
    let console: Console
    /// Whether programs are listening on standard output.
    let isJSON: Bool

    /// A result: one line of JSON for programs, lines of text for people.
    func say(_ json: @autoclosure () -> JSONValue, _ lines: @autoclosure () -> [String]) {
        if isJSON {
            console.say(json())
        } else {
            for line in lines() { console.say(line) }
        }
    }

    /// Something worth knowing beside the result.
    func remark(_ text: String) {
        console.note("agentroute: \(text)")
    }

    /// Something the user should do something about, though it stops nothing.
    func warn(_ text: String) {
        console.note("agentroute: warning: \(text)")
    }
}
