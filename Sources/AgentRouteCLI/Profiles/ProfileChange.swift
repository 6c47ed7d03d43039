internal import AgentRouteCore

/// The commands that change profiles.
enum ProfileChange {
    /// Creates a profile.
    static func create(_ job: Job) async throws(Failure) -> ExitCode {
        let configuration = try job.workspace.configuration()
        let name = job.operand(0)
        let given = try models(job, of: configuration)
        let all = completed(given)
        let store = job.workspace.profiles(configuration)
        let after = try changing { () throws(ProfileError) in
            let after = try store.create(name, models: all)
            return job.invocation.has("activate") ? try store.activate(name) : after
        }
        let mark = after.active == name ? "; it is active" : ""
        job.output.say(["name": .string(name)], ["Created profile \(name)\(mark)."])
        for alias in ModelAlias.allCases where given[alias] == nil {
            guard let model = all[alias] else { continue }
            job.output.remark("\(alias.rawValue) was not given and is \(model) too")
        }
        try await check(given, job)
        return .ok
    }

    /// Gives a profile other models.
    static func set(_ job: Job) async throws(Failure) -> ExitCode {
        let configuration = try job.workspace.configuration()
        let name = job.operand(0)
        let given = try models(job, of: configuration)
        try changing { () throws(ProfileError) in
            try job.workspace.profiles(configuration).set(name, models: given)
        }
        job.output.say(["name": .string(name)], ["Set profile \(name)."])
        try await check(given, job)
        return .ok
    }

    /// Renames a profile.
    static func rename(_ job: Job) async throws(Failure) -> ExitCode {
        let (old, new) = (job.operand(0), job.operand(1))
        let store = try job.profiles()
        try changing { () throws(ProfileError) in try store.rename(old, to: new) }
        job.output.say(["name": .string(new)], ["Renamed profile \(old) to \(new)."])
        return .ok
    }

    /// Deletes a profile.
    static func delete(_ job: Job) async throws(Failure) -> ExitCode {
        let name = job.operand(0)
        let store = try job.profiles()
        let after = try changing { () throws(ProfileError) in
            try store.delete(name, activating: job.invocation.value("activate"))
        }
        let active = after.active.map { "; \($0) is active" } ?? ""
        job.output.say(["name": .string(name)], ["Deleted profile \(name)\(active)."])
        return .ok
    }

    /// Makes a profile the active one.
    static func activate(_ job: Job) async throws(Failure) -> ExitCode {
        let name = job.operand(0)
        let store = try job.profiles()
        try changing { () throws(ProfileError) in try store.activate(name) }
        job.output.say(["activeProfile": .string(name)], ["Profile \(name) is active."])
        return .ok
    }

    /// Runs `change` with its errors as failures.
    @discardableResult
    private static func changing(
        _ change: () throws(ProfileError) -> ProfileSnapshot
    ) throws(Failure) -> ProfileSnapshot {
        do throws(ProfileError) {
            return try change()
        } catch {
            throw Failure(error)
        }
    }
}

// MARK: - Models

extension ProfileChange {
    /// The models on the command line, of providers that `configuration` has.
    private static func models(
        _ job: Job, of configuration: Configuration
    ) throws(Failure) -> [ModelAlias: ModelReference] {
        var models: [ModelAlias: ModelReference] = [:]
        for alias in ModelAlias.allCases {
            guard let text = job.invocation.value(alias.rawValue) else { continue }
            let model: ModelReference
            do throws(InvalidValue) {
                model = try ModelReference(text)
            } catch {
                throw Failure(
                    .usage, code: "model_invalid", "--\(alias.rawValue): \(error.reason)")
            }
            try checkProvider(of: model, among: configuration.providers)
            models[alias] = model
        }
        return models
    }

    /// Throws unless `model` is of one of `providers`. Where it could be one of OpenRouter's, whose own
    /// names have a slash too, the advice is to say so.
    private static func checkProvider(
        of model: ModelReference, among providers: [Provider]
    ) throws(Failure) {
        let ids = providers.map(\.id)
        guard !ids.contains(model.provider) else { return }
        let failure = Failure(noProvider: model.provider, among: ids)
        guard let openRouter = providers.first(where: { $0.dialect == .openRouter }) else {
            throw failure
        }
        let advice = "If it is a model of OpenRouter's, it is \(openRouter.id)/\(model) here."
        throw Failure(
            failure.exitCode, code: failure.code, faults: failure.faults,
            advice: failure.advice + [advice])
    }

    /// A model for every tier: one that was not given is the next stronger that was, else the next
    /// weaker, so that no request of a tool is left without an answer.
    static func completed(
        _ given: [ModelAlias: ModelReference]
    ) -> [ModelAlias: ModelReference] {
        guard !given.isEmpty else { return [:] }
        let substitutes: [ModelAlias: [ModelAlias]] = [
            .heavy: [.balanced, .fast], .balanced: [.heavy, .fast], .fast: [.balanced, .heavy],
        ]
        var all = given
        for alias in ModelAlias.allCases where all[alias] == nil {
            all[alias] = substitutes[alias]?.lazy.compactMap { given[$0] }.first
        }
        return all
    }

    /// Tells what the providers' lists say of `models`.
    private static func check(
        _ models: [ModelAlias: ModelReference], _ job: Job
    ) async throws(Failure) {
        let configuration = try await job.workspace.configuration(
            job.loop, keysOf: Set(models.values.map(\.provider)))
        let check = ModelCheck(directories: job.workspace.directories, loop: job.loop)
        for finding in await check.findings(on: models, of: configuration.providers) {
            job.output.warn(finding)
        }
    }
}
