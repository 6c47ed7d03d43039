internal import AgentRouteCore

/// The commands that tell about profiles.
enum ProfileReport {
    /// Lists every profile, the broken ones with what is wrong.
    static func list(_ job: Job) async throws(Failure) -> ExitCode {
        let snapshot = try job.profiles().snapshot()
        job.output.say(
            .array(snapshot.entries.map { json($0, in: snapshot) }), table(snapshot))
        for entry in snapshot.entries { warn(about: entry, on: job.output) }
        if let problem = snapshot.choiceProblem { job.output.warn(problem) }
        return .ok
    }

    /// Shows one profile, the active one unless another is named.
    static func show(_ job: Job) async throws(Failure) -> ExitCode {
        let snapshot = try job.profiles().snapshot()
        let entry = try entry(job.invocation.operand, in: snapshot)
        job.output.say(json(entry, in: snapshot), lines(entry, in: snapshot))
        warn(about: entry, on: job.output)
        return .ok
    }

    private static func entry(
        _ name: String?, in snapshot: ProfileSnapshot
    ) throws(Failure) -> ProfileEntry {
        if let entry = (name ?? snapshot.active).flatMap(snapshot.entry) { return entry }
        do throws(ProfileError) {
            // Has the words for what is missing.
            _ = try snapshot.resolve(active: name)
        } catch {
            throw Failure(error)
        }
        throw Failure(.general, code: "no_profile", noProfiles)
    }

    private static func warn(about entry: ProfileEntry, on output: Output) {
        for fault in entry.faults { output.warn("profile \"\(entry.name)\": \(fault)") }
    }

    private static func json(_ entry: ProfileEntry, in snapshot: ProfileSnapshot) -> JSONValue {
        let models = ModelAlias.allCases.compactMap { alias in
            entry.models[alias].map {
                JSONMember(key: alias.rawValue, value: .string($0.description))
            }
        }
        return [
            "name": .string(entry.name), "active": .bool(entry.name == snapshot.active),
            "models": .object(models), "strict": .bool(entry.isStrict),
            "file": entry.file.map(JSONValue.string) ?? nil,
            "faults": .array(entry.faults.map { .string($0.description) }),
        ]
    }

    private static let noProfiles =
        "there are no profiles; create one: agentroute profiles create NAME --heavy MODEL"

    private static func table(_ snapshot: ProfileSnapshot) -> [String] {
        guard !snapshot.entries.isEmpty else {
            return [noProfiles]
        }
        let head = ["", "NAME"] + ModelAlias.allCases.map { $0.rawValue.uppercased() }
        return TextTable(
            [head]
                + snapshot.entries.map { entry in
                    [entry.name == snapshot.active ? "*" : "", entry.name]
                        + ModelAlias.allCases.map { entry.models[$0]?.description ?? "-" }
                }
        ).lines()
    }

    private static func lines(
        _ entry: ProfileEntry, in snapshot: ProfileSnapshot
    ) -> [String] {
        let mark = entry.name == snapshot.active ? " (active)" : ""
        let rows = ModelAlias.allCases.map {
            [$0.name, entry.models[$0]?.description ?? "no model"]
        }
        let strict = entry.isStrict ? ["  strict: nothing is sent that loses a part"] : []
        return ["Profile \(entry.name)\(mark), in \(entry.file ?? "config.json"):"]
            + TextTable(rows).lines(indent: "  ") + strict
    }
}

extension ProfileEntry {
    /// The file the profile has to itself; nil for one of `config.json`.
    var file: String? {
        if case .file(let path) = place { path } else { nil }
    }
}

extension ProfileSnapshot {
    /// Why no profile can be used although there are some; nil when one can, and when the active
    /// one's own faults are the reason.
    var choiceProblem: String? {
        if let active, entry(active)?.faults.isEmpty == false { return nil }
        do throws(ProfileError) {
            _ = try resolve()
            return nil
        } catch {
            return error.description
        }
    }
}
