import AgentRouteCore
import AgentRoutePlatforms
import Testing

@testable import AgentRouteCLI

private func announcement(
    host: String = "127.0.0.1", token: String? = "0123456789abcdef"
) throws -> Announcement {
    var options = Configuration.Options()
    options.listen = Listen(host: host, port: 0)
    let configuration = try Configuration(
        providers: [Provider(id: "lab", preset: .ollama)],
        profiles: [
            Profile(
                name: "work",
                models: [
                    .heavy: try ModelReference("lab/a/big"), .fast: try ModelReference("lab/b"),
                ])
        ],
        activeProfile: "work", options: options)
    return Announcement(
        configuration: configuration, port: 4711, token: token, manifests: try Manifest.builtIn())
}

@Suite("What serve tells on start")
struct AnnouncementTests {
    @Test("people read address, token, aliases and how to point each tool at the gateway")
    func lines() throws {
        let lines = try announcement().lines
        #expect(
            lines.prefix(8) == [
                "AgentRoute \(Version.current) listens on http://127.0.0.1:4711",
                "Token: 0123456789abcdef",
                "",
                "Profile work:",
                "  agentroute-heavy     lab/a/big",
                "  agentroute-balanced  no model",
                "  agentroute-fast      lab/b",
                "",
            ])
        for manifest in try Manifest.builtIn() {
            #expect(lines.contains("\(manifest.displayName):"))
        }
        #expect(lines.contains("  export ANTHROPIC_BASE_URL=http://127.0.0.1:4711"))
        #expect(lines.contains("  export ANTHROPIC_AUTH_TOKEN=0123456789abcdef"))
    }

    @Test("a token from the environment is named and not shown")
    func chosenToken() throws {
        let lines = try announcement(token: nil).lines
        #expect(lines.contains("Token: the value of AGENTROUTE_TOKEN"))
        #expect(lines.contains(#"  export ANTHROPIC_AUTH_TOKEN="$AGENTROUTE_TOKEN""#))
    }

    @Test("programs read one object; an alias without a model is left out of it")
    func json() throws {
        let text = String(decoding: try announcement().json(pid: 12).serialized(), as: UTF8.self)
        #expect(
            text == """
                {"event":"listening","host":"127.0.0.1","port":4711,"token":"0123456789abcdef",\
                "pid":12,"profile":"work",\
                "aliases":{"agentroute-heavy":"lab/a/big","agentroute-fast":"lab/b"}}
                """)
        #expect(try announcement(token: nil).json(pid: 12)["token"] == JSONValue.null)
    }

    @Test(
        "the address is one a client on this machine can use",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:4711"), ("0.0.0.0", "http://127.0.0.1:4711"),
            ("::", "http://[::1]:4711"), ("::1", "http://[::1]:4711"),
        ])
    func url(host: String, expected: String) throws {
        #expect(try announcement(host: host).url == expected)
    }
}
