internal import AgentRouteCore
internal import AgentRoutePlatforms

extension Command {
    /// `agentroute platforms`.
    static let platforms = Command(
        name: "platforms", summary: "list the tools that can be linked"
    ) { invocation, context in
        do throws(Failure) {
            let workspace = try Workspace(environment: context.environment)
            let toolbox = try Toolbox(workspace)
            for warning in toolbox.warnings {
                context.console.note("agentroute: warning: \(warning)")
            }
            let request = GatewayPresence.find(workspace.directories).state.map { LinkRequest($0) }
            let rows = toolbox.platforms.map { PlatformRow($0, request) }
            if invocation.isJSON {
                context.console.say(JSONValue.array(rows.map(\.json)))
            } else {
                let width = rows.map(\.id.count).max() ?? 0
                for row in rows {
                    let padding = String(repeating: " ", count: width - row.id.count + 2)
                    context.console.say(row.id + padding + row.text)
                }
            }
            return .ok
        } catch {
            return error.report(on: context.console, isJSON: invocation.isJSON)
        }
    }
}

/// One tool in the list.
private struct PlatformRow {
    let id: String
    private let platform: ManifestPlatform
    private let presence: Presence
    private let state: String
    private let path: String?

    init(_ platform: ManifestPlatform, _ request: LinkRequest?) {
        id = platform.id
        self.platform = platform
        presence = platform.detect()
        let status = try? platform.status(request)
        state = status?.state.rawValue ?? "unreadable"
        path = status?.path
    }

    var json: JSONValue {
        [
            "id": .string(id), "displayName": .string(platform.displayName),
            "wire": .string(platform.wire.rawValue), "found": .bool(presence.isFound),
            "binary": presence.binary.map(JSONValue.string) ?? nil,
            "path": path.map(JSONValue.string) ?? nil, "state": .string(state),
        ]
    }

    var text: String {
        let found = presence.binary ?? (presence.isFound ? "configuration found" : "not found")
        return "\(platform.displayName): \(state), \(found)"
    }
}
