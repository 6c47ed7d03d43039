extension Report {
    /// CPU time by lane, and what share of nginx's it is.
    var costTable: String? {
        let header = ["lane"] + contenders.map(\.title) + ["ratio to nginx", "target"]
        return Table(
            title: "CPU time, µs per event or request", header: header, rows: lanes.map(costRow)
        )
        .text
    }

    /// What proxies add to latency.
    var latencyTable: String? {
        let rows = lanes.filter(\.lane.measuresLatency).flatMap { results in
            [50, 99].map { latencyRow(results, percentile: $0) }
        }
        let header = ["lane"] + contenders.map(\.title) + ["target"]
        return Table(title: "Added latency, µs", header: header, rows: rows).text
    }

    /// What is missing from the tables and the medians, and why.
    var faultList: String? {
        let faults = lanes.flatMap(\.faults) + (memory?.faults ?? [])
        guard !faults.isEmpty else { return nil }
        let lines = faults.map { "- " + $0.split(separator: "\n").joined(separator: " ") }
        return "Left out, since the answers were wrong:\n\n" + lines.joined(separator: "\n")
    }

    private func costRow(_ results: LaneResults) -> [String] {
        let nginx = results.costs(.nginx)
        let own = results.costs(.agentroute)
        let ratio = own.median / nginx.median
        let byRound = zip(own, nginx).map { $0 / $1 }
        var target = ""
        if let limit = results.lane.target {
            target = verdict(limit.text(2), isMet: ratio <= limit)
        }
        let costs = contenders.map { results.has($0) ? results.costs($0).median.text(2) : "–" }
        let range = "(\(byRound.min().text(2))–\(byRound.max().text(2)))"
        return [results.lane.title] + costs + ["\(ratio.text(2)) \(range)", target]
    }

    private func latencyRow(_ results: LaneResults, percentile: Int) -> [String] {
        let unit = results.lane.unit == .event ? "event" : "first byte"
        let added = contenders.map { contender in
            guard results.has(contender) else { return "–" }
            return results.added(contender, percentile: percentile).text(0)
        }
        let title = "\(results.lane.title): \(unit), p\(percentile)"
        return [title] + added + [latencyTarget(results, percentile)]
    }

    private func latencyTarget(_ results: LaneResults, _ percentile: Int) -> String {
        let own = results.added(.agentroute, percentile: percentile)
        if results.lane.unit == .event {
            let nginx = results.added(.nginx, percentile: percentile)
            return verdict("nginx", isMet: own <= nginx)
        }
        guard results.lane.name == "request-190k", percentile == 50 else { return "" }
        return verdict("300", isMet: own <= 300)
    }
}
