import AgentRoutePlatforms

/// A tool on a machine in memory.
struct Linking {
    let files = MemoryFiles()
    let platform: ManifestPlatform
    let settings: String

    init(_ id: String = "claude-code", settings: String? = nil) throws {
        self.init(
            try Manifest.builtIn().first { $0.id == id }
                ?? Manifest([], source: "no manifest \(id)"), settings: settings)
    }

    init(_ manifest: Manifest, settings: String?) {
        platform = ManifestPlatform(
            manifest,
            host: .init(
                files: files, environment: ["HOME": "/h", "PATH": "/usr/bin:/opt/bin"],
                linksFolder: "/state/links", aliases: Self.aliases))
        let paths = [
            "claude-code": "/h/.claude/settings.json", "codex": "/h/.codex/config.toml",
            "gemini-cli": "/h/.gemini/.env",
        ]
        self.settings = paths[manifest.id] ?? "/h/settings"
        files[self.settings] = settings
    }

    static let aliases = Substitutions.Roles(
        heavy: "agentroute-heavy", balanced: "agentroute-balanced", fast: "agentroute-fast")

    /// What the settings file holds.
    var text: String? {
        get { files[settings] }
        nonmutating set { files[settings] = newValue }
    }

    var record: String { "/state/links/\(platform.id).json" }

    @discardableResult
    func link(port: Int = 4505, token: String = "f00d", tune: Bool = false) throws -> LinkResult {
        try platform.link(Self.request(port: port, token: token, tune: tune))
    }

    static func request(port: Int = 4505, token: String = "f00d", tune: Bool = false) -> LinkRequest
    {
        LinkRequest(
            gatewayURL: "http://127.0.0.1:\(port)", token: token,
            contextWindows: [.heavy: 200_000, .fast: 128_000], isTuned: tune)
    }
}
