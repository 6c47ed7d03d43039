internal import AgentRouteCore
internal import AgentRoutePlatforms

extension Doctor {
    /// What the environment does to the tools.
    func environmentFindings(_ toolbox: Toolbox) -> [Finding] {
        var findings = [Self.proxyFinding(workspace.environment)]
        if let claude = toolbox.platforms.first(where: { $0.id == "claude-code" }),
            claude.detect().isFound
        {
            findings.append(toolSearchFinding(claude))
        }
        return findings
    }

    /// A tool that asks a proxy for 127.0.0.1 does not reach the gateway.
    static func proxyFinding(_ environment: [String: String]) -> Finding {
        func value(_ name: String) -> String? {
            [environment[name], environment[name.lowercased()]].compactMap(\.self)
                .first { !$0.isEmpty }
        }
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].filter { value($0) != nil }
        guard !proxies.isEmpty else { return .fine("proxy", "none is set") }
        let exceptions = (value("NO_PROXY") ?? "").split { $0 == "," || $0.isWhitespace }
        let covering: Set<Substring> = ["*", "127.0.0.1", "127.0.0.0/8"]
        let names = proxies.joined(separator: ", ")
        guard exceptions.contains(where: covering.contains) else {
            return .wrong(
                "proxy", "\(names) is set, so tools may ask the proxy for the gateway",
                remedy: "export NO_PROXY=127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}")
        }
        return .fine("proxy", "\(names) is set, and not for 127.0.0.1")
    }

    /// With tool search off Claude Code sends the model every tool of every MCP server.
    private func toolSearchFinding(_ claude: ManifestPlatform) -> Finding {
        let name = "tool search"
        let settings = (try? claude.status())?.path.flatMap { try? AtomicFile.read($0) }
            .flatMap { try? JSONValue.parse($0, comments: true) }
        func value(_ variable: String) -> String? {
            settings?["env"]?[variable]?.string ?? workspace.environment[variable]
        }
        let off = ["ENABLE_TOOL_SEARCH": "false", "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1"]
        for (variable, setting) in off.sorted(by: { $0.key < $1.key })
        where value(variable) == setting {
            return .wrong(
                name,
                "\(variable)=\(setting) turns it off: every tool of every MCP server costs "
                    + "context", remedy: "unset \(variable), here and in Claude Code's settings")
        }
        guard let setting = value("ENABLE_TOOL_SEARCH") else {
            return .fine(
                name,
                "left to Claude Code; should its MCP tools fill the context, set "
                    + "ENABLE_TOOL_SEARCH=true")
        }
        return .fine(name, "ENABLE_TOOL_SEARCH=\(setting)")
    }
}
