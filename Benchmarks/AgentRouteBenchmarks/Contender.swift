/// What stands between the load generator and the source.
enum Contender: String, CaseIterable {
    /// Nothing: what the others add is the difference to this.
    case direct
    case agentroute, nginx
    /// nginx with room for whole requests in memory; in the lanes with large requests only.
    case roomyNginx
    case haproxy, caddy
    /// Gateways that know of models, as AgentRoute does; beside translated streams only.
    case litellm, smg, ferrogw

    /// The program that it is.
    var program: String { self == .roomyNginx ? Contender.nginx.rawValue : rawValue }

    /// Whether it knows of models.
    var isPeer: Bool {
        switch self {
        case .litellm, .smg, .ferrogw: true
        case .direct, .agentroute, .nginx, .roomyNginx, .haproxy, .caddy: false
        }
    }

    /// As people write it.
    var title: String {
        switch self {
        case .direct: "direct"
        case .agentroute: "AgentRoute"
        case .nginx: "nginx"
        case .roomyNginx: "nginx, roomy"
        case .haproxy: "HAProxy"
        case .caddy: "Caddy"
        case .litellm: "LiteLLM"
        case .smg: "smg"
        case .ferrogw: "ferrogw"
        }
    }
}

/// What a proxy's configuration is made of.
struct ProxySetup {
    /// Its own folder, for whatever it writes.
    let folder: String
    /// Where it is to listen on 127.0.0.1, by the way to the source. AgentRoute has one port for both.
    let ports: [Hop: Int]
    /// Where the source listens.
    let sources: [Hop: Int]
    /// The certificate of the source's TLS side, in PEM.
    let certificate: String
    /// A port more, for what a proxy insists on listening on besides.
    let sparePort: Int

    /// `ports[hop]`, as it goes into a configuration.
    func port(_ hop: Hop) -> String { ports[hop].map(String.init) ?? "0" }
    /// `sources[hop]`, as it goes into a configuration.
    func source(_ hop: Hop) -> String { sources[hop].map(String.init) ?? "0" }
}

extension Contender {
    /// The name and text of the configuration file.
    func configuration(_ setup: ProxySetup) -> (name: String, text: String) {
        switch self {
        case .direct: ("", "")
        case .agentroute: ("config.json", Configurations.agentroute(setup))
        case .nginx: ("nginx.conf", Configurations.nginx(setup, Configurations.streamedRequest))
        case .roomyNginx: ("nginx.conf", Configurations.nginx(setup, Configurations.wholeRequest))
        case .haproxy: ("haproxy.cfg", Configurations.haproxy(setup))
        case .caddy: ("Caddyfile", Configurations.caddy(setup))
        case .litellm: ("config.yaml", Configurations.litellm(setup))
        case .smg: ("", "")
        case .ferrogw: ("config.yaml", Configurations.ferrogw)
        }
    }

    /// How it is started in the foreground: the command, whose first word is `program` where that is not
    /// looked up in PATH, and what its environment has besides.
    func command(
        file: String, setup: ProxySetup, program: String
    ) -> (arguments: [String], environment: [String: String]) {
        switch self {
        case .direct: ([], [:])
        case .agentroute:
            (
                [program, "serve", "--port", setup.port(.plain)],
                ["AGENTROUTE_HOME": setup.folder, "AGENTROUTE_TOKEN": Workbench.token]
            )
        case .nginx, .roomyNginx: (["nginx", "-p", setup.folder, "-c", file, "-e", "stderr"], [:])
        case .haproxy: (["haproxy", "-db", "-f", file], [:])
        case .caddy:
            (
                ["caddy", "run", "--config", file, "--adapter", "caddyfile"],
                ["GOMAXPROCS": "1", "HOME": setup.folder]
            )
        case .litellm, .smg, .ferrogw: peerCommand(file: file, setup: setup, program: program)
        }
    }

    /// The model a client asks for, which is how AgentRoute tells one way to the source from another.
    func model(_ hop: Hop) -> String {
        switch self {
        case .agentroute: hop == .plain ? "agentroute-heavy" : "agentroute-fast"
        // It knows what models there are.
        case .ferrogw: "gpt-4o"
        default: "bench-model"
        }
    }
}
