import Foundation

/// What the figures were measured on.
struct Machine {
    /// The processor's name, as the kernel has it.
    let processor: String
    /// How many of them the benchmark may use.
    let cores: Int
    /// The kernel's name and release.
    let kernel: String
    /// What waited for a processor just before the run, one, five and fifteen minutes back.
    let loadAverage: String
    /// The day of the run.
    let date: String

    /// Looks at this machine.
    static func observe() -> Machine {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withFullDate]
        let processor = text(at: "/proc/cpuinfo").split(separator: "\n")
            .first { $0.hasPrefix("model name") }?
            .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
        return Machine(
            processor: processor ?? "unknown processor",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            kernel: "Linux " + text(at: "/proc/sys/kernel/osrelease"),
            loadAverage: text(at: "/proc/loadavg").split(separator: " ").prefix(3)
                .joined(separator: " "),
            date: formatter.string(from: Date()))
    }

    private static func text(at path: String) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Where the processes of the benchmark run: the proxy has a processor of its own as far as there are
/// enough of them, so that neither its caches nor its CPU time depend on the others.
enum Seat: Int {
    /// The proxy under test.
    case proxy = 0
    /// The source.
    case source = 1
    /// The load generator.
    case load = 2
    /// A proxy whose other threads are not to wait for each other.
    case anywhere = 3

    /// The processors' numbers: with two of them the source and the load generator share one.
    var processors: String {
        let last = max(ProcessInfo.processInfo.activeProcessorCount - 1, 0)
        return self == .anywhere ? "0-\(last)" : "\(min(rawValue, last))"
    }
}
