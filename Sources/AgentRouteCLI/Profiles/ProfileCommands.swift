internal import AgentRouteCore

extension Command {
    /// `agentroute profiles list`.
    static let profilesList = Command(
        name: "profiles list", summary: "list the profiles", job: ProfileReport.list)

    /// `agentroute profiles show`.
    static let profilesShow = Command(
        name: "profiles show", summary: "show what the aliases mean in a profile",
        operands: [Operand("NAME", "the profile; the active one if left out", .optional)],
        job: ProfileReport.show)

    /// `agentroute profiles create`.
    static let profilesCreate = Command(
        name: "profiles create", summary: "make a profile of one to three models",
        operands: [Operand("NAME", "its name: letters, digits, \".\", \"_\" and \"-\"")],
        options: tiers + [Option("activate", .none, "make it the active one")],
        job: ProfileChange.create)

    /// `agentroute profiles set`.
    static let profilesSet = Command(
        name: "profiles set", summary: "give a profile other models",
        operands: [Operand("NAME", "the profile")], options: tiers, job: ProfileChange.set)

    /// `agentroute profiles rename`.
    static let profilesRename = Command(
        name: "profiles rename", summary: "give a profile another name",
        operands: [Operand("OLD", "the profile"), Operand("NEW", "its new name")],
        job: ProfileChange.rename)

    /// `agentroute profiles delete`.
    static let profilesDelete = Command(
        name: "profiles delete", summary: "delete a profile",
        operands: [Operand("NAME", "the profile")],
        options: [Option("activate", .word("OTHER"), "make OTHER the active one first")],
        job: ProfileChange.delete)

    /// `agentroute profiles activate`.
    static let profilesActivate = Command(
        name: "profiles activate", summary: "switch to a profile, also for a running gateway",
        operands: [Operand("NAME", "the profile")], job: ProfileChange.activate)

    private static let tiers = [
        Option("heavy", .word("MODEL"), "the strongest model, as provider/model"),
        Option("balanced", .word("MODEL"), "the model for most work"),
        Option("fast", .word("MODEL"), "the quick and cheap model"),
    ]
}

extension Job {
    /// The profiles, over the configuration without its keys.
    func profiles() throws(Failure) -> ProfileStore {
        workspace.profiles(try workspace.configuration())
    }

    /// The operand at `index`; the parser has seen to it that there is one.
    func operand(_ index: Int) -> String {
        invocation.operands.indices.contains(index) ? invocation.operands[index] : ""
    }
}

extension ProfileStore {
    /// The profiles as they stand.
    func snapshot() throws(Failure) -> ProfileSnapshot {
        do throws(ProfileError) {
            return try read()
        } catch {
            throw Failure(error)
        }
    }
}
