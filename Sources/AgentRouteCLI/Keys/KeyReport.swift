internal import AgentRouteCore

/// The commands that tell about keys. None of them shows one.
enum KeyReport {
    /// Says of each provider whether it has its key, and where from.
    static func status(_ job: Job) async throws(Failure) -> ExitCode {
        let choice = try KeyChoice(job.workspace)
        let named = job.invocation.value("provider")
        let plans = named == nil ? choice.plans : [try choice.plan(named: named)]
        let answers = await job.workspace.keyStore(job.loop).answers(plans, of: choice)
        if job.output.isJSON {
            for (plan, answer) in answers {
                job.output.console.say([
                    "provider": .string(plan.provider), "configured": .bool(answer.isConfigured),
                    "source": .string(answer.source.rawValue),
                ])
            }
        } else {
            let rows = answers.map {
                [$0.plan.provider, $0.answer.source.rawValue, $0.answer.detail]
            }
            for line in TextTable(rows).lines() { job.output.console.say(line) }
        }
        return .ok
    }

    /// Asks the providers whether they accept their keys.
    static func check(_ job: Job) async throws(Failure) -> ExitCode {
        let providers = try await providers(job)
        let check = KeyCheck(directories: job.workspace.directories, loop: job.loop)
        let results = await check.results(for: providers)
        for (provider, error) in results {
            let detail = error?.message ?? "the provider accepts it"
            job.output.say(
                [
                    "provider": .string(provider), "ok": .bool(error == nil),
                    "code": (error?.code.name).map(JSONValue.string) ?? nil,
                    "detail": .string(detail),
                ], ["\(error == nil ? "ok  " : "FAIL")  \(provider): \(detail)"])
        }
        if results.isEmpty { job.output.remark("no provider takes a key") }
        let errors = results.compactMap(\.1)
        if errors.contains(where: \.isAboutKey) { return .key }
        return errors.isEmpty ? .ok : .general
    }

    /// The providers to ask: the one that is named, or all that take a key. Where nobody has written a
    /// configuration every preset is a provider, and only those with a key are asked.
    private static func providers(_ job: Job) async throws(Failure) -> [Provider] {
        let choice = try KeyChoice(job.workspace)
        let named = job.invocation.value("provider")
        let plans = named == nil ? choice.takers : [try choice.plan(named: named)]
        let ids = Set(plans.map(\.provider))
        let all = try await job.workspace.configuration(job.loop, keysOf: ids).providers
            .filter { ids.contains($0.id) }
        if named != nil || job.workspace.file != nil { return all }
        let withKey = all.filter(\.hasKey)
        guard withKey.isEmpty else { return withKey }
        let usual = try choice.plan(named: nil).provider
        return all.filter { $0.id == usual }
    }
}

extension KeyAnswer {
    /// Where the key is, or why there is none, for people.
    fileprivate var detail: String {
        switch state {
        case .present(_, let source): source
        case .missing(let reason): reason
        case .notNeeded: "needs none"
        }
    }
}
