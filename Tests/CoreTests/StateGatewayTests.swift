import AgentRouteCore
import Testing

@Suite("gateway.json")
struct StateGatewayTests {
    private let folder: StateFolder
    private var path: String { "\(folder.path)/state/gateway.json" }
    private let state = GatewayState(
        port: 4505, token: Secret("0123456789abcdef\"\\"), pid: 77, profile: "default",
        startedAt: 1_795_000_000)

    init() throws {
        folder = try StateFolder()
    }

    @Test("the state is read back as it was written, by its owner only")
    func roundTrip() throws {
        try state.write(to: path)
        #expect(try GatewayState.read(from: path) == state)
        #expect(folder.mode("state/gateway.json") == 0o600 && folder.mode("state") == 0o700)
    }

    @Test("no file is no state")
    func missing() throws {
        #expect(try GatewayState.read(from: path) == nil)
        try state.removeIfOurs(at: path)
    }

    @Test(
        "a file that is none of ours is no state",
        arguments: [
            "", "{", "[]", "{}",
            "{\"port\":70000,\"token\":\"t\",\"pid\":1,\"profile\":\"p\",\"startedAt\":1}",
            "{\"port\":1,\"token\":7,\"pid\":1,\"profile\":\"p\",\"startedAt\":1}",
        ])
    func malformed(text: String) throws {
        try AtomicFile.write(path: path, bytes: Array(text.utf8))
        #expect(try GatewayState.read(from: path) == nil)
        try state.removeIfOurs(at: path)
        #expect(try AtomicFile.read(path) == Array(text.utf8))
    }

    @Test("a gateway removes its own state and no other's")
    func removal() throws {
        var other = state
        other.pid = 78
        try other.write(to: path)
        try state.removeIfOurs(at: path)
        #expect(try GatewayState.read(from: path) == other)
        try state.write(to: path)
        try state.removeIfOurs(at: path)
        #expect(try GatewayState.read(from: path) == nil)
    }

    @Test("a state prints without its token")
    func redaction() {
        #expect(!"\(state) \(String(reflecting: state))".contains("0123456789"))
    }
}
