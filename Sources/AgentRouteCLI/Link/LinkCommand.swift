internal import AgentRouteCore
internal import AgentRoutePlatforms
internal import Glibc

extension Command {
    /// `agentroute link`.
    static let link = Command(
        name: "link", summary: "point tools at the gateway",
        operands: [Operand("TOOL", "the tool, as `agentroute platforms` lists it", .some)],
        options: [
            Option("tune", .none, "write what foreign models need besides")
        ],
        job: { job async throws(Failure) in
            let toolbox = try Toolbox(job.workspace)
            var platforms: [ManifestPlatform] = []
            for id in job.invocation.operands { platforms.append(try toolbox.platform(id)) }
            let goal = try LinkGoal(job, isTuned: job.invocation.has("tune"))
            for platform in platforms {
                let result = try toolbox.link(platform, goal.request, stays: goal.stays)
                tell(result, platform, on: job.output)
            }
            if goal.isOffline {
                job.output.remark(
                    "no gateway runs at \(goal.request.gatewayURL) yet; start it with: "
                        + "agentroute up")
            }
            return .ok
        })

    private static func tell(
        _ result: LinkResult, _ platform: ManifestPlatform, on output: Output
    ) {
        let what = result.isChanged ? "linked" : "was linked already"
        output.say(
            [
                "platform": .string(platform.id),
                "path": result.path.map(JSONValue.string) ?? nil,
                "keys": .array(result.keys.map { .string($0) }),
                "changed": .bool(result.isChanged),
            ],
            [
                result.path.map { "\(platform.displayName) \(what): \($0)" }
                    ?? "\(platform.displayName) has no settings file; start it with: agentroute run "
                    + platform.id
            ])
    }

    /// `agentroute unlink`.
    static let unlink = Command(
        name: "unlink", summary: "give tools their settings back",
        operands: [Operand("TOOL", "the tool, as `agentroute platforms` lists it", .any)],
        options: [Option("all", .none, "every tool that is linked")], mending: .after
    ) { invocation, context in
        do throws(Failure) {
            let workspace = try Workspace(environment: context.environment)
            let toolbox = try Toolbox(workspace)
            guard invocation.has("all") != !invocation.operands.isEmpty else {
                throw Failure(.usage, code: "usage", "name tools, or give --all")
            }
            if invocation.has("all") {
                let links = toolbox.unlinkAll(including: true)
                for (id, result) in links.done {
                    tell(result, id, isJSON: invocation.isJSON, on: context.console)
                }
                for failure in links.failures {
                    _ = failure.report(on: context.console, isJSON: invocation.isJSON)
                }
                return links.failures.first?.exitCode ?? .ok
            }
            for id in invocation.operands {
                let result = try toolbox.unlink(id)
                tell(result, id, isJSON: invocation.isJSON, on: context.console)
            }
            return .ok
        } catch {
            return error.report(on: context.console, isJSON: invocation.isJSON)
        }
    }

    private static func tell(
        _ result: UnlinkResult, _ id: String, isJSON: Bool, on console: Console
    ) {
        if isJSON {
            console.say([
                "platform": .string(id), "path": result.path.map(JSONValue.string) ?? nil,
                "outcome": .string(result.outcome.name),
                "kept": .array(result.kept.map { .string($0) }),
            ])
            return
        }
        switch result.outcome {
        case .nothing: console.say("\(id): not linked")
        case .restored: console.say("\(id): settings as they were, byte for byte")
        case .merged: console.say("\(id): link removed, what you changed since is kept")
        case .recognised:
            console.say("\(id): the link had no record; what is recognisably ours was removed")
        }
        if !result.kept.isEmpty {
            console.say("  kept as you set them: \(result.kept.joined(separator: ", "))")
        }
    }
}

extension UnlinkResult.Outcome {
    /// The name for programs.
    fileprivate var name: String {
        switch self {
        case .restored: "restored"
        case .merged: "merged"
        case .recognised: "recognised"
        case .nothing: "nothing"
        }
    }
}

/// The gateway that `link` points a tool at: the one that runs, or the one that `up` will start.
struct LinkGoal {
    let request: LinkRequest
    /// No gateway runs.
    let isOffline: Bool
    /// The link is to stay when the gateway ends: one that is started by a request, or by hand, is to
    /// find the tool linked.
    let stays: Bool

    /// Finds it. Where none runs, its token is kept for the one that will. Blocks on files.
    init(_ job: Job, isTuned: Bool) throws(Failure) {
        let workspace = job.workspace
        let state = GatewayPresence.find(workspace.directories).state
        let configuration = Self.configuration(workspace, profile: state?.profile)
        let windows = configuration.map {
            ModelCatalogue(directories: workspace.directories, loop: job.loop)
                .contextWindows(in: $0)
        }
        if let state {
            request = LinkRequest(state, contextWindows: windows ?? [:], isTuned: isTuned)
            isOffline = false
            stays = ServiceUnit.isInstalled(workspace.environment)
            return
        }
        let listen = configuration?.listen ?? Listen()
        request = LinkRequest(
            gatewayURL: listen.url(port: listen.port),
            token: try Self.token(workspace).secret.value,
            contextWindows: windows ?? [:], isTuned: isTuned)
        isOffline = true
        stays = true
    }

    private static func token(_ workspace: Workspace) throws(Failure) -> SessionToken {
        do throws(Failure) {
            return try StableToken.make(workspace)
        } catch {
            throw Failure(.link, code: error.code, faults: error.faults)
        }
    }

    /// What a gateway runs with, as far as the files can be read.
    private static func configuration(_ workspace: Workspace, profile: String?) -> Configuration? {
        guard let configuration = try? workspace.configuration() else { return nil }
        let profiles = try? workspace.profiles(configuration).read()
        return (try? profiles?.resolve(active: profile)) ?? configuration
    }
}
