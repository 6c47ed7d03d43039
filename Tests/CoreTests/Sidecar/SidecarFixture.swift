import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

/// A supervisor whose LiteLLM is a small server of Python's own library, in a virtual environment of
/// its own. How each one behaves is in a file that it reads when it starts.
final class SidecarFixture {
    let folder: StateFolder
    let thread: LoopThread
    let sidecar: SidecarProcess
    let changes = Observed<[Change]>([])

    /// What an observer has been told.
    enum Change: Sendable, Equatable {
        case ready(Int32)
        case unavailable(String)
    }

    /// What the servers do; the last word is that of all that follow.
    init(_ behaviour: String..., change: (inout SidecarTiming) -> Void = { _ in }) async throws {
        folder = try StateFolder()
        thread = try LoopThread()
        let directories = Directories(configuration: folder.path, state: folder.path)
        let place = SidecarFolder(directories)
        try Self.makeEnvironment("\(folder.path)/venv")
        try AtomicFile.write(
            path: "\(folder.path)/sidecar/home/behaviour",
            bytes: Array(behaviour.joined(separator: "\n").utf8))
        var timing = SidecarTiming()
        timing.poll = .milliseconds(10)
        timing.ready = .seconds(30)
        change(&timing)
        sidecar = SidecarProcess(
            SidecarLaunch(
                python: "\(folder.path)/venv/bin/python", folder: place,
                environment: ["SSL_CERT_FILE": "/etc/hostname"]),
            loop: thread.loop, timing: timing)
    }

    /// A configuration of one provider.
    static func configuration(_ provider: String = "lab") throws -> SidecarConfiguration {
        let lab = Provider(
            id: provider, endpoint: .http(try BaseURL("http://127.0.0.1:9/v1")),
            wires: [ServedWire(.openAIChat)],
            key: .present(Secret("sk-lab-secret"), source: "test"))
        return SidecarConfiguration(try Configuration(providers: [lab]))
    }

    /// Writes down what the supervisor says, without holding on to what it hands out.
    func observe() async {
        let changes = changes
        await sidecar.observe { availability in
            changes.update { list in
                switch availability.state {
                case .ready(let endpoint): list.append(.ready(endpoint.pid))
                case .unavailable(let error): list.append(.unavailable(error.message))
                }
            }
        }
    }

    /// The endpoint now.
    func endpoint() async -> SidecarEndpoint? {
        let found = Observed<SidecarEndpoint?>(nil)
        await sidecar.observe { availability in
            if case .ready(let endpoint) = availability.state { found.update { $0 = endpoint } }
        }
        await sidecar.observe { _ in }
        return found.value
    }

    /// The text of a file the servers wrote.
    func text(_ name: String) -> String {
        let path = "\(folder.path)/sidecar/\(name)"
        return (try? AtomicFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The lines of what the servers have noted, each `event detail`.
    func notes(_ event: String) -> [String] {
        text("home/notes").split(separator: "\n").filter { $0.hasPrefix(event + " ") }
            .map { String($0.dropFirst(event.count + 1)) }
    }

    private static func makeEnvironment(_ path: String) throws {
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        maker.arguments = ["python3", "-m", "venv", "--without-pip", path]
        try maker.run()
        maker.waitUntilExit()
        try #require(maker.terminationStatus == 0)
        let library = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "\(path)/lib").first)
        try AtomicFile.write(
            path: "\(path)/lib/\(library)/site-packages/litellm.py", bytes: Array(server.utf8))
    }

    /// The server. Its words: `healthy`; `exit-N`; `clash`, as with a port that is taken; `mute`, never
    /// ready; `deaf`, to SIGTERM, with a child that is too.
    private static let server = """
        import http.server, json, os, signal, socketserver, subprocess, sys

        def note(*words):
            with open(os.path.join(os.environ["HOME"], "notes"), "a") as file:
                print(*words, file=file)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status):
                self.send_response(status)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def allowed(self):
                return os.environ["LITELLM_MASTER_KEY"] in (
                    self.headers["x-api-key"], (self.headers["authorization"] or "")[7:])

            def do_GET(self):
                if self.path != "/health/readiness" and not self.allowed():
                    return self.answer(400)
                self.answer(200 if self.path in ("/health/readiness", "/v1/models") else 404)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                note("request", self.path, body["model"])
                self.answer(200 if self.allowed() else 400)

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        def run_server():
            home = os.environ["HOME"]
            with open(os.path.join(home, "behaviour")) as file:
                words = file.read().split("\\n")
            with open(os.path.join(home, "behaviour"), "w") as file:
                file.write("\\n".join(words[1:] or words))
            option = lambda name: sys.argv[sys.argv.index(name) + 1]
            note("start", os.getpid(), os.getpgrp(), *sys.argv[1:])
            note("environment", *sorted(os.environ))
            print("the key is", os.environ["LITELLM_MASTER_KEY"], "and", os.environ["AGENTROUTE_SECRET_1"])
            if words[0].startswith("exit-"):
                sys.exit(int(words[0][5:]))
            if words[0] == "clash":
                print("[Errno 98] error while attempting to bind on address", file=sys.stderr)
                sys.exit(3)
            if words[0] == "mute":
                signal.pause()
            if words[0] == "deaf":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                child = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 600; done"])
                note("child", child.pid)
            Server((option("--host"), int(option("--port"))), Handler).serve_forever()
        """
}
