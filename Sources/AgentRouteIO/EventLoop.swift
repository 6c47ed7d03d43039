import CAgentRouteIO
import Glibc
import Synchronization

/// One event loop, run by one thread the caller provides. There is no global loop: as many as wanted
/// live side by side, each with its own sockets, timers and child processes.
///
/// ```swift
/// let loop = try EventLoop()
/// loop.execute { print("on the loop") }
/// loop.execute { loop.stop() }
/// loop.run()  // this thread is the loop's until `stop`
/// ```
///
/// An actor lives on the loop when its `unownedExecutor` is the loop's:
///
/// ```swift
/// actor Gateway {
///     let loop: EventLoop
///     nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
/// }
/// ```
///
/// Everything opened on a loop is used on the loop's thread; while no thread runs the loop, the thread
/// that prepares or dismantles it may act in its place. The last reference to a loop must not go
/// while the loop runs: with it goes whatever is still open, each object hearing of its end as usual.
/// Jobs still parked are then dropped unrun. What is open is held by the loop, its closures and
/// handlers too: as long as one of them holds the loop, the loop stays.
///
/// SAFETY: `handle` and `queue` never change, the C functions other threads reach (`ar_loop_wake`)
/// allow any thread, and `owner` is atomic.
public final class EventLoop: SerialExecutor, @unchecked Sendable {
    /// The C loop, freed with this object.
    let handle: OpaquePointer

    private let queue: JobQueue

    /// The thread inside `run` or `poll`; 0 when there is none.
    private let owner = Atomic<pthread_t>(0)

    /// Creates a loop that no thread runs yet. Any thread.
    ///
    /// - Throws: `IOError` when the system refuses one (out of file descriptors or memory).
    public init() throws(IOError) {
        let queue = JobQueue()
        var events = JobQueue.events
        let context = Unmanaged.passUnretained(queue).toOpaque()
        guard let handle = ar_loop_create(&events, context) else {
            throw IOError(
                code: 0, text: "the system gives no file descriptor or memory",
                operation: "create an event loop")
        }
        self.handle = handle
        self.queue = queue
        queue.attach(to: asUnownedSerialExecutor(), loop: handle)
    }

    deinit {
        queue.detach()
        ar_loop_free(handle)
    }

    // MARK: Running

    /// Makes the calling thread the loop's and blocks it until `stop`. May be called again afterwards,
    /// by any thread, but not while the loop runs. SIGPIPE is blocked on the thread meanwhile.
    public func run() {
        own { ar_loop_run(handle) }
    }

    /// Does what is ready and waits for nothing. Any thread, not while the loop runs.
    package func poll() {
        own { ar_loop_poll(handle) }
    }

    /// Ends `run` once everything enqueued before has run. Any thread. When the loop does not run,
    /// the next `run` ends at once.
    public func stop() {
        execute { [unowned self] in ar_loop_stop(handle) }
    }

    private func own(_ body: () -> Void) {
        let (taken, _) = owner.compareExchange(
            expected: 0, desired: pthread_self(), ordering: .acquiringAndReleasing)
        precondition(taken, "the event loop is already running")
        queue.wake()
        body()
        owner.store(0, ordering: .releasing)
    }

    // MARK: Work from outside

    /// Runs `work` on the loop, after all that was enqueued before. Any thread. Work given to a loop
    /// that does not run waits until it does, and holds meanwhile what it captured.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        queue.append(.work(work))
    }

    /// Runs an actor's job on the loop, in order with `execute`. Any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append(.job(UnownedJob(job)))
    }

    // MARK: Isolation

    /// Whether the calling thread is inside `run` (or `poll`) of this loop.
    public var isOnLoopThread: Bool {
        owner.load(ordering: .acquiring) == pthread_self()
    }

    /// Whether code isolated to this executor may run here: `isOnLoopThread`.
    public func isIsolatingCurrentContext() -> Bool? {
        isOnLoopThread
    }

    /// Traps unless `isOnLoopThread`, as `preconditionIsolated` and `assumeIsolated` want it.
    public func checkIsolated() {
        precondition(isOnLoopThread, "not on the event loop's thread")
    }

    /// Traps when another thread runs the loop. Unlike `checkIsolated`, a loop at rest is fine: it is
    /// set up and taken down by a thread that does not run it.
    func preconditionAccess() {
        let owner = owner.load(ordering: .acquiring)
        precondition(owner == 0 || owner == pthread_self(), "not on the event loop's thread")
    }

    // MARK: Clock and counters

    /// Milliseconds on a monotonic clock of no particular origin, as of the start of this turn of the
    /// loop. Loop thread.
    package var now: UInt64 { ar_loop_now(handle) }

    /// Nanoseconds on the monotonic clock, now. Any thread.
    package static func nanoseconds() -> UInt64 { ar_clock_ns() }

    /// Nanoseconds since 1970-01-01T00:00:00Z by the system's clock, which may be set. Any thread.
    package static func wallNanoseconds() -> UInt64 { ar_wall_ns() }

    /// What the loop has done and holds. Loop thread.
    package var counters: LoopCounters {
        var counters = ar_loop_counters_t()
        ar_loop_counters(handle, &counters)
        return LoopCounters(counters)
    }
}
