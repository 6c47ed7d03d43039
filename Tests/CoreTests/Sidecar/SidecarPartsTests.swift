import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

@Suite("Sidecar parts")
struct SidecarPartsTests {
    @Test("every locked package has one version and the digests of its files")
    func lock() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Sources/AgentRouteCore/Sidecar/requirements.txt")
        let text = try AtomicFile.read(path.standardized.path)
        #expect(try SidecarLock(text).version == "1.106.2")
        let lines = String(decoding: text, as: UTF8.self).replacing(" \\\n", with: "")
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
        let pinned = /[a-z0-9-]+==[^ ]+( ; .+?)?(\s+--hash=sha256:[0-9a-f]{64})+/
        #expect(lines.count > 100)
        for line in lines {
            #expect(line.wholeMatch(of: pinned) != nil, "\(line)")
        }
    }

    @Test("requirements that pin no LiteLLM are none")
    func noLock() {
        #expect(throws: InvalidValue.self) { try SidecarLock(Array("uvicorn==1\n".utf8)) }
    }

    @Test("a log of full size makes room and is kept once")
    func rotation() throws {
        let folder = try StateFolder()
        let log = SidecarLogFile(path: "\(folder.path)/litellm.log", limit: 20)
        for index in 0..<5 { log.append("line number \(index)") }
        #expect(folder.entries() == ["litellm.log", "litellm.log.1"])
        let old = try AtomicFile.read("\(folder.path)/litellm.log.1")
        #expect(String(decoding: old, as: UTF8.self) == "line number 2\nline number 3\n")
        let new = try AtomicFile.read("\(folder.path)/litellm.log")
        #expect(String(decoding: new, as: UTF8.self) == "line number 4\n")
    }

    @Test("a Python of ours does not outlive the process that started it, however that ends")
    func bound() async throws {
        // The parent starts a child of ours, tells its pid once the child is at work, and is killed.
        let parent = """
            import os, signal, subprocess, sys
            arguments = sys.argv[1:-1] + [str(os.getpid())]
            child = subprocess.Popen([sys.executable] + arguments, stdout=subprocess.PIPE)
            child.stdout.readline()
            print(child.pid, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
            """
        let program = "print('at work', flush=True); signal.pause()"
        let pipe = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", parent] + BoundPython.arguments(program)
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        let output = String(
            decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        let pid = try #require(Int32(output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(await OtherProcess(pid).ends())
    }

    @Test("a Python of ours whose parent is gone already does nothing")
    func orphan() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let arguments = BoundPython.arguments("print('at work')").dropLast() + ["1"]
        process.arguments = ["python3"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
    }
}
