internal import AgentRouteCore
internal import Glibc

extension Command {
    /// `agentroute models`.
    static let models = Command(
        name: "models", summary: "list the models that providers offer",
        options: [
            Option("filter", .word("TEXT"), "only those with every word of TEXT in id or name"),
            Option("provider", .word("NAME"), "only those of this provider"),
            Option("refresh", .none, "ask the providers, whatever was kept"),
        ],
        job: ModelReport.list)
}

/// The command that lists models.
enum ModelReport {
    /// How old a kept list may be before its provider is asked again.
    private static let maximumAge = Duration.seconds(86_400)

    /// Lists the models of the providers that can be asked.
    static func list(_ job: Job) async throws(Failure) -> ExitCode {
        let named = job.invocation.value("provider")
        let configuration = try await job.workspace.configuration(
            job.loop, keysOf: named.map { [$0] })
        let providers = try providers(configuration, named: named, job)
        let lists = ModelCatalogue(directories: job.workspace.directories, loop: job.loop)
        let results = await lists.models(
            of: providers, maximumAge: job.invocation.has("refresh") ? .zero : maximumAge)
        var found: [Catalogue] = []
        var errors: [AgentRouteError] = []
        for (_, result) in results {
            switch result {
            case .success(let catalogue): found.append(catalogue)
            case .failure(let error): errors.append(error)
            }
        }
        if found.isEmpty, !errors.isEmpty { throw Failure(errors) }
        if providers.isEmpty { job.output.remark("there is no provider to ask") }
        let models = found.flatMap { catalogue in
            catalogue.filtered(by: job.invocation.value("filter") ?? "").map {
                (provider: catalogue.provider, model: $0)
            }
        }
        job.output.say(
            .array(models.map { $0.model.json(of: $0.provider) }), ModelTable.lines(models))
        tell(of: found, errors, on: job.output)
        return .ok
    }

    /// The providers to ask. Where nobody has written a configuration every preset is a provider, but
    /// only those are asked that have a key, and OpenRouter, whose list wants none.
    private static func providers(
        _ configuration: Configuration, named: String?, _ job: Job
    ) throws(Failure) -> [Provider] {
        let all = configuration.providers
        if let named {
            guard let provider = all.first(where: { $0.id == named }) else {
                throw Failure(noProvider: named, among: all.map(\.id))
            }
            return [provider]
        }
        guard job.workspace.file == nil else { return all }
        return all.filter { $0.hasKey || $0.dialect == .openRouter }
    }

    private static func tell(
        of found: [Catalogue], _ errors: [AgentRouteError], on output: Output
    ) {
        for catalogue in found {
            guard case .stale(let error) = catalogue.origin else { continue }
            let hours = catalogue.age(now: Int64(time(nil))).components.seconds / 3_600
            output.warn(
                "the list of \(catalogue.provider) is \(hours) hours old: \(error.message)")
        }
        for error in errors { output.warn(error.message) }
    }
}

extension CatalogueModel {
    /// The model for programs: what the list has, under the name a profile calls it by.
    fileprivate func json(of provider: String) -> JSONValue {
        let members = (json.object ?? []).filter { $0.key != "id" }
        return .object(
            [
                JSONMember(key: "id", value: .string("\(provider)/\(id)")),
                JSONMember(key: "provider", value: .string(provider)),
            ] + members)
    }
}

extension Failure {
    /// No provider did what was asked of it; `errors` are not empty.
    init(_ errors: [AgentRouteError]) {
        let isKey = errors.contains { $0.isAboutKey }
        self.init(
            isKey ? .key : .general,
            code: (errors.first?.code ?? .providerFailed).name,
            faults: errors.map { Fault(place: nil, message: $0.message) })
    }
}

extension AgentRouteError {
    /// Whether the provider wants a key, or another one.
    var isAboutKey: Bool { code == .providerKeyMissing || code == .providerKeyRefused }
}
