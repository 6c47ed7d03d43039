extension Report {
    /// Resident memory, idle and for each open stream.
    var memoryTable: String? {
        guard let memory, !memory.idle.isEmpty else { return nil }
        var rows = [idleRow(memory)]
        for lane in MemoryLane.all {
            guard let held = memory.perStream[lane.name] else { continue }
            rows.append(streamRow(lane, held, measured(memory)))
        }
        let header = ["state"] + measured(memory).map(\.title) + ["target"]
        return Table(title: "Resident memory", header: header, rows: rows).text
    }

    private func idleRow(_ memory: MemoryResults) -> [String] {
        let idle = measured(memory).map { (memory.idle[$0] ?? 0) / 1024 }
        let own = (memory.idle[.agentroute] ?? 0) / 1024
        return ["idle, MiB"] + idle.map { $0.text(1) } + [verdict("15", isMet: own <= 15)]
    }

    private func streamRow(
        _ lane: MemoryLane, _ held: [Contender: Double], _ columns: [Contender]
    ) -> [String] {
        var target = ""
        if let limit = lane.target {
            target = verdict(limit.text(0), isMet: (held[.agentroute] ?? 0) <= limit)
        }
        let values = columns.map { held[$0].text(1) }
        return ["\(lane.title), KiB each"] + values + [target]
    }

    private func measured(_ memory: MemoryResults) -> [Contender] {
        contenders.filter { memory.idle[$0] != nil }
    }
}
