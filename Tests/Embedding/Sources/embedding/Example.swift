import AgentRouteCore

/// Runs a gateway inside this program while `work` uses it. The provider and the profile are made
/// in code; clients of the gateway ask for the model `agentroute-heavy`.
func withGateway(
    provider: BaseURL, key: Secret, work: (_ port: UInt16, _ token: SessionToken) throws -> Void
) async throws {
    let lab = Provider(
        id: "lab", endpoint: .http(provider), wires: [ServedWire(.openAIChat)],
        key: .present(key, source: "the host program"))
    let model = try ModelReference("lab/agentroute-balanced")
    let configuration = try Configuration(
        providers: [lab], profiles: [Profile(name: "default", models: [.heavy: model])])

    let loop = try EventLoop()
    let thread = try LoopThread { loop.run() }
    defer {
        loop.stop()
        thread.join()
    }
    let token = try SessionToken.random()
    let gateway = Gateway(
        configuration: configuration.listening(onPort: 0), loop: loop, token: token,
        options: GatewayOptions(logDescriptor: 2))
    let port = try await gateway.start()
    do {
        try work(port, token)
    } catch {
        await gateway.stop()
        throw error
    }
    await gateway.drain(grace: .seconds(10))
}
