import AgentRouteCore
import Foundation
import Testing

@testable import AgentRouteCLI

@Suite("The log")
struct LogsCommandTests {
    @Test("the last lines are printed, as many as are asked for, the last one also without its end")
    func last() async throws {
        let home = try TemporaryFolder()
        let lines = (1...30).map { "line \($0)" }
        try home.write(lines.joined(separator: "\n"), to: "gateway.log")
        func printed(_ words: String...) async throws -> [String] {
            try await ProgramRun(list: ["logs"] + words, home: home.path).output
        }
        #expect(try await printed() == Array(lines.suffix(20)))
        #expect(try await printed("--lines", "2") == Array(lines.suffix(2)))
        #expect(try await printed("--lines", "0").isEmpty)
        #expect(try await printed("--lines", "1000") == lines)
        try home.write(lines.joined(separator: "\n") + "\n", to: "gateway.log")
        #expect(try await printed("--lines", "2") == Array(lines.suffix(2)))
    }

    @Test("lines longer than a block, and more lines than one, are found from the end")
    func blocks() async throws {
        let home = try TemporaryFolder()
        let lines = (1...5).map { String(repeating: "\($0)", count: 50_000) }
        try home.write(lines.joined(separator: "\n") + "\n", to: "gateway.log")
        let run = try await ProgramRun("logs", "--lines", "3", home: home.path)
        #expect(run.output == Array(lines.suffix(3)))
    }

    @Test("for programs a line that is JSON is itself, and any other is wrapped")
    func json() async throws {
        let home = try TemporaryFolder()
        try home.write("level=info a=\"b\"\n{\"level\": \"info\"}\n7\n", to: "gateway.log")
        let run = try await ProgramRun("logs", "--json", home: home.path)
        #expect(
            run.output == [
                #"{"line":"level=info a=\"b\""}"#, #"{"level":"info"}"#, #"{"line":"7"}"#,
            ])
    }

    @Test("without a log, or with something else in its place, it says so and ends with 1")
    func missing() async throws {
        let home = try TemporaryFolder()
        let none = try await ProgramRun("logs", home: home.path)
        #expect(none.code == .general)
        #expect(none.errors.first?.contains("\(home.path)/gateway.log") == true)
        try home.write("", to: "gateway.log/inner")
        let folder = try await ProgramRun("logs", "--json", home: home.path)
        #expect(folder.code == .general)
        #expect(try folder.json["code"] == "log_unreadable")
        let odd = try await ProgramRun("logs", "--lines", "-1", home: home.path)
        #expect(odd.code == .usage)
    }

    @Test("a log that is followed goes on over a rotation and over being emptied")
    func follow() throws {
        let home = try TemporaryFolder()
        let file = try home.write("old\n", to: "gateway.log")
        let program = try ProgramProcess(
            "logs", "--follow", "--lines", "1", environment: ["AGENTROUTE_HOME": home.path])
        #expect(program.nextLine() == "old")
        try append("half", to: file)
        try append(" and half\nlast of the old", to: file)
        #expect(program.nextLine() == "half and half")
        try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
        try home.write("first of the new, which is a longer line\n", to: "gateway.log")
        #expect(program.nextLine() == "last of the old")
        #expect(program.nextLine() == "first of the new, which is a longer line")
        #expect(truncate(file, 0) == 0)
        try append("emptied\n", to: file)
        #expect(program.nextLine() == "emptied")
        program.send(SIGTERM)
        #expect(program.exitCode() == nil)
    }

    @Test("a log that is not there yet can be followed")
    func followLater() throws {
        let home = try TemporaryFolder()
        let program = try ProgramProcess(
            "logs", "--follow", environment: ["AGENTROUTE_HOME": home.path])
        #expect(program.nextError()?.contains("yet") == true)
        try home.write("first\n", to: "gateway.log")
        #expect(program.nextLine() == "first")
        program.send(SIGINT)
        #expect(program.exitCode() == nil)
    }

    private func append(_ text: String, to file: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }
}
