internal import AgentRouteCore

extension Command {
    /// `agentroute serve`.
    static let serve = Command(
        name: "serve", summary: "run the gateway in the foreground",
        options: [
            Option("config", .word("FILE"), "read FILE, not config.json in the config folder"),
            Option("port", .port, "listen on port N; 0 lets the system choose"),
            Option("demo", .none, "offer the built-in model: no key, no network"),
            Option(
                "log-level", .choice("LEVEL", LogLevel.all.map(\.name)),
                "log from LEVEL on: " + LogLevel.all.map(\.name).joined(separator: ", ")),
        ]
    ) { invocation, context in
        let output = ServeOutput(console: context.console, isJSON: invocation.isJSON)
        return MainLoop.run(on: context.console) { loop in
            do throws(Failure) {
                let plan = try await ServePlan(
                    invocation, environment: context.environment, loop: loop)
                for warning in plan.warnings { output.warn(warning) }
                return await ServeSession(plan, output: output, loop: loop).run()
            } catch {
                return output.fail(error)
            }
        }
    }
}
