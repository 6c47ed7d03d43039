import Foundation

/// Resident memory by contender.
struct MemoryResults {
    /// Of a proxy that has started and served nothing, in KiB.
    var idle: [Contender: Double] = [:]
    /// Of one open stream, by lane, in KiB.
    var perStream: [String: [Contender: Double]] = [:]
    /// What went wrong where a value is missing.
    var faults: [String] = []
}

/// Opens many streams on a fresh proxy and sees what it holds for them.
struct MemoryRun {
    /// Where.
    let bench: Workbench
    /// Which lanes.
    let options: Options

    /// Answers what was found; empty when no lane is wanted.
    func measure() throws -> MemoryResults {
        var results = MemoryResults()
        for lane in options.memoryLanes {
            tell("bench: memory of \(lane.title)")
            for contender in bench.proxies where contender != .roomyNginx {
                do {
                    try measure(lane, contender, &results)
                } catch let error as ChildError where contender != .agentroute {
                    tell("bench: left out: \(error)")
                    results.faults.append("memory of \(lane.title): \(error)")
                }
            }
        }
        return results
    }

    private func measure(
        _ lane: MemoryLane, _ contender: Contender, _ results: inout MemoryResults
    ) throws {
        let proxy = try bench.start(contender)
        defer { proxy.child?.end() }
        // At rest: what it does once after its start is done.
        usleep(2_000_000)
        let idle = residentKiB(of: proxy)
        results.idle[contender] = idle
        // Each stream has had an event or more by the window's end.
        let result = try bench.run(lane.load, on: proxy, window: 1500)
        let held = (result.residentKiB - idle) / Double(lane.load.connections)
        results.perStream[lane.name, default: [:]][contender] = held
    }

    /// VmRSS of /proc/PID/status; 0 when it cannot be read.
    private func residentKiB(of proxy: Proxy) -> Double {
        let path = "/proc/\(proxy.child?.pid ?? 0)/status"
        let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Double($0.filter(\.isNumber)) } ?? 0
    }
}
