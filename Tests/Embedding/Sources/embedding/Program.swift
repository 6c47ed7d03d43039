import AgentRouteCore
import Glibc

/// Two gateways in one process, on a loop and a thread of this program's own; a third in front of the
/// first, configured in code; and the faults an embedder has to expect.
@main
struct Program {
    static func main() async {
        do {
            try reportsFaults()
            try Robot.links()
            try await servesSideBySide()
            print("embedding: all is well")
        } catch {
            Fault.report("embedding: \(error)")
            exit(1)
        }
    }

    /// A configuration that cannot be used tells all that is wrong with it.
    private static func reportsFaults() throws {
        let provider = Provider(
            id: "a lab", endpoint: .http(try BaseURL("http://127.0.0.1:9/v1")), wires: [])
        let model = try ModelReference("nowhere/big")
        do {
            _ = try Configuration(
                providers: [provider], profiles: [Profile(name: "default", models: [.fast: model])])
        } catch {
            for fault in error.faults { print("a fault, as it should be: \(fault)") }
            return try Fault.unless(
                error.faults.count == 3, "three things are wrong, told were: \(error.faults)")
        }
        throw Fault("a configuration with three faults was accepted")
    }

    private static func servesSideBySide() async throws {
        let loop = try EventLoop()
        let thread = try LoopThread { loop.run() }
        defer {
            loop.stop()
            thread.join()
        }
        let configuration = Configuration.demo.listening(onPort: 0)
        let tokens = [try SessionToken.random(), try SessionToken.random()]
        let gateways = tokens.map { Gateway(configuration: configuration, loop: loop, token: $0) }
        var clients: [Client] = []
        for (gateway, token) in zip(gateways, tokens) {
            let port = try await gateway.start()
            clients.append(Client(port: port, token: token.secret.withValue { $0 }))
        }
        do {
            try await exercise(gateways[0], gateways[1], through: clients, on: loop)
        } catch {
            for gateway in gateways { await gateway.stop() }
            throw error
        }
        for gateway in gateways { await gateway.drain(grace: .seconds(10)) }
        try Fault.unless(
            (try? clients[0].post(chatPath, chatRequest)) == nil,
            "a drained gateway still answers")
    }

    private static func exercise(
        _ first: Gateway, _ second: Gateway, through clients: [Client], on loop: EventLoop
    ) async throws {
        let messages = try clients[0].post("/v1/messages", messagesRequest)
        try show(messages, of: "first", endsWith: #"data: {"type":"message_stop"}"#)
        let chat = try clients[1].post(chatPath, chatRequest)
        try show(chat, of: "second", endsWith: "data: [DONE]")
        let stranger = try Client(port: clients[1].port, token: clients[0].token)
            .post(chatPath, chatRequest)
        try Fault.unless(
            stranger.head.hasPrefix("HTTP/1.1 401 "), "a foreign token got: \(stranger.head)")

        let firstAddress = try BaseURL("http://127.0.0.1:\(clients[0].port)/v1")
        let key = Secret(clients[0].token)
        try await withGateway(provider: firstAddress, key: key) { port, token in
            let client = Client(port: port, token: token.secret.withValue { $0 })
            let chat = try client.post(chatPath, chatRequest)
            try show(chat, of: "third", endsWith: "data: [DONE]")
        }

        try check(await first.recentRecords, are: ["200 ok heavy", "200 ok balanced"], of: "first")
        try check(await second.recentRecords, are: ["200 ok heavy", "401 refused -"], of: "second")
        try await refusesBusyPort(clients[0].port, on: loop)
    }

    /// A port that is taken is an error that says so.
    private static func refusesBusyPort(_ port: UInt16, on loop: EventLoop) async throws {
        let gateway = Gateway(
            configuration: .demo.listening(onPort: port), loop: loop, token: try .random())
        do throws(AgentRouteError) {
            _ = try await gateway.start()
        } catch {
            print("a fault, as it should be: \(error)")
            return try Fault.unless(error.code == .portInUse, "a busy port was told as \(error)")
        }
        await gateway.stop()
        throw Fault("two gateways listen on port \(port)")
    }

    private static func show(_ reply: Reply, of name: String, endsWith last: String) throws(Fault) {
        try Fault.unless(
            reply.isWhole && reply.data.last == last[...],
            "the \(name) gateway's stream is not whole: \(reply.head)\n\(reply.body)")
        print("the \(name) gateway: \(reply.data.count) events, the last of them \(last)")
    }

    /// Compares records as `status outcome alias`.
    private static func check(
        _ records: [RequestRecord], are expected: [String], of name: String
    ) throws(Fault) {
        let found = records.map { record in
            let alias = record.alias.map { $0.dropFirst("agentroute-".count) } ?? "-"
            return "\(record.status) \(record.outcome.rawValue) \(alias)"
        }
        try Fault.unless(
            found == expected, "the \(name) gateway's records are \(found), not \(expected)")
        print("the \(name) gateway's records: \(found.joined(separator: ", "))")
    }

    private static let chatPath = "/v1/chat/completions"

    private static let chatRequest = """
        {"model":"agentroute-heavy","stream":true,"messages":[{"role":"user","content":"hello"}]}
        """

    private static let messagesRequest = """
        {"model":"agentroute-heavy","max_tokens":1024,"stream":true,\
        "messages":[{"role":"user","content":"hello"}]}
        """
}
