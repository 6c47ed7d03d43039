import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

/// A folder with a script in place of `secret-tool`, which keeps its secrets there and writes down how
/// it was called.
private struct ScriptedSession {
    static let keeping = """
        echo "$*" >> "$HOME/calls"
        env >> "$HOME/calls"
        case $1 in
        store) cat > "$HOME/ring-$6" ;;
        lookup) cat "$HOME/ring-$5" 2>/dev/null ;;
        clear) rm "$HOME/ring-$5" 2>/dev/null ;;
        esac
        """

    let folder: StateFolder
    let thread: LoopThread
    let environment: [String: String]

    init(_ script: String) throws {
        folder = try StateFolder()
        thread = try LoopThread()
        environment = [
            "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path,
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=\(folder.path)/bus",
            "OTHER_API_KEY": "sk-other",
        ]
        try ExecutableFile.write("#!/bin/sh\n" + script, to: "\(folder.path)/secret-tool")
    }

    func tool(timeout: Duration = .seconds(30)) throws -> SecretTool {
        try #require(SecretTool(environment: environment, loop: thread.loop, timeout: timeout))
    }
}

@Suite("The keyring's program", .serialized, .onOwnThread)
struct SecretToolTests {
    @Test("a key is kept, found and removed, and is no argument and in no environment")
    func roundTrip() async throws {
        let session = try ScriptedSession(ScriptedSession.keeping)
        let tool = try session.tool()
        try await tool.write(Secret("sk-'$x\"\\"), for: "lab")
        #expect(try await tool.read("lab") == Secret("sk-'$x\"\\"))
        #expect(try await tool.remove("lab"))
        #expect(try await !tool.remove("lab"))
        #expect(try await tool.read("lab") == nil)
        let calls = String(
            decoding: try AtomicFile.read("\(session.folder.path)/calls"), as: UTF8.self)
        for call in [
            "store --label=AgentRoute: lab service AgentRoute account lab",
            "lookup service AgentRoute account lab", "clear service AgentRoute account lab",
        ] {
            #expect(calls.contains("\(call)\n"))
        }
        #expect(!calls.contains("sk-"))
    }

    @Test("a program that does not answer in time is ended, and said so")
    func locked() async throws {
        let session = try ScriptedSession("exec /bin/sleep 600")
        let tool = try session.tool(timeout: .milliseconds(100))
        let error = await #expect(throws: KeyError.self) { try await tool.read("lab") }
        #expect(error?.description.contains("is the keyring locked?") == true)
    }

    @Test("what the program says of its failure is passed on")
    func failure() async throws {
        let session = try ScriptedSession("echo 'the bus is gone' >&2; echo more >&2; exit 1")
        let tool = try session.tool()
        await #expect(throws: KeyError.keyring(reason: "the bus is gone")) {
            try await tool.write(Secret("sk-1"), for: "lab")
        }
    }

    @Test("without the program or a session bus there is no keyring")
    func detection() throws {
        let folder = try StateFolder()
        let thread = try LoopThread()
        func isFound(_ environment: [String: String]) -> Bool {
            SecretTool(environment: environment, loop: thread.loop) != nil
        }
        let bus = ["DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"]
        #expect(!isFound(bus.merging(["PATH": folder.path]) { $1 }))
        try AtomicFile.write(path: "\(folder.path)/secret-tool", bytes: [], mode: 0o600)
        #expect(!isFound(bus.merging(["PATH": folder.path]) { $1 }))
        try AtomicFile.write(path: "\(folder.path)/secret-tool", bytes: [], mode: 0o700)
        #expect(isFound(bus.merging(["PATH": "/nowhere:\(folder.path)"]) { $1 }))
        #expect(!isFound(["PATH": folder.path]))
        #expect(!isFound(["PATH": folder.path, "XDG_RUNTIME_DIR": folder.path]))
        try AtomicFile.write(path: "\(folder.path)/bus", bytes: [])
        #expect(isFound(["PATH": folder.path, "XDG_RUNTIME_DIR": folder.path]))
    }
}
