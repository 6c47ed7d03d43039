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
    /// Translation; nil when it was not measured.
    var translated: TranslatedResults?
    /// Counts; nil when nothing was counted.
    var counts: CountResults?

    init(machine: Machine, options: Options, contenders: [Contender]) {
        self.machine = machine
        self.options = options
        self.contenders = contenders
    }

    /// Every table there is something for.
    var text: String {
        [
            machineLine, costTable, latencyTable, memoryTable, faultList, countTable,
            translatedTables,
        ]
        .compactMap { $0 }.joined(separator: "\n\n")
    }

    /// The page `docs/benchmarks.md`.
    var page: String {
        """
        # Benchmarks

        What a stream and an exchange cost in AgentRoute and in proxies that know nothing of models. `make bench` measures all
        of it anew and writes this page, with `--peers` also beside gateways from PyPI; `scripts/bench --quick` takes two
        minutes and only prints.

        \(text)

        ## How it is measured

        A source and a load generator, small C programs both (`Benchmarks/load`), stand on either side of a proxy; everything is
        on 127.0.0.1. Each proxy has one thread and a processor of its own and keeps its connections to the source. AgentRoute
        checks its token, routes by model, writes the model's name into the request, watches for token usage and writes a record
        of each exchange, as it always does; the others pass bytes on and log nothing. The configurations stand in
        `Benchmarks/AgentRouteBenchmarks/Configurations.swift`. nginx passes a request on as it comes; "nginx, roomy" has memory
        for whole requests (`client_body_buffer_size 1m`). Ratio and target are against the former; for large requests the latter
        is the harder measure. Each event is a chunk of its own, also where 64 go in one write. The load generator checks every
        answer and the number of every event.

        Each lane runs through each contender in turn, in \(options.rounds) rounds of \(options.window / 1000) seconds, and the order changes with the
        round. CPU time is the kernel's exact count for the process, user and system, all threads, divided by what the load
        generator received in the same window. The figures are medians over the rounds, the ratios those of the medians; in
        brackets the lowest and highest ratio of one round. Latency is read from the time each event carries, from the source's
        write to the client's read; for exchanges it is from the first byte sent to the first received. What a proxy adds is the
        difference to the same without one.

        Memory of a stream is what the process grew by, from idle, divided by the streams. Instructions (callgrind), system calls
        (strace) and allocations are the difference of a short and a long run, divided by the units between them.

        "Translated" is an Anthropic client's request, made one for chat completions, and the provider's chat events made
        Anthropic's; "passed through" is a chat client's at the same provider, with the same events and as large a body of the
        same words. Added are the medians over the rounds of the difference in each round, in brackets the least and the most.
        The first token is timed from the request's first byte to the first event with text. The loop's thread is the one that
        serves all clients: what it spends on a request in all its turns is more than any one of them stood still. The slowest
        event is one of a stream with an event each millisecond; here AgentRoute may use every processor.

        The other gateways come from PyPI (`scripts/bench` names the versions), run with one worker on one processor, and are
        asked the same by the same load generator at the same source. Their configurations stand in
        `Benchmarks/AgentRouteBenchmarks/Peers.swift`.

        """
    }

    private var machineLine: String {
        "Measured on \(machine.date): \(machine.processor), \(machine.cores) cores, "
            + "\(machine.kernel); load average before the run \(machine.loadAverage)."
    }
}

/// How a table says whether a target is met.
func verdict(_ limit: String, isMet: Bool) -> String {
    "≤ \(limit) \(isMet ? "met" : "**missed**")"
}

extension Double {
    /// With so many digits after the point.
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}

extension Double? {
    /// As of the value; a dash without one.
    func text(_ digits: Int) -> String { map { $0.text(digits) } ?? "–" }
}
