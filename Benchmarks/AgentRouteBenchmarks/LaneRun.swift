/// What the rounds of one lane gave, by contender, in the order of the rounds.
struct LaneResults {
    /// The lane.
    let lane: Lane
    /// Each round's window.
    var windows: [Contender: [LoadResult]] = [:]
    /// What went wrong in the windows that are left out.
    var faults: [String] = []

    /// CPU time for one event or request in microseconds, by round.
    func costs(_ contender: Contender) -> [Double] {
        (windows[contender] ?? []).map { $0.cost(per: lane.unit) }
    }

    /// Whether the contender was in this lane.
    func has(_ contender: Contender) -> Bool { windows[contender] != nil }

    /// The median over the rounds of what a proxy adds to the latency without one, in microseconds.
    func added(_ contender: Contender, percentile: Int) -> Double {
        func median(_ contender: Contender) -> Double {
            (windows[contender] ?? [])
                .map { $0.latency(of: lane.unit, percentile: percentile) }.median
        }
        return median(contender) - median(.direct)
    }
}

/// Runs every lane through every contender in turn, and again for each round.
struct LaneRun {
    /// Where.
    let bench: Workbench
    /// Which lanes, how often, how long.
    let options: Options

    /// Answers the lanes' results in the lanes' order.
    func measure() throws -> [LaneResults] {
        var all = Lane.all.filter { options.wants($0.name) }.map { LaneResults(lane: $0) }
        guard !all.isEmpty else { return [] }
        var proxies: [Proxy] = []
        defer { for proxy in proxies { proxy.child?.end() } }
        for contender in [.direct] + bench.proxies { proxies.append(try bench.start(contender)) }
        for round in 0..<options.rounds {
            for index in all.indices {
                tell("bench: round \(round + 1) of \(options.rounds), \(all[index].lane.title)")
                for proxy in rotated(proxies, by: round) where takesPart(proxy, all[index].lane) {
                    try run(proxy, &all[index])
                }
            }
        }
        return all
    }

    /// A window another proxy fails in is told and left out; a failure of AgentRoute is ours.
    private func run(_ proxy: Proxy, _ results: inout LaneResults) throws {
        do {
            let window = try bench.run(results.lane.load, on: proxy, window: options.window)
            results.windows[proxy.contender, default: []].append(window)
        } catch let error as ChildError where proxy.contender != .agentroute {
            tell("bench: left out: \(error)")
            results.faults.append("\(results.lane.title): \(error)")
        }
    }

    private func takesPart(_ proxy: Proxy, _ lane: Lane) -> Bool {
        switch proxy.contender {
        case .direct: lane.measuresLatency
        case .roomyNginx: lane.load.body > 16 << 10
        case .agentroute, .nginx, .haproxy, .caddy: true
        case .litellm, .smg, .ferrogw: false
        }
    }

    /// Nobody is always first.
    private func rotated(_ proxies: [Proxy], by count: Int) -> [Proxy] {
        let start = count % proxies.count
        return Array(proxies[start...] + proxies[..<start])
    }
}
