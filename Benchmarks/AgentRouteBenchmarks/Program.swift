import Foundation

/// The benchmark: measures, prints, and writes the page of results.
enum Program {
    /// Runs with the process's arguments, the program's name left out. Answers the exit code: 0, 1
    /// when something failed, 2 for arguments that make no sense. A missed target is no failure.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            let options = try Options(arguments)
            let bench = try Workbench(options)
            defer { bench.remove() }
            let report = try measure(options, bench)
            print(report.text)
            if options.writesPage, let page = options.page {
                try report.page.write(toFile: page, atomically: true, encoding: .utf8)
            }
            return 0
        } catch let error as UsageError {
            tell("bench: \(error.message)")
            return 2
        } catch {
            tell("bench: \(error)")
            return 1
        }
    }

    private static func measure(_ options: Options, _ bench: Workbench) throws -> Report {
        var report = Report(machine: Machine.observe(), options: options, contenders: bench.proxies)
        if options.measuresLanes {
            report.lanes = try LaneRun(bench: bench, options: options).measure()
            report.memory = try MemoryRun(bench: bench, options: options).measure()
            report.translated = try TranslatedRun(bench: bench, options: options).measure()
        }
        if options.counts { report.counts = try CountRun(bench: bench).measure() }
        return report
    }
}

/// Says on stderr what the benchmark is about; stdout is for its result.
func tell(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
