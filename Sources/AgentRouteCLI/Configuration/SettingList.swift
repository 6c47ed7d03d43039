internal import AgentRouteCore

/// Every setting of a gateway as it would start now, in the order of `config.json`.
struct SettingList {
    private let job: Job
    private let document: JSONValue
    private let file: String?

    /// The settings that `job` would start a gateway with.
    init(_ job: Job) throws(Failure) {
        self.job = job
        file = job.workspace.file
        document = file == nil ? .null : try job.workspace.document()
    }

    /// The settings. Throws every fault of the configuration.
    func settings() async throws(Failure) -> [Setting] {
        let choice = try KeyChoice(job.workspace)
        let configuration = choice.configuration
        let snapshot = try job.workspace.profiles(configuration).snapshot()
        let keys = await job.workspace.keyStore(job.loop).answers(choice.plans, of: choice)
        var settings = folders + listen(configuration.listen) + [token]
        for (plan, key) in keys {
            let named = configuration.providers.first { $0.id == plan.provider }
            guard let provider = named else { continue }
            settings +=
                ProviderSettings(
                    provider: provider, key: key, entry: entry(provider.id), file: file
                ).settings
        }
        settings += profiles(snapshot) + [try active(snapshot)]
        settings += limits(configuration.limits) + log(configuration.log)
        return settings
    }

    private func entry(_ provider: String) -> JSONValue? {
        document[RootKey.providers.rawValue]?[provider]
    }

    // MARK: - Folders and the token

    private var folders: [Setting] {
        let directories = job.workspace.directories
        func setting(_ key: String, _ path: String, _ variable: String) -> Setting {
            let names = ["AGENTROUTE_HOME", variable]
            // A relative path in one of the XDG variables does not count.
            let name = names.first { job.workspace.environment[$0]?.hasPrefix("/") == true }
            return Setting(
                key: key, value: .string(path), source: name == nil ? .standard : .environment,
                origin: name)
        }
        return [
            setting("folder", directories.configuration, "XDG_CONFIG_HOME"),
            setting("state", directories.state, "XDG_STATE_HOME"),
        ]
    }

    private var token: Setting {
        let variable = SessionToken.variable
        let isChosen = job.workspace.environment[variable] != nil
        return Setting(
            key: "token", value: isChosen ? Setting.redacted : "random for each run",
            source: isChosen ? .environment : .standard, origin: isChosen ? variable : nil)
    }

    // MARK: - Parts of the document

    private func listen(_ listen: Listen) -> [Setting] {
        let root = RootKey.listen
        let port = flag("port").flatMap { UInt16($0) }
        return [
            setting(root, ListenKey.host, .string(listen.host)),
            setting(root, ListenKey.port, .number(.init(port ?? listen.port)), flag: "port"),
            setting(
                root, ListenKey.allowedHosts, .array(listen.allowedHosts.map(JSONValue.string))),
        ]
    }

    private func limits(_ limits: Limits) -> [Setting] {
        let root = RootKey.limits
        return [
            setting(root, LimitKey.headBytes, .number(.init(limits.headBytes))),
            setting(root, LimitKey.bodyBytes, .number(.init(limits.bodyBytes))),
            setting(root, LimitKey.connections, .number(.init(limits.connections))),
            setting(root, LimitKey.head, .string(limits.head.configurationText)),
            setting(root, LimitKey.body, .string(limits.body.configurationText)),
            setting(root, LimitKey.idle, .string(limits.idle.configurationText)),
        ]
    }

    private func log(_ log: LogSettings) -> [Setting] {
        let level = flag("log-level") ?? log.level.name
        return [
            setting(.log, LogKey.level, .string(level), flag: "log-level"),
            setting(.log, LogKey.format, .string(log.format.name)),
        ]
    }

    private func flag(_ name: String) -> String? { job.invocation.value(name) }

    /// A setting two keys deep, which the flag called `flag` goes before.
    private func setting(
        _ root: RootKey, _ key: some RawRepresentable<String>, _ value: JSONValue,
        flag: String? = nil
    ) -> Setting {
        let path = "\(root.rawValue).\(key.rawValue)"
        if let flag, job.invocation.has(flag) {
            return Setting(key: path, value: value, source: .flag, origin: "--\(flag)")
        }
        let isWritten = document[root.rawValue]?[key.rawValue] != nil
        return Setting(
            key: path, value: value, source: isWritten ? .file : .standard,
            origin: isWritten ? file : nil)
    }

    // MARK: - Profiles

    private func profiles(_ snapshot: ProfileSnapshot) -> [Setting] {
        snapshot.entries.flatMap { entry in
            ModelAlias.allCases.compactMap { alias in
                entry.models[alias].map { model in
                    Setting(
                        key: "profiles.\(entry.name).\(alias.rawValue)",
                        value: .string(model.description), source: .file,
                        origin: entry.file ?? file)
                }
            }
        }
    }

    private func active(_ snapshot: ProfileSnapshot) throws(Failure) -> Setting {
        let key = RootKey.activeProfile.rawValue
        if let name = flag("profile") {
            do throws(ProfileError) {
                _ = try snapshot.resolve(active: name)
            } catch {
                throw Failure(error)
            }
            return Setting(key: key, value: .string(name), source: .flag, origin: "--profile")
        }
        if let problem = snapshot.choiceProblem { job.output.warn(problem) }
        let pointer = job.workspace.directories.activeProfileFile
        let isChosen = FileStamp(pointer) != nil
        let isWritten = document[key] != nil
        return Setting(
            key: key, value: snapshot.active.map(JSONValue.string) ?? nil,
            source: isChosen || isWritten ? .file : .standard,
            origin: isChosen ? pointer : isWritten ? file : nil)
    }
}
