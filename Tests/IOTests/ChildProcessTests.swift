import AgentRouteIO
import Glibc
import Testing

/// What a child process wrote and how it ended.
private final class Observation {
    var output = ""
    var errors = ""
    var exit: ChildProcess.Exit?
    private unowned let loop: EventLoop
    private var marks: Int

    /// Stops `loop` once the program has ended and `outputs` lines have come.
    init(loop: EventLoop, outputs: Int) {
        self.loop = loop
        marks = outputs
    }

    func start(
        _ script: String, environment: [String: String] = [:], directory: String? = nil
    ) throws -> ChildProcess {
        try ChildProcess.start(
            loop: loop, file: "/bin/sh", arguments: ["-c", script], environment: environment,
            directory: directory,
            onOutput: { stream, bytes in self.wrote(bytes.text, to: stream) },
            onExit: { exit in
                self.exit = exit
                self.stopWhenDone()
            })
    }

    private func wrote(_ text: String, to stream: ChildProcess.Output) {
        switch stream {
        case .output: output += text
        case .error: errors += text
        }
        marks -= text.count { $0 == "\n" }
        stopWhenDone()
    }

    private func stopWhenDone() {
        if exit != nil && marks <= 0 { loop.stop() }
    }
}

@Suite("ChildProcess")
struct ChildProcessTests {
    @Test("both outputs and the exit status arrive")
    func outputs() throws {
        let loop = try EventLoop()
        let seen = Observation(loop: loop, outputs: 2)
        let child = try seen.start("echo one; echo two >&2; exit 3")
        #expect(child.pid > 0)
        runUntilStopped(loop)
        #expect(seen.output == "one\n")
        #expect(seen.errors == "two\n")
        #expect(seen.exit == .status(3))
    }

    @Test("the environment is the one given, the directory too, the input empty")
    func surroundings() throws {
        let loop = try EventLoop()
        let seen = Observation(loop: loop, outputs: 3)
        _ = try seen.start(
            "echo $KEY; pwd; wc -c", environment: ["KEY": "a value", "PATH": "/usr/bin:/bin"],
            directory: "/")
        runUntilStopped(loop)
        #expect(seen.output == "a value\n/\n0\n")
    }

    @Test("a signal reaches the whole group")
    func group() throws {
        let loop = try EventLoop()
        var exit: ChildProcess.Exit?
        weak var child: ChildProcess?
        child = try ChildProcess.start(
            loop: loop, file: "/bin/sh", arguments: ["-c", "/bin/sleep 600 & echo up; wait"],
            environment: [:], directory: nil,
            onOutput: { _, _ in child?.signal(SIGKILL) },
            onExit: { exit = $0 })
        // The grandchild holds the output open, so that the object goes no sooner than both of them.
        let watch = LoopTimer(loop: loop, after: 1, repeat: 1) {
            if child == nil { loop.stop() }
        }
        runUntilStopped(loop)
        watch.cancel()
        #expect(exit == .signal(SIGKILL))
    }

    @Test("a program that is not there is an error that names it")
    func missing() throws {
        let loop = try EventLoop()
        let error = #expect(throws: IOError.self) {
            try ChildProcess.start(
                loop: loop, file: "/nonexistent/program", arguments: [], environment: [:],
                directory: nil, onOutput: { _, _ in }, onExit: { _ in })
        }
        #expect(error?.code == -ENOENT)
        #expect(error?.description.contains("/nonexistent/program") == true)
    }
}
