internal import AgentRouteCore

/// Why a command could not do its work, ready to be told.
struct Failure: Error, Equatable {
    /// One thing that went wrong.
    struct Fault: Equatable {
        /// The file and the place in it, such as `config.json: providers.lab`; nil when it is in none.
        let place: String?
        /// What went wrong, in one line.
        let message: String
    }

    /// How the program ends.
    let exitCode: ExitCode
    /// A word for programs, such as `port_in_use`.
    let code: String
    /// At least one.
    let faults: [Fault]
    /// What to do now; may be empty.
    let advice: [String]

    /// Gathers what is to be told.
    init(_ exitCode: ExitCode, code: String, faults: [Fault], advice: [String] = []) {
        self.exitCode = exitCode
        self.code = code
        self.faults = faults
        self.advice = advice
    }

    /// A failure with one fault that is in no file.
    init(_ exitCode: ExitCode, code: String, _ message: String) {
        self.init(exitCode, code: code, faults: [Fault(place: nil, message: message)])
    }

    /// Every fault of the configuration in `file`.
    init(_ error: ConfigurationError, in file: String) {
        self.init(
            .general, code: "configuration_invalid",
            faults: error.faults.map { fault in
                Fault(
                    place: fault.path.isEmpty ? file : "\(file): \(fault.path)",
                    message: fault.message)
            })
    }

    /// Tells it, one line for each fault, and returns how the program ends.
    func report(on console: Console, isJSON: Bool) -> ExitCode {
        for fault in faults {
            if isJSON {
                console.say([
                    "event": "error", "code": .string(code),
                    "place": fault.place.map(JSONValue.string) ?? nil,
                    "message": .string(fault.message),
                ])
            } else {
                console.note("\(fault.place ?? "agentroute"): \(fault.message)")
            }
        }
        for line in advice { console.note(line) }
        return exitCode
    }
}
