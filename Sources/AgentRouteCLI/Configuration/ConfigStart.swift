internal import AgentRouteCore
internal import Glibc

/// The command that writes a first configuration.
enum ConfigStart {
    /// Writes it, where there is none.
    static func write(_ job: Job) async throws(Failure) -> ExitCode {
        let path = job.workspace.directories.configurationFile
        let names = Set(job.invocation.values("provider"))
        let presets = Preset.all.filter {
            names.isEmpty ? $0 == .openRouter : names.contains($0.name)
        }
        // A link that leads nowhere is somebody's plan too.
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw Failure(
                .general, code: "configuration_exists",
                "there is something at \(path) already, which stays as it is")
        }
        do throws(FileError) {
            try AtomicFile.write(path: path, bytes: Array(text(presets).utf8))
        } catch {
            throw Failure(.general, code: "file_error", error.description)
        }
        job.output.say(["path": .string(path)], ["Wrote \(path).", ""] + next(presets))
        return .ok
    }

    /// The text of a `config.json` with these providers.
    static func text(_ presets: [Preset]) -> String {
        let providers = presets.map { preset in
            let variables = preset.keyVariables.joined(separator: " or ")
            let key =
                variables.isEmpty
                ? "Needs no key."
                : "Key: \(variables), else what `agentroute key set` has kept."
            return """
                    // \(key)
                    "\(preset.name)": { "preset": "\(preset.name)" },
                """
        }
        return """
            // The configuration of AgentRoute. `agentroute config check` finds its faults,
            // `agentroute config show` tells what holds.
            {
              "providers": {
            \(providers.joined(separator: "\n"))
                // Any other that speaks anthropic-messages, openai-chat, openai-responses or gemini:
                // "lab": { "baseURL": "http://127.0.0.1:9000/v1", "wires": ["openai-chat"],
                //          "apiKey": "env:LAB_KEY" },
              },
              // "listen": { "host": "127.0.0.1", "port": \(Listen().port) },
              // "log": { "level": "\(LogSettings().level.name)" },
              // Profiles are files of their own: `agentroute profiles create`.
            }

            """
    }

    private static func next(_ presets: [Preset]) -> [String] {
        let keys = presets.filter { !$0.keyVariables.isEmpty }.map {
            "  agentroute key set --provider \($0.name) --stdin"
        }
        let models = presets.prefix(1).flatMap { preset in
            [
                "  agentroute models --provider \(preset.name)",
                "  agentroute profiles create default --heavy \(preset.name)/MODEL",
            ]
        }
        return ["Next:"] + keys + models
    }
}
