internal import AgentRouteCore
internal import AgentRoutePlatforms

extension Command {
    /// `agentroute status`.
    static let status = Command(
        name: "status", summary: "say whether the gateway runs, and what is linked to it",
        mending: .after
    ) { invocation, context in
        do throws(Failure) {
            let workspace = try Workspace(environment: context.environment)
            let report = try StatusReport(workspace)
            if invocation.isJSON {
                context.console.say(report.json)
            } else {
                for line in report.lines { context.console.say(line) }
            }
            return .ok
        } catch {
            return error.report(on: context.console, isJSON: invocation.isJSON)
        }
    }
}

/// The gateway and the links as they stand.
struct StatusReport {
    private let presence: GatewayPresence
    private let links: [(id: String, status: LinkStatus)]

    /// Looks.
    init(_ workspace: Workspace) throws(Failure) {
        presence = GatewayPresence.find(workspace.directories)
        let toolbox = try Toolbox(workspace)
        let request = presence.state.map { LinkRequest($0) }
        var links: [(id: String, status: LinkStatus)] = []
        for platform in toolbox.platforms {
            guard let status = try? platform.status(request), status.state != .notLinked else {
                continue
            }
            links.append((platform.id, status))
        }
        self.links = links
    }

    /// `{running,stale,port,pid,profile,engine,startedAt,links}`.
    var json: JSONValue {
        let state: GatewayState?
        var isRunning = false
        var isStale = false
        switch presence {
        case .none, .between: state = nil
        case .stale(let left):
            state = left
            isStale = true
        case .running(let now):
            state = now
            isRunning = true
        }
        return [
            "running": .bool(isRunning), "stale": .bool(isStale),
            "port": state.map { .number(.init($0.port)) } ?? nil,
            "pid": state.map { .number(.init($0.pid)) } ?? nil,
            "profile": state.map { .string($0.profile) } ?? nil,
            "engine": state.map { .string($0.engine) } ?? nil,
            "startedAt": state.map { .number(.init($0.startedAt)) } ?? nil,
            "links": .array(
                links.map { link in
                    [
                        "platform": .string(link.id), "state": .string(link.status.state.rawValue),
                        "path": link.status.path.map(JSONValue.string) ?? nil,
                    ]
                }),
        ]
    }

    /// For people.
    var lines: [String] {
        let first =
            switch presence {
            case .none: "No gateway runs."
            case .between: "A gateway is starting or ending."
            case .stale(let state): "No gateway runs: the one with pid \(state.pid) was killed."
            case .running(let state):
                "A gateway runs on port \(state.port), profile \(state.profile), engine "
                    + "\(state.engine), pid \(state.pid)."
            }
        return [first]
            + links.map { link in
                "  \(link.id): \(link.status.state.rawValue)"
                    + (link.status.path.map { ", \($0)" } ?? "")
            }
    }
}
