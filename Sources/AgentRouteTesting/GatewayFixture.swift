package import AgentRouteCore
import AgentRouteIO

/// A gateway on a loop and thread of its own, as another program would embed it.
package final class GatewayFixture: Sendable {
    /// The port it listens on.
    package let port: UInt16
    /// What clients must show.
    package let token: String
    private let gateway: Gateway
    private let loop: EventLoop
    private let thread: WorkerThread
    private let records: Observed<[RequestRecord]>

    private init(running: Running, port: UInt16, token: String) {
        gateway = running.gateway
        loop = running.loop
        thread = running.thread
        records = running.records
        self.port = port
        self.token = token
    }

    private struct Running {
        let gateway: Gateway
        let loop: EventLoop
        let thread: WorkerThread
        let records: Observed<[RequestRecord]>
    }

    /// Starts a gateway. `configuration` is the text of a `config.json`; the environment it sees is
    /// empty. It logs to `logDescriptor`, which the caller owns, as the configuration says.
    ///
    /// - Throws: `ConfigurationError`, `IOError` or `AgentRouteError`, the thread then being joined.
    package static func start(
        configuration: String, logDescriptor: Int32? = nil
    ) async throws -> GatewayFixture {
        let configuration = try read(configuration)
        let token = try SessionToken.random()
        let loop = try EventLoop()
        let records = Observed<[RequestRecord]>([])
        let options = GatewayOptions(
            logDescriptor: logDescriptor, logLevel: configuration.log.level,
            logFormat: configuration.log.format,
            onRecord: { record in records.update { $0.append(record) } })
        let gateway = Gateway(
            configuration: configuration, loop: loop, token: token, options: options)
        let thread = WorkerThread { loop.run() }
        do {
            let port = try await gateway.start()
            let running = Running(gateway: gateway, loop: loop, thread: thread, records: records)
            return GatewayFixture(running: running, port: port, token: token.secret.value)
        } catch {
            loop.stop()
            thread.join()
            throw error
        }
    }

    private static func read(_ text: String) throws -> Configuration {
        try Configuration.load(
            text: Array(text.utf8), environment: [:], readFile: { try AtomicFile.read($0) })
    }

    /// From the next request on, the providers and profiles of `configuration` hold.
    package func use(_ configuration: String) async throws {
        try await gateway.use(Self.read(configuration))
    }

    /// Blocks until `count` exchanges have ended, and answers every record so far, oldest first;
    /// fewer than `count` when `timeout` passed.
    package func awaitRecords(
        _ count: Int, timeout: Duration = .seconds(10)
    ) -> [RequestRecord] {
        records.wait(timeout: timeout) { $0.count >= count }
        return records.value
    }

    /// The gateway's own memory of the latest exchanges.
    package func recentRecords() async -> [RequestRecord] { await gateway.recentRecords }

    /// Lets what runs finish for up to `grace`; nothing new is accepted.
    package func drain(grace: Duration) async { await gateway.drain(grace: grace) }

    /// Stops the gateway and its loop and joins the thread.
    package func stop() async {
        await gateway.stop()
        loop.stop()
        thread.join()
    }
}
