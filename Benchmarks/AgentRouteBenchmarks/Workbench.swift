import Foundation

/// A proxy that serves.
struct Proxy {
    /// Which one.
    let contender: Contender
    /// Its process; nil for none at all.
    let child: Child?
    /// Where to connect, by the way to the source.
    let ports: [Hop: Int]
}

/// The source has met what it does not know, and nothing can be measured any more.
struct SourceEnded: Error, CustomStringConvertible {
    /// What it said.
    let description: String
}

/// What every measurement stands on: the two sources, the folder for what the proxies write, and
/// the ways to start a proxy and to put load on it.
final class Workbench {
    /// What clients show and AgentRoute checks.
    static let token = "bench-token-0123456789abcdef"

    /// The proxies there are on this machine, AgentRoute first. Not each takes part in each lane.
    let proxies: [Contender]
    private let options: Options
    private let folder: String
    private let certificate: String
    private var sources: [Hop: Child] = [:]
    private var sourcePorts: [Hop: Int] = [:]
    private var started = 0

    /// Starts the sources.
    init(_ options: Options) throws {
        self.options = options
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("agentroute-bench-\(getpid())").path
        certificate = folder + "/certificate.pem"
        proxies = Contender.allCases.filter {
            $0 == .agentroute || (!$0.isPeer && Self.isInstalled($0.program))
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try makeCertificate()
        for hop in Hop.allCases {
            let arguments = hop == .plain ? [] : [certificate]
            let source = try Child(
                ["\(options.tools)/bench-source"] + arguments, on: .source, errors: path("source"))
            sources[hop] = source
            sourcePorts[hop] = Int(try source.firstLine())
        }
    }

    /// Ends the sources and removes the folder. The proxies must have been ended.
    func remove() {
        for source in sources.values { source.end() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts a proxy and waits until it accepts connections. `wrapper` is a command that runs the
    /// proxy's own; `environment` is added to its.
    func start(
        _ contender: Contender, on seat: Seat = .proxy, under wrapper: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Proxy {
        guard contender != .direct else {
            return Proxy(contender: .direct, child: nil, ports: sourcePorts)
        }
        started += 1
        let own = path("\(contender.rawValue)-\(started)")
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        var ports: [Hop: Int] = [:]
        for hop in Hop.allCases { ports[hop] = try Socket.freePort() }
        let setup = ProxySetup(
            folder: own, ports: ports, sources: sourcePorts, certificate: certificate,
            sparePort: try Socket.freePort())
        let (name, text) = contender.configuration(setup)
        if !name.isEmpty {
            try text.write(toFile: "\(own)/\(name)", atomically: true, encoding: .utf8)
        }
        let (arguments, added) = contender.command(
            file: "\(own)/\(name)", setup: setup,
            program: contender.isPeer ? peerProgram(contender) : options.agentroute)
        let child = try Child(
            wrapper + arguments, on: seat, environment: added.merging(environment) { $1 },
            // AgentRoute's records cost it their writing, not a disk's.
            errors: contender == .agentroute ? "/dev/null" : "\(own)/errors")
        if contender == .agentroute || contender.isPeer { ports[.secured] = ports[.plain] }
        let proxy = Proxy(contender: contender, child: child, ports: ports)
        try awaitListening(proxy)
        return proxy
    }

    /// Puts `load` on a proxy: for `window` milliseconds, or until `requests` have been answered.
    func run(
        _ load: Load, on proxy: Proxy, window: Int = 0, requests: Int = 0
    ) throws -> LoadResult {
        try result(of: begin(load, on: proxy, window: window, requests: requests), on: proxy)
    }

    /// The same, but does not wait: the load that was begun ends by itself.
    func begin(
        _ load: Load, on proxy: Proxy, window: Int = 0, requests: Int = 0
    ) throws -> Child {
        let arguments = [
            "port=\(proxy.ports[load.hop] ?? 0)", "model=\(proxy.contender.model(load.hop))",
            "token=\(Self.token)", "connections=\(load.connections)", "body=\(load.body)",
            "settings=\(load.settings)", "spread=\(load.spread)", "window=\(window)",
            "requests=\(requests)", "pid=\(proxy.child?.pid ?? 0)", "wire=\(load.wire.rawValue)",
            "turns=\(load.hasTurns ? 1 : 0)",
        ]
        started += 1
        // Nothing a gateway does may keep the benchmark waiting.
        return try Child(
            ["timeout", "120", "\(options.tools)/bench-load"] + arguments, on: .load,
            errors: path("load-\(started)"))
    }

    /// Waits for a load that was begun.
    func result(of child: Child, on proxy: Proxy) throws -> LoadResult {
        do {
            let line = try child.result()
            guard let result = LoadResult(line: line) else {
                throw ChildError(description: "not a result: \(line)")
            }
            return result
        } catch {
            if let source = sources.values.first(where: { !$0.isRunning }) {
                throw SourceEnded(description: "the source has ended: \(source.errors)")
            }
            throw ChildError(description: "\(proxy.contender.title): \(error)")
        }
    }

    /// The program of a peer, in an environment of its own.
    func peerProgram(_ contender: Contender) -> String {
        "\(options.peers ?? "")/\(contender.program)/bin/\(contender.program)"
    }

    /// Why a peer is not there; nil when it is.
    func absence(of peer: Contender) -> String? {
        if FileManager.default.isExecutableFile(atPath: peerProgram(peer)) { return nil }
        let log = "\(options.peers ?? "")/\(peer.program).log"
        let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let last = words.split(separator: "\n").last.map(String.init)
        return "not installed: \(last ?? "pip said nothing")"
    }

    /// The path of `name` in the benchmark's folder.
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The library that counts allocations.
    var mallocCounter: String { "\(options.tools)/bench-malloc.so" }

    private func awaitListening(_ proxy: Proxy) throws {
        let patience = Date(timeIntervalSinceNow: 60)
        for port in Set(proxy.ports.values) {
            while !Socket.accepts(port: port) {
                guard proxy.child?.isRunning == true, Date() < patience else {
                    throw ChildError(
                        description:
                            "\(proxy.contender.title) does not start: \(proxy.child?.errors ?? "")")
                }
                usleep(20_000)
            }
        }
    }

    private func makeCertificate() throws {
        let key = path("key.pem")
        let child = try Child(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", key, "-out", certificate,
            ], on: .load, errors: path("openssl"))
        _ = try child.result()
        // One file serves the source, which needs both, and the proxies, which take what they need.
        let pair = try [certificate, key].map { try String(contentsOfFile: $0, encoding: .utf8) }
        try pair.joined().write(toFile: certificate, atomically: true, encoding: .utf8)
    }

    private static func isInstalled(_ program: String) -> Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}
