internal import AgentRouteCore

extension Command {
    /// `agentroute demo`.
    static let demo = Command(
        name: "demo", summary: "show one streamed request through a gateway of its own",
        options: [
            Option(
                "wire", .choice("WIRE", SampleRequest.all.map(\.wire)),
                SampleRequest.all.map(\.wire).joined(separator: ", "))
        ]
    ) { invocation, context in
        let wire = invocation.value("wire")
        let request = SampleRequest.all.first { $0.wire == wire } ?? .anthropicMessages
        let output = DemoOutput(console: context.console, isJSON: invocation.isJSON)
        return MainLoop.run(on: context.console) { loop in
            do throws(Failure) {
                try await DemoRun(request: request, output: output).run(on: loop)
                return .ok
            } catch {
                return error.report(on: context.console, isJSON: invocation.isJSON)
            }
        }
    }
}
