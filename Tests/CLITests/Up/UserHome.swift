import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@testable import AgentRouteCLI

/// A user of a test's own: a home with the files of AgentRoute and of Claude Code, and the program run
/// in it as processes. Gone with this value, and with it whatever still runs in it.
final class UserHome {
    let path: String
    /// The variables of the user's shell.
    var environment: [String: String]
    private let folder: TemporaryFolder

    /// What Claude Code's settings are before any link: of a form that no writer of JSON would choose.
    static let settings = "{\n\t// mine\n\t\"model\" : \"opus\",\"env\":{ \"A\":\"1\" },\n}\n"

    /// A home with the demo behind every alias, on a port of the system's choice.
    init(_ configuration: String = UserHome.demo(port: 0)) throws {
        folder = try TemporaryFolder()
        path = folder.path
        environment = ["HOME": path, "PATH": "\(path)/bin:/usr/bin:/bin"]
        try write(configuration, to: ".config/agentroute/config.json")
        try write(Self.settings, to: ".claude/settings.json")
        try write("#!/bin/sh\necho '2.0.0 (Claude Code)'\n", to: "bin/claude", mode: 0o755)
    }

    deinit {
        if let pid = state?.pid { kill(pid, SIGKILL) }
    }

    /// A configuration whose only model is the built-in one.
    static func demo(port: UInt16) -> String {
        """
        { "listen": { "port": \(port) }, "providers": { "demo": { "preset": "demo" } },
          "profiles": { "default": { "heavy": "demo/scripted" } } }
        """
    }

    /// Where the program keeps its state.
    var stateFolder: String { "\(path)/.local/state/agentroute" }

    /// What `gateway.json` says, whether or not a gateway runs.
    var state: GatewayState? {
        (try? GatewayState.read(from: "\(stateFolder)/gateway.json")) ?? nil
    }

    /// Claude Code's settings as they are now.
    var settings: String { (try? text(".claude/settings.json")) ?? "" }

    /// The content of a file of the home.
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// Writes a file of the home, and the folders it needs.
    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        try folder.write(text, to: name, mode: mode)
    }

    /// Every file of the home that is a temporary one, or is meant to be JSON and is not.
    func damagedFiles() throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return names.filter { name in
            if name.hasSuffix(".tmp") { return true }
            guard name.hasSuffix(".json"), name != ".claude/settings.json" else { return false }
            return (try? JSONValue.parse(Array(text(name).utf8), comments: true)) == nil
        }
    }
}

// MARK: - The program

extension UserHome {
    /// What a run of the program said and how it ended.
    struct Run {
        let code: Int32?
        let output: [String]
        let errors: [String]

        /// The first line of output, as JSON.
        var json: JSONValue {
            (output.first.flatMap { try? JSONValue.parse(Array($0.utf8)) }) ?? .null
        }
    }

    /// Runs the program to its end.
    @discardableResult
    func run(_ words: String...) throws -> Run {
        let program = try ProgramProcess(list: words, environment: environment)
        var output: [String] = []
        while let line = program.nextLine() { output.append(line) }
        var errors: [String] = []
        while let line = program.nextError() { errors.append(line) }
        return Run(code: program.exitCode(), output: output, errors: errors)
    }

    /// Starts `up` with `words` besides and waits until it has told that it runs.
    func up(_ words: String...) throws -> ProgramProcess {
        let program = try ProgramProcess(list: ["up", "--json"] + words, environment: environment)
        let event = try program.nextEvent()
        try #require(event?["event"] as? String == "running", "\(String(describing: event))")
        return program
    }

    /// Starts the program with its outputs nowhere, to be killed.
    func start(_ words: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try ProgramProcess.executable()
        process.arguments = words
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The status of a streamed request of Claude Code's to the gateway that runs.
    func request() throws -> Int {
        let state = try #require(state)
        return try SampleClient(port: state.port).send(
            SampleRequest.anthropicMessages.bytes(port: state.port, token: state.token.value)
        ) { _ in }
    }
}

/// Looks again and again, for 10 s at most, until `condition` holds: what is waited for happens in
/// another process.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        usleep(2_000)
    }
    return try condition()
}
