import Glibc
import Synchronization

/// A task executor with a thread of its own, for tests that block on sockets: with it preferred, a
/// blocking call holds up nothing but its own task.
package final class ThreadExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let wakeUps = makePipe()

    private init() {}

    deinit {
        Glibc.close(wakeUps.read)
        Glibc.close(wakeUps.write)
    }

    /// Runs `operation` and its nonisolated callees on a new thread, which ends with it.
    package static func run<Success: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Success
    ) async throws -> Success {
        let executor = ThreadExecutor()
        let stop = Gate()
        let thread = WorkerThread { executor.runJobs(until: stop) }
        defer {
            stop.open()
            thread.join()
        }
        return try await withTaskExecutorPreference(executor) { try await operation() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        var byte: UInt8 = 0
        _ = Glibc.write(wakeUps.write, &byte, 1)
    }

    private func runJobs(until stop: Gate) {
        while true {
            let ready = Readiness.wait(
                for: [.init(wakeUps.read, readable), .init(stop.descriptor, readable)], timeout: nil
            )
            if ready[0] != 0 {
                var bytes = [UInt8](repeating: 0, count: 64)
                _ = Glibc.read(wakeUps.read, &bytes, bytes.count)
                runWaitingJobs()
            } else if ready[1] != 0 {
                return
            }
        }
    }

    private func runWaitingJobs() {
        while true {
            let waiting = jobs.withLock { jobs in
                defer { jobs.removeAll() }
                return jobs
            }
            if waiting.isEmpty { return }
            for job in waiting { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
