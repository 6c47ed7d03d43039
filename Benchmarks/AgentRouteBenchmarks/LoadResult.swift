/// What the load generator saw in one window, in its own terms.
struct LoadResult {
    private let values: [String: Double]

    /// Reads the line `bench-load` prints. Nil when it is not one.
    init?(line: String) {
        var values: [String: Double] = [:]
        for pair in line.split(whereSeparator: \.isWhitespace) {
            let parts = pair.split(separator: "=")
            guard parts.count == 2, let value = Double(parts[1]) else { return nil }
            values[String(parts[0])] = value
        }
        guard values["wall_ns"] != nil else { return nil }
        self.values = values
    }

    /// Streamed events received.
    var events: Double { values["events"] ?? 0 }
    /// Exchanges completed.
    var responses: Double { values["responses"] ?? 0 }
    /// The proxy's resident memory at the window's end, in KiB.
    var residentKiB: Double { values["resident_kib"] ?? 0 }

    /// The CPU time of the proxy's main thread for one exchange, in microseconds.
    var mainThreadCost: Double { (values["main_ns"] ?? 0) / max(responses, 1) / 1000 }

    /// From a request's first byte to its answer's first event, in microseconds, the median.
    var firstToken: Double { (values["token_p50_ns"] ?? 0) / 1000 }

    /// The longest that an event took from the source to the client, in microseconds.
    var slowestEvent: Double { (values["event_max_ns"] ?? 0) / 1000 }

    /// The proxy's CPU time for one `unit`, in microseconds.
    func cost(per unit: Lane.Unit) -> Double {
        let count = unit == .event ? events : responses
        return (values["cpu_ns"] ?? 0) / max(count, 1) / 1000
    }

    /// From the source's write to the client's read of an event, or from a request's first byte to
    /// its answer's, in microseconds: the median (50) or the 99th percentile (99).
    func latency(of unit: Lane.Unit, percentile: Int) -> Double {
        (values["\(unit == .event ? "event" : "first")_p\(percentile)_ns"] ?? 0) / 1000
    }
}

extension [Double] {
    /// The middle value, or the mean of the two in the middle; 0 without values.
    var median: Double {
        let sorted = sorted()
        guard let upper = sorted.dropFirst(count / 2).first else { return 0 }
        guard count.isMultiple(of: 2), let lower = sorted.dropFirst(count / 2 - 1).first else {
            return upper
        }
        return (lower + upper) / 2
    }
}
