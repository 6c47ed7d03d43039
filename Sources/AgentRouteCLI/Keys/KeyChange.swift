internal import AgentRouteCore

/// The commands that change keys.
enum KeyChange {
    /// Keeps a key.
    static func set(_ job: Job) async throws(Failure) -> ExitCode {
        let (plan, variables) = try target(job)
        let key = try KeyInput.read(job)
        let store = job.workspace.keyStore(job.loop)
        let placement: KeyStore.Placement
        do throws(KeyError) {
            placement = try await store.set(key, for: plan.provider)
        } catch {
            throw Failure(error)
        }
        let place = placement.source == .keyring ? "the keyring" : "a file only you can read"
        job.output.say(
            ["provider": .string(plan.provider), "source": .string(placement.source.rawValue)],
            ["Kept the key of \(plan.provider) in \(place)."])
        if let fault = placement.keyringFault { job.output.warn(fault.description) }
        warn(of: variables, job, effect: "goes before the key that was kept")
        return .ok
    }

    /// Forgets a key.
    static func clear(_ job: Job) async throws(Failure) -> ExitCode {
        let (plan, variables) = try target(job)
        let sources: [KeySource]
        do throws(KeyError) {
            sources = try await job.workspace.keyStore(job.loop).clear(plan.provider)
        } catch {
            throw Failure(error)
        }
        job.output.say(
            ["provider": .string(plan.provider), "cleared": .bool(!sources.isEmpty)],
            [
                sources.isEmpty
                    ? "No key of \(plan.provider) was kept."
                    : "Forgot the key of \(plan.provider)."
            ])
        warn(of: variables, job, effect: "is set and is used all the same")
        return .ok
    }

    /// The provider that is meant, and the variables that go before what the store has of it.
    private static func target(
        _ job: Job
    ) throws(Failure) -> (plan: KeyPlan, variables: [String]) {
        let choice = try KeyChoice(job.workspace)
        let plan = try choice.plan(named: job.invocation.value("provider"))
        return (plan, try choice.variables(plan))
    }

    private static func warn(of variables: [String], _ job: Job, effect: String) {
        let environment = job.workspace.environment
        guard let name = variables.first(where: { environment[$0]?.isEmpty == false }) else {
            return
        }
        job.output.warn("the environment variable \(name) \(effect)")
    }
}
