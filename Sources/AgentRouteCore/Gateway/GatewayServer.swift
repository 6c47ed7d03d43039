import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

/// What the exchanges of one gateway share. Loop thread only.
final class GatewayServer {
    let loop: EventLoop
    let gate: RequestGate
    private(set) var routes: RouteTable
    private(set) var targets: [UpstreamTarget]
    let translators: [any Translator]
    /// The way to the sidecar; nil without one.
    let sidecar: SidecarRoute?
    private(set) var records = RecordRing(capacity: 500)
    /// Scratch for heads and bodies that are written within one call.
    var head = ByteWriter(capacity: 4096)
    var body = ByteWriter(capacity: 4096)

    /// How each model counts tokens.
    var tokenCounts = TokenCounts()
    /// The sessions whose requests are being translated on another thread, by exchange.
    var translating: [UInt64: ClientSession] = [:]
    /// Tells the answers of this run from those of others, in the ids they get.
    let answerStamp: String
    /// The sessions whose clients get signs of life, and what is left of providers' answers.
    private var waiting: [ObjectIdentifier: ClientSession] = [:]
    private var drains: [ObjectIdentifier: UpstreamDrain] = [:]
    private var ticker: LoopTimer?

    private var configuration: Configuration
    private let options: GatewayOptions
    private let log: GatewayLog
    private var listener: Listener?
    private var sessions: [ObjectIdentifier: ClientSession] = [:]
    private var exchangeCount: UInt64 = 0
    private var drained: (() -> Void)?
    private var graceTimer: LoopTimer?

    init(
        configuration: Configuration, loop: EventLoop, token: SessionToken, options: GatewayOptions
    ) throws(AgentRouteError) {
        self.configuration = configuration
        self.loop = loop
        self.options = options
        sidecar = options.sidecar.map { SidecarRoute($0, loop: loop) }
        gate = RequestGate(token: token, listen: configuration.listen)
        routes = RouteTable(configuration)
        translators =
            Wire.all.map { PassThroughTranslator(wire: $0) }
            + Wire.all.map { NativeTranslator(wire: $0) }
        answerStamp = AnswerStamp.text(nanoseconds: WallClock.nanoseconds())
        var targets: [UpstreamTarget] = []
        for provider in configuration.providers {
            targets.append(try UpstreamTarget(provider, loop: loop))
        }
        self.targets = targets
        log = try GatewayLog(loop: loop, settings: configuration.log, options: options)
    }

    var isDraining: Bool { drained != nil }

    // MARK: Connections

    func listen() throws(AgentRouteError) -> UInt16 {
        let listen = configuration.listen
        let limits = ConnectionLimits(configuration.limits)
        do throws(IOError) {
            let listener = try Listener(
                loop: loop,
                place: options.listeningSocket.map { .socket($0) }
                    ?? .address(listen.host, port: listen.port), limits: limits
            ) { [weak self] in self?.accept($0) }
            self.listener = listener
            gate.port = listener.port
            return listener.port
        } catch {
            throw AgentRouteError(
                error.isAddressInUse ? .portInUse : .startFailed, origin: .gateway, retry: .safe,
                "cannot \(error.operation): \(error.text)", cause: error)
        }
    }

    private func accept(_ connection: ServerConnection) -> (any ServerConnectionHandler)? {
        let session = ClientSession(server: self, connection: connection)
        sessions[ObjectIdentifier(session)] = session
        if sessions.count > configuration.limits.connections {
            session.refuseConnection(
                AgentRouteError(
                    .unavailable, origin: .gateway, retry: .safe,
                    "the gateway has as many connections as it may "
                        + "(limits.connections is \(configuration.limits.connections))"))
        }
        return session
    }

    func closed(_ session: ClientSession) {
        sessions[ObjectIdentifier(session)] = nil
        if sessions.isEmpty { finishDraining() }
    }

    /// From the next request on, other providers, profiles and aliases hold. Exchanges under way go
    /// on as they began. Where and how the gateway listens and logs stays.
    ///
    /// - Throws: `startFailed` when a provider cannot be reached as configured; then all stays.
    func use(_ configuration: Configuration) throws(AgentRouteError) {
        var targets: [UpstreamTarget] = []
        for provider in configuration.providers {
            if let index = self.configuration.providers.firstIndex(of: provider) {
                targets.append(self.targets[index])
            } else {
                targets.append(try UpstreamTarget(provider, loop: loop))
            }
        }
        // What is dropped here closes its idle connections when the last exchange lets go of it.
        self.targets = targets
        self.configuration = configuration
        routes = RouteTable(configuration)
    }

    // MARK: Records

    func nextExchangeID() -> UInt64 {
        exchangeCount += 1
        return exchangeCount
    }

    /// Takes `record`, and leaves another in its place: to copy one is to count a dozen references.
    func add(_ record: inout RequestRecord) {
        log.write(record)
        options.onRecord?(record)
        records.take(&record)
    }

    // MARK: The end

    func drain(grace: Duration, then done: @escaping () -> Void) {
        let before = drained
        drained = {
            before?()
            done()
        }
        listener?.close()
        listener = nil
        for session in sessions.values { session.drain() }
        if sessions.isEmpty { return finishDraining() }
        graceTimer?.cancel()
        graceTimer = LoopTimer(loop: loop, after: UInt64(grace == .zero ? 0 : grace.milliseconds)) {
            [weak self] in self?.closeAll()
        }
    }

    // MARK: Translated answers

    /// Whether the profile says that what cannot be expressed is an error.
    func isStrict(_ route: Route) -> Bool {
        route.alias != nil && configuration.active?.isStrict == true
    }

    /// From now on the session's client gets a sign of life when nothing else has left for 10 s, for
    /// as long as the provider's connection stands: clients give up on silence after minutes, and
    /// proxies between sooner. The provider's own silence has a limit of its own.
    func keepWaiting(_ session: ClientSession) {
        waiting[ObjectIdentifier(session)] = session
        startTicker()
    }

    func forgetWaiting(_ session: ClientSession) {
        waiting[ObjectIdentifier(session)] = nil
    }

    /// Reads the rest of an answer whose client has all of it.
    func drainUpstream(_ connection: ClientConnection) {
        let drain = UpstreamDrain(connection) { [weak self] drain in
            self?.drains[ObjectIdentifier(drain)] = nil
        }
        drains[ObjectIdentifier(drain)] = drain
        startTicker()
    }

    private func startTicker() {
        guard ticker == nil else { return }
        ticker = LoopTimer(loop: loop, after: 1000, repeat: 1000) { [weak self] in self?.tick() }
    }

    private func tick() {
        for session in waiting.values { session.keepAlive(after: 10_000_000_000) }
        let now = EventLoop.nanoseconds()
        for drain in drains.values where now > drain.deadline { drain.close() }
        guard waiting.isEmpty, drains.isEmpty else { return }
        ticker?.cancel()
        ticker = nil
    }

    private func closeAll() {
        for session in sessions.values { session.stop() }
    }

    private func finishDraining() {
        guard let done = drained else { return }
        graceTimer?.cancel()
        graceTimer = nil
        ticker?.cancel()
        ticker = nil
        for drain in drains.values { drain.close() }
        for target in targets { target.close() }
        sidecar?.close()
        log.close()
        drained = nil
        done()
    }
}

extension ConnectionLimits {
    fileprivate init(_ limits: Limits) {
        self.init()
        headBytes = UInt32(clamping: limits.headBytes)
        bodyBytes = UInt64(clamping: limits.bodyBytes)
        headMilliseconds = limits.head.milliseconds
        bodyMilliseconds = limits.body.milliseconds
        idleMilliseconds = limits.idle.milliseconds
    }
}

/// A short name for a run of the gateway.
private enum AnswerStamp {
    /// The milliseconds of a time, as letters and digits.
    static func text(nanoseconds: Int64) -> String {
        String(UInt64(max(0, nanoseconds)) / 1_000_000, radix: 36)
    }
}
