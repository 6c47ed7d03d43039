/// Arguments that make no sense.
struct UsageError: Error {
    /// What is wrong with them.
    let message: String
}

/// What one run of the benchmark is asked for.
struct Options {
    /// The folder of `bench-load`, `bench-source` and `bench-malloc.so`.
    private(set) var tools = ""
    /// The program under test.
    private(set) var agentroute = ""
    /// Where the page of results goes; nil leaves it alone.
    private(set) var page: String?
    /// The folder of the gateways that know of models; nil leaves them out.
    private(set) var peers: String?
    /// Fewer and shorter rounds, and no counts.
    private(set) var isQuick = false
    /// Only the counts of instructions, system calls and allocations.
    private(set) var isCountsOnly = false
    /// The lanes asked for by name; nil means all.
    private(set) var lanes: Set<String>?

    /// How often each lane is run through each contender.
    var rounds: Int { isQuick ? 2 : 4 }
    /// How long a lane is measured in each round, in milliseconds.
    var window: Int { isQuick ? 300 : 3000 }
    /// Whether lanes are run at all.
    var measuresLanes: Bool { !isCountsOnly }
    /// Whether instructions, system calls and allocations are counted.
    var counts: Bool { isCountsOnly || (!isQuick && lanes == nil) }
    /// Whether the results are those of a whole run, as the page shows them.
    var writesPage: Bool { !isQuick && !isCountsOnly && lanes == nil }

    /// Reads the arguments. Throws a `UsageError`.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else {
                throw UsageError(message: "\(option) needs a value")
            }
            return value
        }
        while let option = rest.popFirst() {
            switch option {
            case "--tools": tools = try value(of: option)
            case "--agentroute": agentroute = try value(of: option)
            case "--page": page = try value(of: option)
            case "--peers": peers = try value(of: option)
            case "--lanes":
                lanes = Set(try value(of: option).split(separator: ",").map(String.init))
            case "--quick": isQuick = true
            case "--instructions": isCountsOnly = true
            default: throw UsageError(message: "no such option: \(option)")
            }
        }
        guard !tools.isEmpty, !agentroute.isEmpty else {
            throw UsageError(message: "--tools and --agentroute are needed; use scripts/bench")
        }
        let known = Set(
            Lane.all.map(\.name) + MemoryLane.all.map(\.name) + [TranslatedRun.name])
        if let unknown = lanes?.subtracting(known).sorted(), !unknown.isEmpty {
            let names = known.sorted().joined(separator: ", ")
            throw UsageError(
                message: "no such lane: \(unknown.joined(separator: ", ")); there are \(names)")
        }
    }

    /// The memory lanes to be run. Opening thousands of streams takes its time.
    var memoryLanes: [MemoryLane] {
        let wanted = MemoryLane.all.filter { wants($0.name) }
        return isQuick && lanes == nil ? Array(wanted.prefix(1)) : wanted
    }

    /// Whether the lane `name` is to be run.
    func wants(_ name: String) -> Bool { lanes?.contains(name) ?? true }
}
