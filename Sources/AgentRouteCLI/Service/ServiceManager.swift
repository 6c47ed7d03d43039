internal import AgentRouteCore
internal import Glibc

/// What starts services for a user: where it looks for their files, and how it is told.
struct ServiceManager: Sendable {
    /// `systemd` or `launchd`.
    let name: String
    /// The folder of its files.
    let folder: String
    /// The names of the gateway's files in it.
    let fileNames: [String]
    /// The files of a gateway.
    let files: @Sendable (ServiceUnit) -> [ServiceFile]
    /// What makes it take up the gateway, now and at every log-in.
    let enabling: [[String]]
    /// What makes it drop the gateway.
    let disabling: [[String]]
    /// What it is told once the files are gone.
    let forgetting: [[String]]
    /// Ends with status 0 if the gateway's address is being served.
    let asking: [String]

    /// The paths of the gateway's files.
    var paths: [String] { fileNames.map { "\(folder)/\($0)" } }

    /// Whether the gateway's files are there.
    var isInstalled: Bool { paths.allSatisfy { access($0, F_OK) == 0 } }

    /// The manager of this system. Throws when `HOME` is needed and not set.
    static func ofThisSystem(_ environment: [String: String]) throws(Failure) -> ServiceManager {
        #if os(macOS)
            try launchd(environment)
        #else
            try systemd(environment)
        #endif
    }

    /// systemd's manager of the user's units.
    static func systemd(_ environment: [String: String]) throws(Failure) -> ServiceManager {
        let base: String
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
            base = folder
        } else {
            base = try home(environment) + "/.config"
        }
        let control = ["systemctl", "--user"]
        return ServiceManager(
            name: "systemd", folder: "\(base)/systemd/user",
            fileNames: ["agentroute.socket", "agentroute.service"],
            files: { $0.systemdFiles },
            enabling: [
                control + ["daemon-reload"], control + ["enable", "--now", "agentroute.socket"],
            ],
            disabling: [
                control + ["disable", "--now", "agentroute.socket", "agentroute.service"]
            ],
            forgetting: [control + ["daemon-reload"]],
            asking: control + ["is-active", "--quiet", "agentroute.socket"])
    }

    /// launchd, for the user who is logged in.
    static func launchd(
        _ environment: [String: String], user: uid_t = getuid()
    ) throws(Failure) -> ServiceManager {
        let folder = try home(environment) + "/Library/LaunchAgents"
        let label = ServiceUnit.launchdLabel
        let name = "\(label).plist"
        return ServiceManager(
            name: "launchd", folder: folder, fileNames: [name],
            files: { $0.launchdFiles },
            enabling: [["launchctl", "bootstrap", "gui/\(user)", "\(folder)/\(name)"]],
            disabling: [["launchctl", "bootout", "gui/\(user)/\(label)"]],
            forgetting: [],
            asking: ["launchctl", "print", "gui/\(user)/\(label)"])
    }

    private static func home(_ environment: [String: String]) throws(Failure) -> String {
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw Failure(
                .general, code: "environment_invalid", "HOME is not set to an absolute path")
        }
        return home
    }
}

// MARK: - Telling it

extension ServiceManager {
    /// Runs `commands` one after the other, each for 20 s at most.
    ///
    /// - Returns: Why one could not do its work, and that the others were not run; nil if all did.
    static func run(
        _ commands: [[String]], environment: [String: String], on loop: EventLoop
    ) async -> String? {
        for command in commands {
            guard let program = command.first else { continue }
            let line = command.joined(separator: " ")
            do throws(IOError) {
                let run = try await ProgramRun.run(
                    ProgramRun.Program(
                        file: program, arguments: Array(command.dropFirst()),
                        environment: environment, timeout: .seconds(20)), on: loop)
                guard run.end != .exited(.status(0)) else { continue }
                let said = String(decoding: run.errors, as: UTF8.self)
                    .split(separator: "\n").first.map(String.init)
                return "\(line): \(said ?? "it failed")"
            } catch {
                return "\(line): \(error.text)"
            }
        }
        return nil
    }
}
