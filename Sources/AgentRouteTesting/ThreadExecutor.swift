import Glibc
import Synchronization

/// A task executor with a thread of its own, for tests that block on sockets: with it preferred, a
/// blocking call holds up nothing but its own task.
package final class ThreadExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        /// Whether a byte waits in the pipe. There is never more than one: a job that enqueues others
        /// does it on the thread that empties the pipe, and a full pipe would block it for ever.
        var isAwake = false
    }

    private let queue = Mutex(Queue())
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
        let wasAwake = queue.withLock { queue in
            defer { queue.isAwake = true }
            queue.jobs.append(job)
            return queue.isAwake
        }
        if wasAwake { return }
        var byte: UInt8 = 0
        _ = Glibc.write(wakeUps.write, &byte, 1)
    }

    private func runJobs(until stop: Gate) {
        while true {
            let ready = Readiness.wait(
                for: [.init(wakeUps.read, readable), .init(stop.descriptor, readable)], timeout: nil
            )
            if ready[0] != 0 {
                var byte: UInt8 = 0
                _ = Glibc.read(wakeUps.read, &byte, 1)
                runWaitingJobs()
            } else if ready[1] != 0 {
                return
            }
        }
    }

    private func runWaitingJobs() {
        while true {
            let waiting = queue.withLock { queue in
                defer { queue.jobs.removeAll() }
                if queue.jobs.isEmpty { queue.isAwake = false }
                return queue.jobs
            }
            if waiting.isEmpty { return }
            for job in waiting { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
