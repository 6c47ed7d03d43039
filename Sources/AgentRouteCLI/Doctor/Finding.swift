internal import AgentRouteCore

/// What one check of `doctor` came to.
struct Finding: Sendable {
    /// What was checked, such as `link claude-code`.
    let name: String
    /// Whether it is as it should be, or could not be told.
    let isOK: Bool
    /// What was found, in one line.
    let detail: String
    /// What the user can do about it, a command if there is one; nil where nothing is to be done.
    let remedy: String?
    /// What `doctor --fix` does about it; nil where that is the user's to decide.
    let repair: Repair?

    /// Something that is as it should be.
    static func fine(_ name: String, _ detail: String) -> Finding {
        Finding(name: name, isOK: true, detail: detail, remedy: nil, repair: nil)
    }

    /// Something that is not.
    static func wrong(
        _ name: String, _ detail: String, remedy: String, repair: Repair? = nil
    ) -> Finding {
        Finding(name: name, isOK: false, detail: detail, remedy: remedy, repair: repair)
    }

    /// Something that `doctor --fix` mends.
    static func mendable(_ name: String, _ detail: String, _ repair: Repair) -> Finding {
        wrong(name, detail, remedy: "agentroute doctor --fix", repair: repair)
    }

    /// `{name,ok,detail,fix}`.
    var json: JSONValue {
        [
            "name": .string(name), "ok": .bool(isOK), "detail": .string(detail),
            "fix": remedy.map(JSONValue.string) ?? nil,
        ]
    }
}

/// Something that can be mended without asking: nothing of the user's is lost by it.
struct Repair: Sendable {
    /// What was done, once it is.
    let summary: String
    /// Does it.
    let run: @Sendable () throws(Failure) -> Void
}
