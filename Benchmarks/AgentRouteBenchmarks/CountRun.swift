import Foundation

/// What one event or exchange costs in things that can be counted.
struct Counts {
    /// Instructions in user space.
    var instructions = 0.0
    /// System calls.
    var systemCalls = 0.0
    /// Calls of malloc, calloc, realloc and their kin.
    var allocations = 0.0
}

/// What was counted, by contender.
struct CountResults {
    /// For one paced event of a stream.
    var event: [Contender: Counts] = [:]
    /// For one short JSON exchange of 1 KiB, one at a time.
    var exchange: [Contender: Counts] = [:]
    /// For one paced event that AgentRoute translates.
    var translated = Counts()
}

/// Counts by the difference of a short and a long run: what start, connections and end cost cancels
/// out.
struct CountRun {
    /// Where.
    let bench: Workbench

    /// Something to count, in two lengths.
    private struct Work {
        let short: Portion, long: Portion

        /// A number of units, and the load that has them.
        struct Portion {
            let units: Double
            let load: Load
            let requests: Int
        }

        /// 20 streams at 100 events a second each, evenly spread: each event comes alone.
        static let events = Work(short: streams(100), long: streams(400))
        static let translated = Work(
            short: streams(100, .messages), long: streams(400, .messages))
        static let exchanges = Work(short: requests(300), long: requests(1500))

        private static func streams(_ events: Int, _ wire: ClientWire = .chat) -> Portion {
            let load = Load(
                connections: 20, settings: "events=\(events) bytes=240 interval=10000", spread: 500,
                wire: wire)
            return Portion(units: Double(events * 20), load: load, requests: 20)
        }

        private static func requests(_ count: Int) -> Portion {
            let load = Load(connections: 1, settings: "reply=1024")
            return Portion(units: Double(count), load: load, requests: count)
        }
    }

    /// Answers the counts of AgentRoute, nginx and HAProxy; Caddy's runtime does not suit the
    /// instruments.
    func measure() throws -> CountResults {
        var results = CountResults()
        let counted: [Contender] = [.agentroute, .nginx, .haproxy]
        for contender in counted where bench.proxies.contains(contender) {
            tell("bench: counting in \(contender.title)")
            results.event[contender] = try counts(contender, .events)
            results.exchange[contender] = try counts(contender, .exchanges)
        }
        results.translated = try counts(.agentroute, .translated)
        return results
    }

    private func counts(_ contender: Contender, _ work: Work) throws -> Counts {
        Counts(
            instructions: try perUnit(work) { try instructions(contender, $0) },
            systemCalls: try perUnit(work) { try systemCalls(contender, $0) },
            allocations: try perUnit(work) { try allocations(contender, $0) })
    }

    private func perUnit(_ work: Work, _ count: (Work.Portion) throws -> Double) rethrows -> Double
    {
        let difference = try count(work.long) - count(work.short)
        // What is less than nothing is a timer that fired in the short run alone.
        return max(0, difference / (work.long.units - work.short.units))
    }

    private func instructions(_ contender: Contender, _ portion: Work.Portion) throws -> Double {
        let file = bench.path("callgrind-\(contender.rawValue)-\(portion.units)")
        var wrapper = ["valgrind", "--quiet", "--tool=callgrind", "--callgrind-out-file=\(file)"]
        // Those of the loop and of the thread that writes its log: what a start leaves to a third one
        // is as much as 6,000 events, and never quite the same.
        if contender == .agentroute {
            wrapper += ["--toggle-collect=ar_loop_run", "--toggle-collect=write_batch"]
        }
        try serve(contender, under: wrapper, portion)
        return try value(in: file) { line in
            line.hasPrefix("totals:") ? line.split(separator: " ").last.flatMap { Double($0) } : nil
        }
    }

    private func systemCalls(_ contender: Contender, _ portion: Work.Portion) throws -> Double {
        let file = bench.path("strace-\(contender.rawValue)-\(portion.units)")
        // -D: the proxy, not strace, is the process that is started and ended.
        try serve(contender, under: ["strace", "-D", "-f", "-c", "-o", file], portion)
        return try value(in: file) { line in
            let fields = line.split(separator: " ")
            return fields.last == "total" && fields.count > 3 ? Double(fields[3]) : nil
        }
    }

    private func allocations(_ contender: Contender, _ portion: Work.Portion) throws -> Double {
        let file = bench.path("malloc-\(contender.rawValue)-\(portion.units)")
        try Data(count: MemoryLayout<UInt64>.size).write(to: URL(fileURLWithPath: file))
        func count() throws -> Double {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            return Double(bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        var start = 0.0
        try serve(
            contender, under: [],
            environment: ["LD_PRELOAD": bench.mallocCounter, "BENCH_MALLOC_COUNT": file], portion
        ) { start = try count() }
        return try count() - start
    }

    private func serve(
        _ contender: Contender, under wrapper: [String], environment: [String: String] = [:],
        _ portion: Work.Portion, whenStarted: () throws -> Void = {}
    ) throws {
        let proxy = try bench.start(contender, under: wrapper, environment: environment)
        defer { proxy.child?.end() }
        // What it does a second after its start must not fall into one of the two runs.
        if contender == .agentroute { sleep(2) }
        try whenStarted()
        _ = try bench.run(portion.load, on: proxy, requests: portion.requests)
    }

    /// The value that `find` sees in a line of `file`, which an instrument may still be writing.
    private func value(in file: String, find: (Substring) -> Double?) throws -> Double {
        let patience = Date(timeIntervalSinceNow: 10)
        while Date() < patience {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            if let value = text.split(separator: "\n").lazy.compactMap(find).first { return value }
            usleep(50_000)
        }
        throw ChildError(description: "there is no count in \(file)")
    }
}
