import CAgentRouteIO
import Synchronization

/// What other threads, and the loop itself, have asked the loop to run, in order.
///
/// SAFETY: `pending` is behind its mutex; `owner` is written before the queue is shared and after
/// nobody else has it; `batch` is touched by `drain` only, which runs on the loop thread.
final class JobQueue: @unchecked Sendable {
    enum Item {
        case job(UnownedJob)
        case work(@Sendable () -> Void)
    }

    private struct Owner {
        let executor: UnownedSerialExecutor
        let loop: OpaquePointer
    }

    private struct Pending {
        var items: [Item] = []
        /// `drain` is under way and looks again before it ends: nobody need wake the loop.
        var isDraining = false
    }

    /// Jobs that enqueue jobs are followed this many times before the sockets get their turn.
    private static let roundsPerTurn = 16

    private let pending = Mutex(Pending())
    private var batch: [Item] = []
    private var owner: Owner?

    /// The wake-up's C table; its context is the queue, kept alive by the loop's Swift object.
    static let events = ar_loop_events_t(
        on_wake: { context in recover(context, as: JobQueue.self)?.drain() })

    /// Names the executor the jobs run on and the C loop to wake. Once, before any `append`.
    func attach(to executor: UnownedSerialExecutor, loop: OpaquePointer) {
        owner = Owner(executor: executor, loop: loop)
    }

    /// Runs nothing and wakes nobody from now on. For the loop's `deinit`: what is open is closed then,
    /// and no job may run on an executor that is going.
    func detach() {
        owner = nil
    }

    /// Adds `item` behind all others and wakes the loop if it may sleep. Any thread.
    func append(_ item: Item) {
        let mustWake = pending.withLock { pending in
            pending.items.append(item)
            return pending.items.count == 1 && !pending.isDraining
        }
        if mustWake { wake() }
    }

    /// Makes the loop drain the queue in its next turn. Any thread.
    func wake() {
        guard let owner else { return }
        ar_loop_wake(owner.loop)
    }

    private func drain() {
        guard let owner else { return }
        for _ in 0..<Self.roundsPerTurn {
            guard takeBatch() else { return }
            for item in batch {
                switch item {
                case .job(let job): job.runSynchronously(on: owner.executor)
                case .work(let work): work()
                }
            }
            batch.removeAll(keepingCapacity: true)
        }
        wake()
    }

    /// Swaps the waiting items into the empty `batch`; false when nothing waits.
    private func takeBatch() -> Bool {
        pending.withLock { pending in
            pending.isDraining = !pending.items.isEmpty
            swap(&pending.items, &batch)
            return pending.isDraining
        }
    }
}
