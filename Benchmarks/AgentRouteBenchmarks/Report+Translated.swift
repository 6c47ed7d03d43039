extension Report {
    /// What translation costs, and what other gateways do.
    var translatedTables: String? {
        guard let translated else { return nil }
        let tables = [costOfTranslation(translated), peerTable(translated), remarks(translated)]
        return tables.compactMap { $0 }.joined(separator: "\n\n")
    }

    private func costOfTranslation(_ results: TranslatedResults) -> String? {
        let header = [
            "an Anthropic client on a chat provider", "translated", "passed through", "added",
            "target",
        ]
        var rows = results.lanes.map(row)
        let standstill = results.standstill
        let thread = standstill.threadTime.median
        rows.append([
            "190 KB request: CPU of the loop's thread, in all its turns", thread.text(0), "–", "–",
            verdict("1000", isMet: thread <= 1000),
        ])
        let besides = standstill.besides.median
        let alone = standstill.alone.median
        rows.append([
            "slowest event of another stream, beside 190 KB requests and alone", besides.text(0),
            alone.text(0), (besides - alone).text(0), "",
        ])
        if let counts { rows += countRows(counts) }
        return Table(title: "Translated, µs", header: header, rows: rows).text
    }

    private func row(_ results: TranslatedLaneResults) -> [String] {
        let translated = results.translated[.agentroute] ?? []
        let passed = results.passed[.agentroute] ?? []
        let added = zip(translated, passed).map { $0 - $1 }
        let digits = results.lane.target.map { $0 < 10 } ?? true ? 2 : 0
        let target = results.lane.target.map {
            verdict($0.text(0), isMet: added.median <= $0)
        }
        return [
            results.lane.title, translated.median.text(digits), passed.median.text(digits),
            "\(added.median.text(digits)) (\(added.min().text(digits))–\(added.max().text(digits)))",
            target ?? "",
        ]
    }

    private func countRows(_ counts: CountResults) -> [[String]] {
        let passed = counts.event[.agentroute] ?? Counts()
        let translated = counts.translated
        func row(_ title: String, _ path: KeyPath<Counts, Double>, _ digits: Int) -> [String] {
            let values = [translated[keyPath: path], passed[keyPath: path]]
            return ["streamed event: \(title)"] + values.map { $0.text(digits) }
                + [(values[0] - values[1]).text(digits)]
        }
        return [
            row("instructions", \.instructions, 0) + [""],
            row("system calls", \.systemCalls, 2) + [""],
            row("allocations", \.allocations, 2)
                + [verdict("2", isMet: translated.allocations <= 2.05)],
        ]
    }

    private func peerTable(_ results: TranslatedResults) -> String? {
        guard !results.peers.isEmpty else { return nil }
        let header =
            ["µs", "AgentRoute"] + results.peers.map(\.title)
            + results.peers.map { "\($0.title) / AgentRoute" }
        let rows = results.lanes.filter(\.lane.hasPeers).flatMap { lane in
            [
                peerRow("\(lane.lane.title), translated", lane.translated, results.peers),
                peerRow("\(lane.lane.title), passed through", lane.passed, results.peers),
            ]
        }
        return Table(title: "Beside other gateways", header: header, rows: rows).text
    }

    private func peerRow(
        _ title: String, _ values: [Contender: [Double]], _ peers: [Contender]
    ) -> [String] {
        let own = values[.agentroute]?.median ?? 0
        let others = peers.map { values[$0]?.median }
        return [title, own.text(1)] + others.map { $0.text(1) }
            + others.map { ($0.map { $0 / own }).text(1) }
    }

    private func remarks(_ results: TranslatedResults) -> String? {
        guard !results.remarks.isEmpty else { return nil }
        let lines = results.remarks.map { remark in
            // The head of an answer goes on with what tells nothing.
            "- " + remark.split(whereSeparator: \.isNewline).prefix(2).joined(separator: " ")
        }
        return "Not in these tables:\n\n" + lines.joined(separator: "\n")
    }
}
