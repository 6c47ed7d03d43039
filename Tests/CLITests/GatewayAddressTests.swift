import AgentRouteCore
import AgentRoutePlatforms
import Testing

@testable import AgentRouteCLI

@Suite("Where clients find a gateway")
struct GatewayAddressTests {
    private func state(host: String) -> GatewayState {
        GatewayState(
            host: host, port: 4505, token: Secret("0123456789abcdef"), pid: 1, profile: "default",
            startedAt: 1_795_000_000)
    }

    @Test(
        "a client on this machine is sent to an address that it can reach",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:4505"), ("0.0.0.0", "http://127.0.0.1:4505"),
            ("::", "http://[::1]:4505"), ("::1", "http://[::1]:4505"),
            ("192.0.2.7", "http://192.0.2.7:4505"),
        ])
    func url(host: String, url: String) {
        #expect(state(host: host).url == url)
        #expect(LinkRequest(state(host: host)).gatewayURL == url)
    }

    @Test("other commands learn it from the gateway's state, and from an older one the usual")
    func kept() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/gateway.json"
        try state(host: "::1").write(to: path)
        #expect(try GatewayState.read(from: path)?.url == "http://[::1]:4505")
        try folder.write(
            #"{"port":7,"token":"0123456789abcdef","pid":1,"profile":"p","startedAt":1}"#,
            to: "gateway.json")
        #expect(try GatewayState.read(from: path)?.url == "http://127.0.0.1:7")
    }
}
