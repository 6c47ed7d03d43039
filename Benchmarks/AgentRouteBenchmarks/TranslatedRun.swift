import Foundation

/// Traffic of an Anthropic client on a chat provider, or of a chat client on the same.
struct TranslatedLane {
    /// What is read from a window, in microseconds.
    enum Measure {
        /// CPU time for one event.
        case eventCost
        /// From a request's first byte to its answer's first event.
        case firstToken

        func value(of window: LoadResult) -> Double {
            switch self {
            case .eventCost: window.cost(per: .event)
            case .firstToken: window.firstToken
            }
        }
    }

    /// Its name in the tables.
    let title: String
    /// The traffic, whichever client it is of.
    let load: Load
    /// What is read from a window.
    let measure: Measure
    /// What translation may add at most, in microseconds; nil where that is not the question.
    var target: Double?
    /// Whether other gateways keep up with it.
    var hasPeers = true

    /// Every one.
    static let all = [
        TranslatedLane(
            title: "event, 200 streams × 50 events/s: CPU", load: streams(200),
            measure: .eventCost, target: 2, hasPeers: false),
        TranslatedLane(
            title: "event, 20 streams × 50 events/s: CPU", load: streams(20), measure: .eventCost),
        TranslatedLane(
            title: "event, 64 in one upstream write: CPU",
            load: Load(
                connections: 20, body: 2048,
                settings: "events=10000000 bytes=240 group=64 interval=200000", spread: 10000),
            measure: .eventCost, hasPeers: false),
        TranslatedLane(
            title: "first token, 2 KB request", load: exchange(2048), measure: .firstToken,
            target: 100),
        TranslatedLane(
            title: "first token, 190 KB request", load: exchange(190_000), measure: .firstToken,
            target: 3000),
    ]

    /// Streams whose events come evenly spread.
    static func streams(_ count: Int) -> Load {
        Load(
            connections: count, body: 2048, settings: "events=10000000 bytes=240 interval=20000",
            spread: 20000 / count)
    }

    /// Answered with one event, one at a time.
    static func exchange(_ body: Int) -> Load {
        Load(connections: 1, body: body, settings: "events=1")
    }

    /// The traffic of a client with `wire`.
    func load(_ wire: ClientWire) -> Load {
        var load = load
        load.wire = wire
        load.hasTurns = true
        return load
    }
}

/// What a lane gave, in microseconds, by round.
struct TranslatedLaneResults {
    /// The lane.
    let lane: TranslatedLane
    /// An Anthropic client's events or exchanges.
    var translated: [Contender: [Double]] = [:]
    /// A chat client's.
    var passed: [Contender: [Double]] = [:]
}

/// What stands still while a large request is translated, in microseconds, by round.
struct StandstillResults {
    /// The time of the loop's own thread for one request, from the first byte in to the last byte out:
    /// no turn of it can have been longer.
    var threadTime: [Double] = []
    /// The slowest event of another stream, beside large requests one after the other.
    var besides: [Double] = []
    /// The same without them.
    var alone: [Double] = []
}

/// What was found about translation.
struct TranslatedResults {
    /// The lanes.
    var lanes = TranslatedLane.all.map { TranslatedLaneResults(lane: $0) }
    /// What stands still meanwhile.
    var standstill = StandstillResults()
    /// The peers that took part.
    var peers: [Contender] = []
    /// Why a peer is missing, or a value of it.
    var remarks: [String] = []
}

/// Compares translated streams with the same passed through, and with those of other gateways.
struct TranslatedRun {
    /// In `--lanes`.
    static let name = "translated"

    /// Where.
    let bench: Workbench
    /// How often, how long, with which others.
    let options: Options

    /// Answers what was found; nil when it is not wanted.
    func measure() throws -> TranslatedResults? {
        guard options.wants(Self.name) else { return nil }
        var results = TranslatedResults()
        var proxies = [try bench.start(.agentroute)]
        defer { for proxy in proxies { proxy.child?.end() } }
        if options.peers != nil {
            for peer in Contender.allCases where peer.isPeer {
                if let proxy = try startPeer(peer, &results) { proxies.append(proxy) }
            }
        }
        let translating = try proxies.filter { try translates($0, &results) }.map(\.contender)
        for round in 0..<options.rounds {
            for index in results.lanes.indices {
                let lane = results.lanes[index].lane
                tell("bench: round \(round + 1) of \(options.rounds), \(lane.title)")
                for proxy in proxies where lane.hasPeers || !proxy.contender.isPeer {
                    let isEven = round.isMultiple(of: 2)
                    let wires: [ClientWire] = isEven ? [.chat, .messages] : [.messages, .chat]
                    for wire in wires where wire == .chat || translating.contains(proxy.contender) {
                        try run(proxy, wire, at: index, &results)
                    }
                }
            }
            try measureStandstill(&results.standstill)
        }
        return results
    }

    /// A window a peer fails in is told and left out; a failure of AgentRoute is ours.
    private func run(
        _ proxy: Proxy, _ wire: ClientWire, at index: Int, _ results: inout TranslatedResults
    ) throws {
        let lane = results.lanes[index].lane
        do {
            let window = try bench.run(lane.load(wire), on: proxy, window: options.window)
            let path: WritableKeyPath<TranslatedLaneResults, [Contender: [Double]]> =
                wire == .chat ? \.passed : \.translated
            results.lanes[index][keyPath: path][proxy.contender, default: []]
                .append(lane.measure.value(of: window))
        } catch let error as ChildError where proxy.contender.isPeer {
            tell("bench: left out: \(error)")
            results.remarks.append("\(lane.title): \(error)")
        }
    }

    // MARK: Peers

    /// Starts a peer and waits until it passes a chat request through; nil when it cannot.
    private func startPeer(_ peer: Contender, _ results: inout TranslatedResults) throws -> Proxy? {
        if let absence = bench.absence(of: peer) {
            results.remarks.append("\(peer.title): \(absence)")
            return nil
        }
        do {
            tell("bench: starting \(peer.title)")
            let proxy = try bench.start(peer)
            do {
                try awaitAnswer(proxy)
            } catch {
                proxy.child?.end()
                throw error
            }
            results.peers.append(peer)
            return proxy
        } catch let error as ChildError {
            results.remarks.append("\(error)")
            return nil
        }
    }

    /// Some have to find out about their provider first.
    private func awaitAnswer(_ proxy: Proxy) throws {
        let patience = Date(timeIntervalSinceNow: 30)
        while true {
            do {
                _ = try bench.run(TranslatedLane.exchange(2048), on: proxy, requests: 1)
                return
            } catch let error as ChildError {
                guard Date() < patience else { throw error }
                usleep(200_000)
            }
        }
    }

    /// Whether a gateway serves an Anthropic client by a chat provider. If it does, it is warm then.
    private func translates(
        _ proxy: Proxy, _ results: inout TranslatedResults
    ) throws -> Bool {
        var load = TranslatedLane.exchange(2048)
        load.wire = .messages
        do {
            _ = try bench.run(load, on: proxy, requests: 20)
            return true
        } catch let error as ChildError where proxy.contender.isPeer {
            results.remarks.append("does not translate. \(error)")
            return false
        }
    }

    // MARK: Standstill

    /// On whichever processors there are: on one alone the loop would wait for the translating thread.
    private func measureStandstill(_ results: inout StandstillResults) throws {
        let proxy = try bench.start(.agentroute, on: .anywhere)
        defer { proxy.child?.end() }
        let stream = Load(
            connections: 1, settings: "events=10000000 bytes=240 interval=1000", wire: .messages)
        var large = TranslatedLane.exchange(190_000)
        large.wire = .messages
        large.hasTurns = true
        let alone = try bench.run(stream, on: proxy, window: options.window)
        results.alone.append(alone.slowestEvent)
        let requests = try bench.run(large, on: proxy, window: options.window)
        results.threadTime.append(requests.mainThreadCost)
        // It is busy for longer than the stream is watched.
        let busy = try bench.begin(large, on: proxy, window: options.window + 500)
        let besides = try bench.run(stream, on: proxy, window: options.window)
        results.besides.append(besides.slowestEvent)
        _ = try bench.result(of: busy, on: proxy)
    }
}
