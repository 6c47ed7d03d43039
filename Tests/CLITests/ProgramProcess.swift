import Foundation

/// The built program, running. One that says nothing for too long is killed, so that a test of a
/// program that hangs fails and does not hang with it.
final class ProgramProcess {
    /// The longest silence, in milliseconds.
    private static let patience: Int32 = 20_000

    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    /// The program that was built beside the tests.
    static func executable() throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("agentroute")
    }

    /// Starts the program that was built beside the tests.
    convenience init(_ arguments: String..., environment: [String: String]) throws {
        try self.init(list: arguments, environment: environment)
    }

    /// The same, with the arguments in a list.
    init(list arguments: [String], environment: [String: String]) throws {
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The process's id.
    var pid: Int32 { process.processIdentifier }

    /// The next line of standard output, or nil at its end. Waits for it.
    func nextLine() -> String? { line(from: output) }

    /// The next line of standard error, or nil at its end. Waits for it.
    func nextError() -> String? { line(from: errors) }

    /// The next line of standard output as JSON, or nil at its end.
    func nextEvent() throws -> [String: Any]? {
        guard let line = nextLine() else { return nil }
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    }

    /// Sends a signal.
    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end and returns the exit code; nil when a signal ended it.
    func exitCode() -> Int32? {
        while line(from: output) != nil || line(from: errors) != nil {}
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    /// Byte by byte, so that nothing of the next line is taken.
    private func line(from pipe: Pipe) -> String? {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, Self.patience) == 0 { send(SIGKILL) }
            guard read(descriptor, &byte, 1) == 1 else { break }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
