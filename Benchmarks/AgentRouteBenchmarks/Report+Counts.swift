extension Report {
    /// Instructions, system calls and allocations.
    var countTable: String? {
        guard let counts else { return nil }
        let counted = contenders.filter { counts.event[$0] != nil }
        let rows = CountRow.all.map { row in
            let results = row.isEvent ? counts.event : counts.exchange
            let values = counted.map { row.value(results[$0]) }
            var target = ""
            if let limit = row.target {
                let isMet = row.value(results[.agentroute]) <= limit + row.slack
                target = verdict(limit.text(0), isMet: isMet)
            }
            return [row.title] + values.map { $0.text(row.digits) } + [target]
        }
        let header = ["for one"] + counted.map(\.title) + ["target"]
        return Table(title: "Counted", header: header, rows: rows).text
    }
}

/// A row of the table of counts.
private struct CountRow {
    let title: String
    let isEvent: Bool
    let path: KeyPath<Counts, Double>
    var target: Double?
    var digits = 2
    /// A timer that fires in one run and not in the other is no miss.
    var slack = 0.05

    func value(_ counts: Counts?) -> Double { counts?[keyPath: path] ?? 0 }

    static var all: [CountRow] {
        [
            CountRow(
                title: "paced event: instructions", isEvent: true, path: \.instructions,
                target: 1500, digits: 0),
            CountRow(
                title: "paced event: system calls", isEvent: true, path: \.systemCalls, target: 3),
            CountRow(
                title: "paced event: allocations", isEvent: true, path: \.allocations, target: 0),
            CountRow(
                title: "1 KiB exchange: instructions", isEvent: false, path: \.instructions,
                target: 40_000, digits: 0),
            CountRow(title: "1 KiB exchange: system calls", isEvent: false, path: \.systemCalls),
            CountRow(
                title: "1 KiB exchange: allocations", isEvent: false, path: \.allocations,
                target: 40),
        ]
    }
}
