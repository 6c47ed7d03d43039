internal import AgentRouteCore
internal import Glibc

extension Command {
    /// `agentroute logs`.
    static let logs = Command(
        name: "logs", summary: "print the log of a detached gateway",
        options: [
            Option("follow", .none, "go on with what is written from now on"),
            Option("lines", .number("N", upTo: 1_000_000), "begin with the last N lines (20)"),
        ],
        job: { job async throws(Failure) in
            let path = job.workspace.directories.logFile
            return try await LogReport.print(path, writer: "agentroute up --detach", job)
        })
}

/// The command that prints the log.
enum LogReport {
    /// How often a log that is followed is looked at, in milliseconds.
    private static let interval: Int32 = 250

    /// Prints the end of the log, and what is added to it for as long as somebody reads that.
    ///
    /// - Parameters:
    ///   - path: The log.
    ///   - writer: The command that writes it, for the case that it is not there.
    static func print(
        _ path: String, writer: String, _ job: Job
    ) async throws(Failure) -> ExitCode {
        let count = job.invocation.value("lines").flatMap { Int($0) } ?? 20
        let isFollowing = job.invocation.has("follow")
        var log = LogFile(path)
        guard try log.open(atLast: count) || isFollowing else {
            throw Failure(
                .general, code: "log_missing",
                "there is no log at \(path); \(writer) writes one")
        }
        if !log.isOpen { job.output.remark("there is no log at \(path) yet") }
        var isRead = try log.readLines { say($0, on: job.output) }
        while isFollowing, isRead {
            // A pause; there is nothing to wait for.
            poll(nil, 0, interval)
            if !log.isOpen || log.isReplaced {
                // What the old one got last comes before the first line of the new one.
                isRead = try log.readLines(toEnd: true) { say($0, on: job.output) }
                _ = try log.open()
            }
            guard isRead else { break }
            isRead = try log.readLines { say($0, on: job.output) }
        }
        if isRead { _ = try log.readLines(toEnd: true) { say($0, on: job.output) } }
        return .ok
    }

    /// Prints a line; one that is JSON already is its own event.
    private static func say(_ line: [UInt8], on output: Output) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        guard output.isJSON else { return output.console.say(text) }
        if let event = try? JSONValue.parse(line), event.object != nil {
            return output.console.say(event)
        }
        return output.console.say(["line": .string(text)])
    }
}
