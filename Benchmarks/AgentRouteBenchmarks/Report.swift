import Foundation

/// The tables, for the terminal and for the page of results.
struct Report {
    /// What was measured on.
    let machine: Machine
    /// What was asked for.
    let options: Options
    /// The proxies compared, AgentRoute first.
    let contenders: [Contender]
    /// The lanes' results; empty when none was run.
    var lanes: [LaneResults] = []
    /// Memory; nil when it was not measured.
    var memory: MemoryResults?
    /// Counts; nil when nothing was counted.
    var counts: CountResults?

    init(machine: Machine, options: Options, contenders: [Contender]) {
        self.machine = machine
        self.options = options
        self.contenders = contenders
    }

    /// Every table there is something for.
    var text: String {
        [machineLine, costTable, latencyTable, memoryTable, countTable]
            .compactMap { $0 }.joined(separator: "\n\n")
    }

    /// The page `docs/benchmarks.md`.
    var page: String {
        """
        # Benchmarks

        What a stream and an exchange cost in AgentRoute and in proxies that know nothing of models. `make bench` measures all
        of it anew and writes this page; `scripts/bench --quick` takes three minutes and only prints.

        \(text)

        ## How it is measured

        A source and a load generator, both small C programs (`Benchmarks/load`), stand on either side of a proxy, everything on
        127.0.0.1. Each proxy has one thread and a processor of its own, keeps its connections to the source, and is set up as
        well as we know how (`Benchmarks/AgentRouteBenchmarks/Configurations.swift`). AgentRoute checks its token, routes by
        model, writes the model's name into the request, watches for token usage and writes a record of each exchange, as it
        always does; the others pass bytes on and log nothing. The load generator checks every answer and the number of every
        event.

        Each lane runs through each contender in turn, \(options.rounds) rounds of \(options.window / 1000) seconds, and the order changes with the round. CPU time is the
        kernel's exact count for the process, user and system, all threads, divided by what the load generator received in the
        same window. The figures are medians over the rounds, the ratios those of the medians; in brackets the lowest and
        highest ratio of one round. Latency is read from the time each event carries, from the source's write to the client's
        read; for exchanges it is from the first byte sent to the first received. What a proxy adds is the difference to the
        same without one. Instructions (callgrind), system calls (strace) and allocations are the difference of a short and a
        long run, divided by the units between them.

        """
    }

    private var machineLine: String {
        "Measured on \(machine.date): \(machine.processor), \(machine.cores) cores, "
            + "\(machine.kernel); load average before the run \(machine.loadAverage)."
    }

    private var costTable: String? {
        let rows = lanes.map { results in
            let nginx = results.costs(.nginx)
            let own = results.costs(.agentroute)
            let ratio = own.median / nginx.median
            let byRound = zip(own, nginx).map { $0 / $1 }
            let range = "(\(byRound.min().text(2))–\(byRound.max().text(2)))"
            let target = results.lane.target.map { "≤ \($0.text(2)) \(verdict(ratio <= $0))" }
            return [results.lane.title] + contenders.map { results.costs($0).median.text(2) }
                + ["\(ratio.text(2)) \(range)", target ?? ""]
        }
        return Table(
            title: "CPU time, µs per event or request",
            header: ["lane"] + contenders.map(\.title) + ["ratio to nginx", "target"], rows: rows
        ).text
    }

    private var latencyTable: String? {
        let rows = lanes.filter(\.lane.measuresLatency).flatMap { results in
            [50, 99].map { percentile in
                let added = contenders.map { results.added($0, percentile: percentile) }
                let unit = results.lane.unit == .event ? "event" : "first byte"
                return ["\(results.lane.title): \(unit), p\(percentile)"] + added.map { $0.text(0) }
                    + [latencyTarget(results, percentile)]
            }
        }
        return Table(
            title: "Added latency, µs", header: ["lane"] + contenders.map(\.title) + ["target"],
            rows: rows
        ).text
    }

    private func latencyTarget(_ results: LaneResults, _ percentile: Int) -> String {
        let own = results.added(.agentroute, percentile: percentile)
        if results.lane.unit == .event {
            return "≤ nginx \(verdict(own <= results.added(.nginx, percentile: percentile)))"
        }
        return results.lane.load.body > 100_000 && percentile == 50
            ? "≤ 300 \(verdict(own <= 300))" : ""
    }

    private var memoryTable: String? {
        guard let memory, !memory.idle.isEmpty else { return nil }
        let idle = contenders.map { (memory.idle[$0] ?? 0) / 1024 }
        var rows = [
            ["idle, MiB"] + idle.map { $0.text(1) } + ["≤ 15 \(verdict((idle.first ?? 0) <= 15))"]
        ]
        for lane in MemoryLane.all {
            guard let held = memory.perStream[lane.name] else { continue }
            let own = held[.agentroute] ?? 0
            rows.append(
                ["\(lane.title), KiB each"] + contenders.map { (held[$0] ?? 0).text(1) }
                    + [lane.target.map { "≤ \($0.text(0)) \(verdict(own <= $0))" } ?? ""])
        }
        return Table(
            title: "Resident memory", header: ["state"] + contenders.map(\.title) + ["target"],
            rows: rows
        ).text
    }

    private var countTable: String? {
        guard let counts else { return nil }
        let counted = contenders.filter { counts.event[$0] != nil }
        func row(
            _ title: String, _ results: [Contender: Counts], _ value: KeyPath<Counts, Double>,
            _ target: Double?
        ) -> [String] {
            let own = results[.agentroute]?[keyPath: value] ?? 0
            let digits = value == \.instructions ? 0 : 2
            // Half of the last digit shown is no miss: a timer fires in one run and not in another.
            let slack = value == \.instructions ? 0.5 : 0.05
            return [title] + counted.map { (results[$0]?[keyPath: value] ?? 0).text(digits) }
                + [target.map { "≤ \($0.text(0)) \(verdict(own <= $0 + slack))" } ?? ""]
        }
        return Table(
            title: "Counted", header: ["for one"] + counted.map(\.title) + ["target"],
            rows: [
                row("paced event: instructions", counts.event, \.instructions, 1500),
                row("paced event: system calls", counts.event, \.systemCalls, 3),
                row("paced event: allocations", counts.event, \.allocations, 0),
                row("1 KiB exchange: instructions", counts.exchange, \.instructions, 40_000),
                row("1 KiB exchange: system calls", counts.exchange, \.systemCalls, nil),
                row("1 KiB exchange: allocations", counts.exchange, \.allocations, 40),
            ]
        ).text
    }

    private func verdict(_ isMet: Bool) -> String { isMet ? "met" : "**missed**" }
}

extension Double {
    /// With so many digits after the point.
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}

extension Double? {
    /// As of the value; a dash without one.
    func text(_ digits: Int) -> String { map { $0.text(digits) } ?? "–" }
}
