public import AgentRouteIO

/// A gateway: listens on loopback, and carries each request to the provider that serves its model.
///
/// It runs on a loop of the caller's, on a thread of the caller's choosing:
///
/// ```swift
/// let loop = try EventLoop()
/// Thread.detachNewThread { loop.run() }
/// let gateway = Gateway(configuration: configuration, loop: loop, token: try .random())
/// let port = try await gateway.start()
/// // ... clients use http://127.0.0.1:port with the token ...
/// await gateway.drain(grace: .seconds(10))
/// loop.stop()
/// ```
///
/// Several gateways may share a loop or have one each. A gateway that was stopped is not started
/// again: make another.
public actor Gateway {
    private let loop: EventLoop
    private let configuration: Configuration
    private let token: SessionToken
    private let options: GatewayOptions
    private var server: GatewayServer?
    private var isStopped = false

    /// A gateway that does nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: Where to listen, the providers, what the aliases mean.
    ///   - loop: Runs the gateway; kept for as long as the gateway lives.
    ///   - token: What every request but the health check must show.
    ///   - options: Where records go besides memory.
    public init(
        configuration: Configuration, loop: EventLoop, token: SessionToken,
        options: GatewayOptions = GatewayOptions()
    ) {
        self.configuration = configuration
        self.loop = loop
        self.token = token
        self.options = options
    }

    /// The loop: everything a gateway does happens on its thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// From the next request on, the providers, profiles and aliases of another configuration hold: a
    /// profile is switched without a restart. Exchanges under way go on as they began. Where and how
    /// the gateway listens and logs stays as it was.
    ///
    /// - Throws: `startFailed` when a provider cannot be used as configured; then everything stays as
    ///   it was.
    public func use(_ configuration: Configuration) throws(AgentRouteError) {
        try server?.use(configuration)
    }

    /// Binds and listens. The loop must be running, now or soon.
    ///
    /// - Returns: The port, which the system has chosen when the configuration says 0.
    /// - Throws: `portInUse` when another program has the port, `startFailed` for any other reason.
    public func start() async throws(AgentRouteError) -> UInt16 {
        guard server == nil, !isStopped else {
            throw AgentRouteError(
                .startFailed, origin: .gateway, retry: .useless,
                "this gateway was started before; make another")
        }
        let server = try GatewayServer(
            configuration: configuration, loop: loop, token: token, options: options)
        let port = try server.listen()
        self.server = server
        return port
    }

    /// Stops in order: accepts nothing more, lets exchanges under way end, and after `grace` closes
    /// what is left. Returns when all connections are closed.
    public func drain(grace: Duration) async {
        isStopped = true
        guard let server else { return }
        await withCheckedContinuation { done in
            server.drain(grace: grace) { done.resume() }
        }
        self.server = nil
    }

    /// Stops at once. Exchanges under way are cut; their clients can tell.
    public func stop() async {
        await drain(grace: .zero)
    }

    /// The newest 500 records, oldest first.
    public var recentRecords: [RequestRecord] {
        server?.records.all ?? []
    }
}

/// What a gateway does with its records besides keeping the newest 500 in memory.
public struct GatewayOptions: Sendable {
    /// A file descriptor that gets a line for each record, 2 for standard error; nil for none. The
    /// caller keeps it open. Written off the loop's thread; lines that find 1 MiB waiting are dropped
    /// and counted.
    public var logDescriptor: Int32?
    /// The least severe line that is written; nil for what the configuration says.
    public var logLevel: LogLevel?
    /// The form of a line; nil for what the configuration says.
    public var logFormat: LogFormat?
    /// A TCP socket that is bound and listens already, handed over by a service manager
    /// (sd_listen_fds(3)); the gateway closes it. Nil to listen where the configuration says.
    public var listeningSocket: Int32?
    /// A LiteLLM that carries what comes in Anthropic's wire to providers of OpenAI's; nil for the
    /// gateway's own translation. It is on the gateway's loop, and stays the caller's to stop.
    package var sidecar: SidecarProcess?
    /// Called with each record, on the loop's thread: it must be quick.
    public var onRecord: (@Sendable (RequestRecord) -> Void)?

    /// Options of these values.
    public init(
        logDescriptor: Int32? = nil, logLevel: LogLevel? = nil, logFormat: LogFormat? = nil,
        onRecord: (@Sendable (RequestRecord) -> Void)? = nil
    ) {
        self.logDescriptor = logDescriptor
        self.logLevel = logLevel
        self.logFormat = logFormat
        self.onRecord = onRecord
    }
}
