import Foundation

/// A process could not be started or did not do its work.
struct ChildError: Error, CustomStringConvertible {
    /// What happened, with what the process said about it.
    let description: String
}

/// A process of the benchmark. It ends with the benchmark, however that ends.
final class Child {
    private let process = Process()
    private let output = Pipe()
    private let errorFile: String

    /// Starts `command`, whose first word is looked up in PATH, on the processor of `seat`. What it
    /// says on stderr goes to the file `errors`.
    init(
        _ command: [String], on seat: Seat, environment: [String: String] = [:], errors: String
    ) throws {
        errorFile = errors
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", seat.processors] + command
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { _, new in new }
        let descriptor = open(errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ChildError(description: "cannot write \(errors)") }
        process.standardError = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
    }

    /// The process's id. The wrappers above replace themselves: it is the program's own.
    var pid: Int32 { process.processIdentifier }

    /// Whether it has not ended.
    var isRunning: Bool { process.isRunning }

    /// What it said on stderr.
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    /// Waits for its first line on stdout.
    func firstLine() throws -> String {
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard !line.isEmpty else {
            throw ChildError(description: "no word from a child: \(errors)")
        }
        return line.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Waits for its end and answers what it said on stdout. Throws when its exit code is not 0.
    func result() throws -> String {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ChildError(description: errors) }
        return String(decoding: data, as: UTF8.self)
    }

    /// Asks it to end and waits until it has; after five seconds it is not asked any more.
    func end() {
        guard process.isRunning else { return }
        process.terminate()
        let patience = Date(timeIntervalSinceNow: 5)
        while process.isRunning, Date() < patience { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
