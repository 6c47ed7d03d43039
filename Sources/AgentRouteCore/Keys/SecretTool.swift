package import AgentRouteIO

/// The desktop's Secret Service, through libsecret's `secret-tool` (its manual page says what it
/// takes): service `AgentRoute`, account the provider's id.
package struct SecretTool: Keyring {
    private let program: String
    private let environment: [String: String]
    private let loop: EventLoop
    private let timeout: Duration

    /// The service under which keys are kept.
    private static let service = "AgentRoute"

    /// What the program, and the keyring's own windows, need to know of the user's session.
    private static let session = [
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_MESSAGES", "DBUS_SESSION_BUS_ADDRESS",
        "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
    ]

    /// The keyring of the session `environment` tells of; nil where there is no `secret-tool` in its
    /// PATH, or no session bus.
    ///
    /// - Parameters:
    ///   - loop: Runs beside the program; must be running, now or soon.
    ///   - timeout: How long one answer may take: a locked keyring waits for its owner.
    package init?(
        environment: [String: String], loop: EventLoop, timeout: Duration = .seconds(5)
    ) {
        guard Self.hasSessionBus(environment),
            let program = Self.program("secret-tool", in: environment["PATH"] ?? "")
        else { return nil }
        self.program = program
        self.environment = environment.filter { Self.session.contains($0.key) }
        self.loop = loop
        self.timeout = timeout
    }

    /// The key of `provider`; nil if the keyring has none. Throws `keyring` when it cannot be asked.
    package func read(_ provider: String) async throws(KeyError) -> Secret? {
        let run = try await run([program, "lookup"] + Self.attributes(provider), input: nil)
        if run.isSuccess, !run.output.isEmpty { return try Secret(keyText: run.output) }
        // Without a word on standard error it means that there is no such key.
        if run.isSuccess || run.errors.isEmpty { return nil }
        throw .keyring(reason: run.complaint)
    }

    /// Keeps `key` for `provider`, in place of the one it had.
    package func write(_ key: Secret, for provider: String) async throws(KeyError) {
        let label = "--label=\(Self.service): \(provider)"
        let run = try await run(
            [program, "store", label] + Self.attributes(provider), input: key)
        guard run.isSuccess else { throw .keyring(reason: run.complaint) }
    }

    /// Removes the key of `provider`. Returns whether there was one.
    package func remove(_ provider: String) async throws(KeyError) -> Bool {
        let run = try await run([program, "clear"] + Self.attributes(provider), input: nil)
        if run.isSuccess { return true }
        if run.errors.isEmpty { return false }
        throw .keyring(reason: run.complaint)
    }

    private static func attributes(_ provider: String) -> [String] {
        ["service", service, "account", provider]
    }

    /// Runs a command line, with `input` on its standard input.
    private func run(
        _ command: [String], input: Secret?
    ) async throws(KeyError) -> ProgramRun {
        var environment = environment
        var script = "exec \"$@\""
        if let input {
            // The input goes from the shell's own memory through a pipe: `printf` is a part of the
            // shell, so that no list of arguments has it, nor the environment of the program.
            environment["AGENTROUTE_INPUT"] = input.value
            script =
                "input=$AGENTROUTE_INPUT; unset AGENTROUTE_INPUT; printf %s \"$input\" | \"$@\""
        }
        let run: ProgramRun
        do throws(IOError) {
            run = try await ProgramRun.run(
                ProgramRun.Program(
                    file: "/bin/sh", arguments: ["-c", script, "sh"] + command,
                    environment: environment, timeout: timeout),
                on: loop)
        } catch {
            throw .keyring(reason: error.description)
        }
        if run.end == .timedOut {
            throw .keyring(
                reason: "secret-tool gave no answer within \(timeout); is the keyring locked?")
        }
        return run
    }
}

// MARK: - The session

extension SecretTool {
    /// Whether there is a session bus to be found (dbus-daemon(1), systemd's file-hierarchy(7)).
    private static func hasSessionBus(_ environment: [String: String]) -> Bool {
        if let address = environment["DBUS_SESSION_BUS_ADDRESS"], !address.isEmpty { return true }
        guard let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") else {
            return false
        }
        return FileStamp("\(folder)/bus") != nil
    }

    private static func program(_ name: String, in path: String) -> String? {
        path.split(separator: ":").lazy.map { "\($0)/\(name)" }
            .first { $0.hasPrefix("/") && FileStamp($0)?.isProgram == true }
    }
}

extension ProgramRun {
    fileprivate var isSuccess: Bool { end == .exited(.status(0)) }

    /// The first line of what it wrote to standard error, or how it ended.
    fileprivate var complaint: String {
        let text = String(decoding: errors.prefix(500), as: UTF8.self)
        if let line = text.split(whereSeparator: \.isNewline).first { return String(line) }
        switch end {
        case .exited(.status(let status)): return "secret-tool failed with status \(status)"
        case .exited(.signal(let number)): return "secret-tool was ended by signal \(number)"
        case .timedOut: return "secret-tool took too long"
        }
    }
}
