package import AgentRouteWire

/// A tool as its manifest describes it.
///
///     let claude = ManifestPlatform(manifest, host: host)
///     try claude.link(LinkRequest(gatewayURL: "http://127.0.0.1:4505", token: token))
package struct ManifestPlatform: Platform {
    /// What a platform stands on: the files, the environment and the names of this installation.
    package struct Host: Sendable {
        /// The file system.
        package let files: any FileAccess
        /// The environment variables: `HOME`, `PATH`, and those that move tools' folders.
        package let environment: [String: String]
        /// The folder of the records of links; made when it is first needed.
        package let linksFolder: String
        /// The aliases tools are told to ask for.
        package let aliases: Substitutions.Roles

        /// The host of these.
        package init(
            files: any FileAccess, environment: [String: String], linksFolder: String,
            aliases: Substitutions.Roles
        ) {
            self.files = files
            self.environment = environment
            self.linksFolder = linksFolder
            self.aliases = aliases
        }
    }

    /// The description it is read from.
    package let manifest: Manifest
    private let host: Host

    /// The tool of `manifest` on `host`.
    package init(_ manifest: Manifest, host: Host) {
        self.manifest = manifest
        self.host = host
    }

    /// The manifest's id.
    package var id: String { manifest.id }
    /// The manifest's name for people.
    package var displayName: String { manifest.displayName }
    /// The manifest's wire.
    package var wire: Wire { manifest.wire }
    /// The manifest's roles.
    package var roles: [Role] { manifest.roles }

    /// Whether a link writes a file; else only ``launch(_:)`` leads the tool to the gateway.
    package var hasSettingsFile: Bool { manifest.target.file != nil }

    /// The settings file; nil for a tool that has none, or while `HOME` does not tell where it is.
    package var settingsPath: String? { manifest.target.file?.path.resolved(in: host.environment) }

    /// Looks for the binary in `PATH` and for the configuration where the manifest says.
    package func detect() -> Presence {
        let folders = (host.environment["PATH"] ?? "").split(separator: ":")
        let binary = folders.lazy.map { "\($0)/\(manifest.detection.binary)" }
            .first { $0.hasPrefix("/") && host.files.isExecutable($0) }
        let paths = manifest.detection.configPaths.compactMap { $0.resolved(in: host.environment) }
        return Presence(binary: binary, configPaths: paths.filter(host.files.exists))
    }

    /// Writes the manifest's wiring into the tool's settings file, and its tuning if that is asked.
    package func link(_ request: LinkRequest) throws(LinkError) -> LinkResult {
        guard let target = try target() else {
            let keys = manifest.wiring.map { $0.path.joined(separator: ".") }
            return LinkResult(path: nil, keys: keys, isChanged: false)
        }
        let assignments = assignments(request, target.format)
        let files = manifest.files.compactMap { file in
            file.content.rendered { value(of: $0, request) }.map {
                Linker.File(path: path(of: file.name), bytes: $0.serialized(pretty: true) + [0x0A])
            }
        }
        let isChanged = try linker(target).link(
            target, .init(assignments: assignments, files: files))
        let keys = assignments.map { $0.path.joined(separator: ".") }
        return LinkResult(path: target.path, keys: keys, isChanged: isChanged)
    }

    /// Takes back what the record tells of; without one, what is recognisably ours.
    package func unlink() throws(LinkError) -> UnlinkResult {
        try linker(try target()).unlink()
    }

    /// Compares the settings with what a link for `request` would write.
    package func status(_ request: LinkRequest?) throws(LinkError) -> LinkStatus {
        let target = try target()
        let wanted = target.flatMap { target in
            request.map { assignments($0, target.format) }
        }
        return try linker(target).status(wanted)
    }

    /// The command, the variables to set and those to unset for a run without a link.
    package func launch(_ request: LinkRequest) -> Launch {
        let words = manifest.run.command.compactMap { $0.text { value(of: $0, request) } }
        let variables = manifest.environment.compactMap { setting -> Launch.Variable? in
            guard case .text(let template) = setting.value,
                let value = template.text({ value(of: $0, request) })
            else { return nil }
            return .init(name: setting.path.joined(), value: value)
        }
        return Launch(command: words, environment: variables, unset: manifest.run.unset)
    }
}

/// How a tool is started with its environment set.
package struct Launch: Sendable, Equatable {
    /// An environment variable.
    package struct Variable: Sendable, Equatable {
        /// Its name.
        package let name: String
        /// Its value, which may be the token.
        package let value: String
    }

    /// The program and its first arguments.
    package let command: [String]
    /// The variables to set; of a name given twice the last counts.
    package let environment: [Variable]
    /// The variables to take out of the caller's environment first.
    package let unset: [String]
}

extension ManifestPlatform {
    private func target() throws(LinkError) -> Linker.Target? {
        guard let file = manifest.target.file else { return nil }
        guard let path = file.path.resolved(in: host.environment) else {
            throw LinkError(.noHome, nil, "HOME is not set to an absolute path")
        }
        let marks = LinkMarks(
            wiring: manifest.wiring, tuning: manifest.tuning, aliases: host.aliases)
        return .init(path: path, format: file.format, marks: marks)
    }

    private func linker(_ target: Linker.Target?) -> Linker {
        Linker(
            platform: id, recordPath: "\(host.linksFolder)/\(id).json", files: host.files,
            target: target)
    }

    private func path(of file: String) -> String { "\(host.linksFolder)/\(id).\(file).json" }

    private func assignments(
        _ request: LinkRequest, _ format: SettingsFormat
    ) -> [LinkEdit.Assignment] {
        let settings = manifest.wiring + (request.isTuned ? manifest.tuning : [])
        return settings.compactMap { setting in
            let isVariable = manifest.target.variable(of: setting) != nil
            guard let rendered = setting.value.rendered({ value(of: $0, request) }) else {
                return nil
            }
            // A variable is text, also where JSON would have a number.
            let isText = rendered.string != nil || !isVariable
            let written = isText ? rendered : .string(format.literal(rendered))
            return .init(path: setting.path, value: format.literal(written))
        }
    }

    private func value(of placeholder: Template.Placeholder, _ request: LinkRequest) -> String? {
        switch placeholder {
        case .gatewayURL: request.gatewayURL
        case .authToken: request.token
        case .alias(let role): host.aliases[role]
        case .contextWindow(let role?): request.contextWindows[role].map(String.init)
        case .contextWindow(nil): request.contextWindows.values.min().map(String.init)
        case .file(let name): path(of: name)
        }
    }
}
